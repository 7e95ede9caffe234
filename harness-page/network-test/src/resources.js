// What a test holds, so that it can all be let go again, whatever happened.

import { LIMITS_MS, within } from './deadline.js';

/** A stack of things to let go. */
export class Resources {
  /** @type {Array<() => unknown>} */
  #releases = [];

  /** @param {() => unknown} release Called once, may give a promise; its failure is nobody's business. */
  add(release) {
    this.#releases.push(release);
  }

  /** Lets everything go, the newest first. Always settles, never rejects. */
  async release() {
    for (let release = this.#releases.pop(); release; release = this.#releases.pop()) {
      try {
        await within(Promise.resolve(release()), LIMITS_MS.cleanUp, 'clean-up');
      } catch {
        // It was gone already, or will not go: the test's result does not depend on it.
      }
    }
  }
}
