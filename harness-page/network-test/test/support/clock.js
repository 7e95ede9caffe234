// Time that passes only when a test says so, and a count of the timers that are still armed.

/**
 * Takes over timers, Date and performance.now for one test.
 * @param {import('node:test').TestContext} t
 */
export function fakeClock(t) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  t.mock.method(performance, 'now', () => Date.now());
  const { setTimeout: arm, clearTimeout: disarm } = globalThis;
  const armed = new Set();
  globalThis.setTimeout = (act, ms) => {
    const timer = arm(() => {
      armed.delete(timer);
      act();
    }, ms);
    armed.add(timer);
    return timer;
  };
  globalThis.clearTimeout = (timer) => {
    armed.delete(timer);
    disarm(timer);
  };
  t.after(() => Object.assign(globalThis, { setTimeout: arm, clearTimeout: disarm }));

  const flush = () => new Promise((resolve) => setImmediate(resolve));
  return {
    /** The timers that the module has armed. */
    get armed() {
      return armed.size;
    },
    /** Does something later; not counted, since it is the test's own. */
    after(ms, act) {
      arm(act, ms);
    },
    async pass(ms) {
      for (let left = ms; left > 0; left -= STEP_MS) {
        await flush();
        t.mock.timers.tick(Math.min(left, STEP_MS));
      }
      await flush();
    },
    /** How a promise settles, and after how many ms. Throws when it has not after `maxMs`. */
    async settled(promise, maxMs = 300_000) {
      let outcome;
      promise.then(
        (value) => (outcome = { value }),
        (error) => (outcome = { error }),
      );
      for (let ms = 0; ; ms += STEP_MS) {
        await flush();
        if (outcome) return { ...outcome, ms };
        if (ms > maxMs) throw new Error(`still pending after ${maxMs} ms`);
        t.mock.timers.tick(STEP_MS);
      }
    },
  };
}

const STEP_MS = 50;
