// One run of a test: what it was given, what it has come to hold, and how it goes from state to state.

import { Ending, LIMITS_MS, within } from './deadline.js';
import { TestError } from './errors.js';
import { Resources } from './resources.js';

/**
 * Which kinds of device there are, and the caller's choice of them.
 * @typedef {object} Devices
 * @property {boolean} audio Whether there is a microphone.
 * @property {boolean} video Whether there is a camera.
 * @property {any} audioSource As `OT.initPublisher` takes it.
 * @property {any} videoSource As `OT.initPublisher` takes it.
 * @property {boolean} unlistedMicrophone Whether the caller chose one by an id that is not listed.
 * @property {boolean} unlistedCamera The same of a camera, where the test needs one.
 */

/**
 * What the states of a test share. Nothing of it outlives the run, and no two runs share any.
 * @typedef {object} Run
 * @property {any} OT OpenTok.js.
 * @property {import('./network-test.js').Credentials} credentials
 * @property {import('./options.js').NetworkTestOptions} options
 * @property {Ending} ending
 * @property {Resources} resources
 * @property {{answered: () => boolean}} [api] Whether the API server was seen to answer.
 * @property {any} [session]
 * @property {Devices} [devices]
 * @property {any} [publisher]
 * @property {Promise<any>} [streamCreated] The stream that OpenTok.js made of the publisher.
 * @property {string[]} [deviceKinds] What the publisher sends from: `camera`, `microphone`.
 * @property {any} [subscriber]
 * @property {import('./steps.js').Steps} [steps] Told of the states of a connectivity test.
 */

/**
 * A state of a test: a line in a table. When `enter` is done the next line follows; when it fails, takes longer than `limit`,
 * or the run is ended from outside, the test leaves with the one error that is named.
 * @template {Run} R
 * @typedef {object} State
 * @property {string} state In words, as in "publishing".
 * @property {(run: R) => Promise<unknown>} enter
 * @property {number} [limit] In ms; absent where the state ends by itself.
 * @property {(error: any, run: R) => Error} failure Names what went wrong.
 */

/**
 * @param {any} OT
 * @param {import('./network-test.js').Credentials} credentials
 * @param {import('./options.js').NetworkTestOptions} options
 * @returns {Run}
 */
export function createRun(OT, credentials, options) {
  return { OT, credentials, options, ending: new Ending(), resources: new Resources() };
}

/**
 * Goes through the states, one after the other.
 * @template {Run} R
 * @param {ReadonlyArray<State<R>>} states
 * @param {R} run
 */
export async function walk(states, run) {
  for (const { state, enter, limit, failure } of states) {
    if (run.ending.error) throw run.ending.error;
    if (run.steps) run.steps.enter(state);
    const entered = enter(run);
    try {
      await (limit === undefined
        ? Promise.race([entered, run.ending.promise])
        : within(entered, limit, state, run.ending));
    } catch (error) {
      // Interrupted half-way, OpenTok.js leaves things behind that even disturb the session's next connection.
      if (run.ending.error) await within(entered, LIMITS_MS.interrupted, state).catch(() => {});
      // What ended the run has its name already, and so has what a state named by itself.
      throw run.ending.error ?? (error instanceof TestError ? error : failure(error, run));
    }
  }
}
