// Every await of this module has an end.

/** How long each step may take, in ms. OpenTok.js has limits of its own below these for publishing and subscribing. */
export const LIMITS_MS = Object.freeze({
  connect: 20_000,
  getDevices: 10_000,
  // The person may still be reading the browser's question.
  initPublisher: 60_000,
  publish: 20_000,
  subscribe: 35_000,
  getStats: 5_000,
  logging: 5_000,
  cleanUp: 3_000,
});

/** A step that took too long. Its name is OpenTok.js' own word for that. */
export class DeadlineError extends Error {
  /**
   * @param {string} step
   * @param {number} limitMs
   */
  constructor(step, limitMs) {
    super(`${step} did not end within ${limitMs / 1000} s`);
    this.name = 'OT_TIMEOUT';
  }
}

/**
 * Settles as `promise` does, or rejects when `limitMs` has passed or `signal` is aborted, whatever comes first.
 * @template T
 * @param {Promise<T>} promise
 * @param {number} limitMs
 * @param {string} step What it is, for the error.
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export function within(promise, limitMs, step, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlineError(step, limitMs)), limitMs);
    const abort = () => reject(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    });
  });
}

/**
 * A call in the style of OpenTok.js, as a promise: `start` is given `(error, value) => …`.
 * @param {(callback: (error: any, value?: any) => void) => void} start
 * @returns {Promise<any>}
 */
export function called(start) {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value)));
  });
}
