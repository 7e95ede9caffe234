// The steps of a connectivity test, for a page that shows them while it runs.

/**
 * A change of a step. The steps come in this order; `devices` is the camera and microphone.
 * @typedef {object} StepUpdate
 * @property {'api' | 'messaging' | 'devices' | 'media' | 'logging'} step
 * @property {'running' | 'passed' | 'failed' | 'skipped'} state
 */

/** The step that a state of the test belongs to. @type {Record<string, StepUpdate['step']>} */
const STEP_OF_STATE = {
  connecting: 'api',
  'listing devices': 'devices',
  'opening devices': 'devices',
  publishing: 'media',
  subscribing: 'media',
};

/** The step that a type of failure belongs to. @type {Record<string, StepUpdate['step']>} */
const STEP_OF_FAILURE = { api: 'api', messaging: 'messaging', media: 'media', 'OpenTok.js': 'devices' };

/** @type {ReadonlyArray<StepUpdate['step']>} */
const ORDER = ['api', 'messaging', 'devices', 'media'];

/** Tells a page what is under way. A callback that throws ends nothing: the error goes where uncaught errors go. */
export class Steps {
  /** @param {((update: StepUpdate) => void) | undefined} callback */
  constructor(callback) {
    this._callback = typeof callback === 'function' ? callback : undefined;
    /** @type {StepUpdate['step'] | undefined} */
    this._running = undefined;
  }

  /** The test has come to a state. @param {string} state */
  enter(state) {
    const step = STEP_OF_STATE[state];
    if (step) this._run(step);
  }

  /** The API server has answered: what is under way now is messaging. */
  apiAnswered() {
    if (this._running === 'api') this._run('messaging');
  }

  /** All steps but logging are over. */
  succeed() {
    this._end('passed');
  }

  /** The test has failed; what would have come next is skipped. @param {string} [type] As in `failedTests`; where it is, without. */
  fail(type) {
    const failed = (type && STEP_OF_FAILURE[type]) || this._running;
    if (!failed) return;
    this._run(failed);
    this._end('failed');
    for (const step of ORDER.slice(ORDER.indexOf(failed) + 1)) this._tell(step, 'skipped');
  }

  /** @param {'running' | 'passed' | 'failed' | 'skipped'} state */
  logging(state) {
    this._tell('logging', state);
  }

  /** Goes on to a step; those before it have passed. @param {StepUpdate['step']} step */
  _run(step) {
    if (this._running === step) return;
    const from = this._running ? ORDER.indexOf(this._running) : -1;
    this._end('passed');
    for (const passed of ORDER.slice(from + 1, ORDER.indexOf(step))) this._tell(passed, 'passed');
    this._running = step;
    this._tell(step, 'running');
  }

  /** @param {'passed' | 'failed'} state */
  _end(state) {
    if (this._running) this._tell(this._running, state);
    this._running = undefined;
  }

  /**
   * @param {StepUpdate['step']} step
   * @param {StepUpdate['state']} state
   */
  _tell(step, state) {
    if (!this._callback) return;
    try {
      this._callback({ step, state });
    } catch (error) {
      if (typeof reportError === 'function') reportError(error);
      else console.error(error);
    }
  }
}
