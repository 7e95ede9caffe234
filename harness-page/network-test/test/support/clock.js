// Time that passes only when a test says so, and a count of the timers that are still armed.

/** @typedef {ReturnType<typeof fakeClock>} Clock */

/** @typedef {{due: number, order: number, act: () => unknown}} Timer */

/**
 * Takes over timers, Date.now and performance.now for one test.
 * @param {{after: (act: () => void) => void}} t
 */
export function fakeClock(t) {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const [dateNow, performanceNow] = [Date.now, performance.now];
  let now = 0;
  let count = 0;
  /** By time, then in the order in which they were armed. @type {Timer[]} */
  const queue = [];
  /** @type {Set<Timer>} */
  const armed = new Set();
  /** @type {{fromMs: number, everyMs: number} | undefined} */
  let throttle;

  /** @param {() => unknown} act @param {unknown} ms @returns {Timer} */
  function enqueue(act, ms, due = now + Math.max(Number(ms) || 0, 0)) {
    const timer = { due, order: (count += 1), act };
    let at = queue.length;
    while (at > 0 && queue[at - 1].due > due) at -= 1;
    queue.splice(at, 0, timer);
    return timer;
  }

  /** @param {() => unknown} act @param {unknown} ms */
  const setTimeout = (act, ms) => {
    const due = now + Math.max(Number(ms) || 0, 0);
    const isThrottled = throttle && now >= throttle.fromMs;
    const timer = enqueue(
      () => {
        armed.delete(timer);
        act();
      },
      ms,
      throttle && isThrottled ? Math.ceil(due / throttle.everyMs) * throttle.everyMs : due,
    );
    armed.add(timer);
    return timer;
  };
  /** @param {Timer} timer */
  const clearTimeout = (timer) => {
    armed.delete(timer);
    const at = queue.indexOf(timer);
    if (at >= 0) queue.splice(at, 1);
  };
  Object.assign(globalThis, { setTimeout, clearTimeout });
  Date.now = () => now;
  performance.now = () => now;
  t.after(() => {
    Object.assign(globalThis, real);
    Date.now = dateNow;
    performance.now = performanceNow;
  });

  const flush = () => new Promise((resolve) => setImmediate(resolve));
  /** Runs the next timer. */
  async function step() {
    const timer = queue.shift();
    if (!timer) throw new Error('no timer is armed');
    const { due, act } = timer;
    now = Math.max(now, due);
    act();
    await flush();
  }

  return {
    /** The timers that the module has armed. */
    get armed() {
      return armed.size;
    },
    get now() {
      return now;
    },
    /**
     * From a time on, timers fire at multiples of `everyMs` only, as in a page that is hidden.
     * @param {number} fromMs
     * @param {number} everyMs
     */
    throttle(fromMs, everyMs) {
      throttle = { fromMs, everyMs };
    },
    /** Does something later; not counted, since it is the test's own. @param {number} ms @param {() => unknown} act */
    after(ms, act) {
      enqueue(act, ms);
    },
    /** @param {number} ms */
    async pass(ms) {
      const end = now + ms;
      await flush();
      while (queue.length > 0 && queue[0].due <= end) await step();
      now = end;
    },
    /**
     * How a promise settles, and after how many ms. Throws when it has not after `maxMs`.
     * @template T
     * @param {Promise<T>} promise
     * @returns {Promise<{value: T, error: any, ms: number}>} Without a value when it rejects, and without an error when it does not.
     */
    async settled(promise, maxMs = 300_000) {
      const began = now;
      /** @type {any} */
      let outcome;
      promise.then(
        (value) => (outcome = { value }),
        (error) => (outcome = { error }),
      );
      for (await flush(); !outcome; await step()) {
        if (queue.length === 0) throw new Error('still pending, and no timer is armed');
        if (queue[0].due - began > maxMs) throw new Error(`still pending after ${maxMs} ms`);
      }
      return { ...outcome, ms: now - began };
    },
  };
}
