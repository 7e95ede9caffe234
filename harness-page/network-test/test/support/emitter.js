// Events as OpenTok.js has them.

/** @typedef {(event: any) => void} Listener */

/** What has listeners. */
export class Emitter {
  /** @type {Array<{name: string, listener: Listener}>} */
  #listeners = [];

  /** @param {string} name @param {Listener} listener */
  on(name, listener) {
    this.#listeners.push({ name, listener });
  }

  /** Without a name it removes all of them. @param {string} [name] @param {Listener} [listener] */
  off(name, listener) {
    this.#listeners = this.#listeners.filter((one) => name && !(one.name === name && one.listener === listener));
  }

  /** @param {string} name */
  emit(name, event = {}) {
    for (const one of [...this.#listeners]) if (one.name === name) one.listener(event);
  }

  get listenerCount() {
    return this.#listeners.length;
  }
}
