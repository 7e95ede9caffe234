// What a test holds, so that it can all be let go again, whatever happened.

import { LIMITS_MS, within } from './deadline.js';

/** A stack of things to let go. */
export class Resources {
  constructor() {
    /** @type {Array<() => unknown>} */
    this._releases = [];
    this._isReleased = false;
    this._isReleasing = false;
    /** The release that is under way, or the last one. */
    this._releasing = Promise.resolve();
  }

  /**
   * Something to let go; at once when all the rest is gone already, as with an answer that comes when nobody waits any more.
   * @param {() => unknown} release Called once; may give a promise. Its failure changes no result.
   */
  add(release) {
    this._releases.push(release);
    if (this._isReleased) void this.release();
  }

  /**
   * Listens to an event of OpenTok.js until the release.
   * @param {any} target
   * @param {string} event
   * @param {(event: any) => void} listener
   */
  listen(target, event, listener) {
    let isListening = true;
    const guarded = (/** @type {any} */ details) => {
      if (isListening) listener(details);
    };
    target.on(event, guarded);
    this.add(() => {
      isListening = false;
      target.off?.(event, guarded);
    });
  }

  /**
   * Does something after a while, unless the release comes first.
   * @param {number} ms
   * @param {() => void} act
   */
  later(ms, act) {
    const timer = setTimeout(act, ms);
    this.add(() => clearTimeout(timer));
  }

  /**
   * Lets everything go, the newest first, each within its limit. Always settles, never rejects. What is added meanwhile is let
   * go in its turn.
   */
  release() {
    this._isReleased = true;
    if (!this._isReleasing) this._releasing = this._releaseAll();
    return this._releasing;
  }

  async _releaseAll() {
    this._isReleasing = true;
    for (let release = this._releases.pop(); release; release = this._releases.pop()) {
      try {
        await within(release(), LIMITS_MS.cleanUp, 'clean-up');
      } catch {
        // It was gone already, or will not go: neither is a result of the test.
      }
    }
    this._isReleasing = false;
  }
}

/**
 * Does `act` and waits for the event that says it is done, for as long as clean-up may take. Listens no longer than that.
 * @param {any} target
 * @param {string} event
 * @param {() => void} act
 * @returns {Promise<void>}
 */
export async function until(target, event, act) {
  /** @type {() => void} */
  let happen = () => {};
  /** @type {Promise<void>} */
  const happened = new Promise((resolve) => {
    happen = () => resolve();
  });
  target.on(event, happen);
  try {
    act();
    await within(happened, LIMITS_MS.cleanUp, `waiting for ${event}`);
  } finally {
    target.off?.(event, happen);
  }
}
