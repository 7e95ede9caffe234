// The constructor's arguments, checked and given defaults. Pure.

import { ErrorNames, TestError } from './errors.js';

/**
 * @typedef {object} NetworkTestOptions
 * @property {boolean} [audioOnly] Test without a camera.
 * @property {number} [timeout] The longest that a phase measures, in ms: more than 5000 and less than 30000, else ignored.
 * @property {string | MediaStreamTrack | boolean | null} [audioSource] As `OT.initPublisher` takes it, usually the id of a microphone.
 * @property {string | MediaStreamTrack | boolean | null} [videoSource] As `OT.initPublisher` takes it, usually the id of a camera; null or false as `audioOnly`.
 * @property {{ipWhitelist?: boolean, iceConfig?: object}} [initSessionOptions] Passed to `OT.initSession`, as a copy.
 * @property {string} [proxyServerUrl] An IP proxy, as in `OT.setProxyUrl`.
 * @property {boolean} [scalableVideo] Publish scalable video.
 * @property {boolean} [fullHd] Publish 1920x1080; refused when the camera has no such mode.
 * @property {'classic' | 'bandwidth' | 'capacity'} [scoring] What recommends a resolution; `classic` if not given.
 */

/** Bounds of the option `timeout`, exclusive, in ms. */
const TIMEOUT_ABOVE_MS = 5_000;
const TIMEOUT_BELOW_MS = 30_000;

/** How long a phase measures without that option, in ms. */
const LIMIT_MS = Object.freeze({ 'audio-video': 30_000, 'audio-only': 10_000 });

/** How long a phase with video measures at most with `capacity` scoring, which says how sure it is instead. */
const CAPACITY_LIMIT_MS = 18_000;

/**
 * Throws as the published module does, in its order.
 * @param {any} OT
 * @param {any} credentials
 */
export function checkArguments(OT, credentials) {
  if (!OT || typeof OT !== 'object' || !OT.initSession) {
    throw new TestError(
      ErrorNames.MISSING_OPENTOK_INSTANCE,
      'An instance of OT, the OpenTok.js client SDK, is required.',
    );
  }
  if (!credentials) {
    throw new TestError(
      ErrorNames.MISSING_SESSON_CREDENTIALS,
      'NetworkConnectivity requires OpenTok session credentials.',
    );
  }
  if (!(credentials.apiKey || credentials.applicationId) || !credentials.sessionId || !credentials.token) {
    throw new TestError(
      ErrorNames.INCOMPLETE_SESSON_CREDENTIALS,
      'NetworkConnectivity requires an apiKey, sessionId, and token.',
    );
  }
}

/**
 * Throws when the update callback is none.
 * @param {any} callback
 */
export function checkCallback(callback) {
  if (callback && (typeof callback !== 'function' || callback.length !== 1)) {
    throw new TestError(
      ErrorNames.INVALID_ON_UPDATE_CALLBACK,
      'The onUpdate callback must be a function that accepts a single parameter.',
    );
  }
}

/**
 * Whether the test publishes video. OpenTok.js takes null and false for "no camera".
 * @param {NetworkTestOptions} options
 */
export function wantsVideo({ audioOnly, videoSource }) {
  return !audioOnly && videoSource !== null && videoSource !== false;
}

/** @param {unknown} timeout @returns {timeout is number} */
function isTimeout(timeout) {
  return typeof timeout === 'number' && timeout > TIMEOUT_ABOVE_MS && timeout < TIMEOUT_BELOW_MS;
}

/**
 * What is wrong with the options though it ends nothing, in words.
 * @param {NetworkTestOptions} options
 * @returns {string[]}
 */
export function warnings({ timeout }) {
  if (timeout === undefined || timeout === null || isTimeout(timeout)) return [];
  return [`The option timeout is in milliseconds, above 5000 and below 30000; ${String(timeout)} is ignored.`];
}

/**
 * How long a phase measures at most, in ms. The option `timeout` is ignored outside its documented range.
 * @param {import('./stats.js').Phase} phase
 * @param {NetworkTestOptions} options
 */
export function phaseLimit(phase, { timeout, scoring }) {
  if (isTimeout(timeout)) return timeout;
  return scoring === 'capacity' && phase === 'audio-video' ? CAPACITY_LIMIT_MS : LIMIT_MS[phase];
}

/**
 * The scoring profile. Throws on one that there is not.
 * @param {NetworkTestOptions} options
 * @returns {import('./scoring/video-quality.js').Scoring}
 */
export function scoringProfile({ scoring = 'classic' }) {
  if (scoring !== 'classic' && scoring !== 'bandwidth' && scoring !== 'capacity') {
    const message = `There is no scoring '${String(scoring)}'; use 'classic', 'bandwidth' or 'capacity'.`;
    throw new TestError(ErrorNames.QUALITY_TEST_ERROR, message);
  }
  return scoring;
}
