// Time that passes only when a test says so, and a count of the timers that are still armed.

/**
 * Takes over timers, Date.now and performance.now for one test.
 * @param {{after: (act: () => void) => void}} t
 */
export function fakeClock(t) {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const [dateNow, performanceNow] = [Date.now, performance.now];
  let now = 0;
  let count = 0;
  /** By time, then in the order in which they were armed. */
  const queue = [];
  const armed = new Set();
  let throttle;

  function enqueue(act, ms, due = now + Math.max(Number(ms) || 0, 0)) {
    const timer = { due, order: (count += 1), act };
    let at = queue.length;
    while (at > 0 && queue[at - 1].due > due) at -= 1;
    queue.splice(at, 0, timer);
    return timer;
  }

  globalThis.setTimeout = (act, ms) => {
    const due = now + Math.max(Number(ms) || 0, 0);
    const isThrottled = throttle && now >= throttle.fromMs;
    const timer = enqueue(
      () => {
        armed.delete(timer);
        act();
      },
      ms,
      isThrottled ? Math.ceil(due / throttle.everyMs) * throttle.everyMs : due,
    );
    armed.add(timer);
    return timer;
  };
  globalThis.clearTimeout = (timer) => {
    armed.delete(timer);
    const at = queue.indexOf(timer);
    if (at >= 0) queue.splice(at, 1);
  };
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
    const { due, act } = queue.shift();
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
    /** From a time on, timers fire at multiples of `everyMs` only, as in a page that is hidden. */
    throttle(fromMs, everyMs) {
      throttle = { fromMs, everyMs };
    },
    /** Does something later; not counted, since it is the test's own. */
    after(ms, act) {
      enqueue(act, ms);
    },
    async pass(ms) {
      const end = now + ms;
      await flush();
      while (queue.length > 0 && queue[0].due <= end) await step();
      now = end;
    },
    /** How a promise settles, and after how many ms. Throws when it has not after `maxMs`. */
    async settled(promise, maxMs = 300_000) {
      const began = now;
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
