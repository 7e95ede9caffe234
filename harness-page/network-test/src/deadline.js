// Every await of this module has an end: its own result, its limit, or the end of the whole test.

/**
 * How long each step may take, in ms. OpenTok.js has limits of its own for publishing (15 s) and subscribing (30 s); those
 * here lie above them, so that its own word on what went wrong comes first.
 */
export const LIMITS_MS = Object.freeze({
  connect: 30_000,
  getDevices: 10_000,
  // The person may still be reading the browser's question.
  initPublisher: 60_000,
  publish: 20_000,
  subscribe: 35_000,
  // OpenTok.js may call back a publish before it creates the stream.
  stream: 10_000,
  getStats: 5_000,
  // The sender's statistics only add to the subscriber's: they must not hold a sample up.
  senderStats: 500,
  queryPermission: 500,
  logging: 5_000,
  // Whatever destroyed a publisher or subscriber has so long to say so itself.
  afterDestroyed: 1_000,
  // What is under way when a test is ended from outside may end by itself for so long.
  interrupted: 2_000,
  // What measuring may take beyond its own limit, whatever its parts do.
  measureMargin: 10_000,
  cleanUp: 3_000,
});

/** A step that took too long. Its name is OpenTok.js' own word for that. */
export class DeadlineError extends Error {
  /**
   * @param {string} step What took so long, as in "connecting".
   * @param {number} limitMs
   */
  constructor(step, limitMs) {
    super(`${step} did not end within ${limitMs / 1000} s`);
    this.name = 'OT_TIMEOUT';
  }
}

/**
 * The end of a test or of a part of it. Whatever waits with an `Ending` stops waiting then, and leaves no timer. The first error
 * that it is given is the one that counts.
 */
export class Ending {
  constructor() {
    /** @type {Error | undefined} */
    this.error = undefined;
    /** @type {(error: Error) => void} */
    this._reject = () => {};
    /** Rejects at the end. @type {Promise<never>} */
    this.promise = new Promise((_, reject) => {
      this._reject = reject;
    });
    // A test that nobody waits for at this moment must not count as an unhandled rejection.
    this.promise.catch(() => {});
  }

  /** @param {Error} error */
  with(error) {
    this.error ??= error;
    this._reject(this.error);
  }
}

/**
 * Settles as `promise` does, or rejects when `limitMs` has passed or the test ends, whichever comes first.
 * @template T
 * @param {Promise<T> | T} promise
 * @param {number} limitMs
 * @param {string} step What it is, for the error.
 * @param {Ending} [ending]
 * @returns {Promise<T>}
 */
export function within(promise, limitMs, step, ending) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<never>} */
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(step, limitMs)), limitMs);
  });
  const ends = ending ? [promise, late, ending.promise] : [promise, late];
  return Promise.race(ends).finally(() => clearTimeout(timer));
}

/**
 * Waits; a stop wakes it, the end of the test rejects it.
 * @param {number} ms
 * @param {Ending} ending
 * @param {Promise<void>} [stop]
 */
export function sleep(ms, ending, stop) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<void>} */
  const slept = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  const ends = stop ? [slept, ending.promise, stop] : [slept, ending.promise];
  return Promise.race(ends).finally(() => clearTimeout(timer));
}

/**
 * A call in the style of OpenTok.js, as a promise: `start` is given `(error, value) => …`.
 * @param {(callback: (error?: any, value?: any) => void) => void} start
 * @returns {Promise<any>}
 */
export function called(start) {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value)));
  });
}
