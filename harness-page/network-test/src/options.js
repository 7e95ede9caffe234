// The constructor's arguments, checked and given defaults. Pure.

import { ErrorNames, TestError } from './errors.js';

/** Bounds of the option `timeout`, exclusive, in ms. */
const TIMEOUT_ABOVE_MS = 5_000;
const TIMEOUT_BELOW_MS = 30_000;

/** How long a phase measures without that option. */
const AUDIO_VIDEO_LIMIT_MS = 30_000;
const AUDIO_ONLY_LIMIT_MS = 10_000;

/** Throws as the published module does, in its order. @param {any} OT @param {any} credentials */
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
  if (!credentials.apiKey || !credentials.sessionId || !credentials.token) {
    throw new TestError(
      ErrorNames.INCOMPLETE_SESSON_CREDENTIALS,
      'NetworkConnectivity requires an apiKey, sessionId, and token.',
    );
  }
}

/**
 * How long a phase measures, in ms.
 * @param {'audio-video' | 'audio-only'} phase
 * @param {unknown} timeout The option; ignored outside its documented range.
 */
export function phaseLimit(phase, timeout) {
  const usual = phase === 'audio-only' ? AUDIO_ONLY_LIMIT_MS : AUDIO_VIDEO_LIMIT_MS;
  const isGood = typeof timeout === 'number' && timeout > TIMEOUT_ABOVE_MS && timeout < TIMEOUT_BELOW_MS;
  return isGood ? timeout : usual;
}

/** The caller's session options, which are theirs: a copy is used. @param {any} options */
export function sessionOptions(options) {
  return { ...(options.initSessionOptions ?? {}) };
}
