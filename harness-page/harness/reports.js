// What a script of the scenario, or an application, may say of itself: marks, figures and checks; and where scripts wait
// for each other. Judges nothing.

import { emit } from './events.js';

/** What waits at a barrier, by the name of the barrier. @type {Map<string, () => void>} */
const waiting = new Map();

/** Reports an event of a call. @param {string} what @param {object} [more] */
export const tell = (what, more) => emit({ type: 'call', event: { what, ...more } });

/** The functions that scripts and applications get. */
export const reports = {
  mark: (/** @type {string} */ name) => tell('mark', { detail: String(name) }),
  measure: (/** @type {string} */ name, /** @type {number} */ value) =>
    tell('measure', { detail: String(name), value: Number(value) }),
  check: (/** @type {string} */ name, /** @type {unknown} */ passed) =>
    tell('check', { detail: String(name), passed: Boolean(passed) }),
  barrier: (/** @type {string} */ name) =>
    new Promise((resolve) => {
      waiting.set(String(name), () => resolve(undefined));
      emit({ type: 'barrier', name: String(name) });
    }),
};

/** Lets go on what waits at a barrier. @param {string} name */
export function release(name) {
  waiting.get(name)?.();
  waiting.delete(name);
}
