// Error names, and which of OpenTok.js' own errors becomes which of them. Pure.

import { DeadlineError } from './deadline.js';

/** Values of `error.name`. The misspelt keys are the published API. */
export const ErrorNames = Object.freeze({
  NETWORK_TEST_ERROR: 'NetworkTestError',
  MISSING_OPENTOK_INSTANCE: 'MissingOpenTokInstanceError',
  INCOMPLETE_SESSON_CREDENTIALS: 'IncompleteSessionCredentialsError',
  MISSING_SESSON_CREDENTIALS: 'MissingSessionCredentialsError',
  INVALID_ON_UPDATE_CALLBACK: 'InvalidOnUpdateCallback',
  CONNECTIVITY_ERROR: 'ConnectivityError',
  API_CONNECTIVITY_ERROR: 'APIConnectivityError',
  CONNECT_TO_SESSION_ERROR: 'ConnectToSessionError',
  CONNECT_TO_SESSION_TOKEN_ERROR: 'ConnectToSessionTokenError',
  CONNECT_TO_SESSION_ID_ERROR: 'ConnectToSessionSessionIdError',
  CONNECT_TO_SESSION_NETWORK_ERROR: 'ConnectToSessionNetworkError',
  MEDIA_DEVICE_ERROR: 'MediaDeviceError',
  FAILED_TO_OBTAIN_MEDIA_DEVICES: 'FailedToObtainMediaDevices',
  NO_VIDEO_CAPTURE_DEVICES: 'NoVideoCaptureDevicesError',
  NO_AUDIO_CAPTURE_DEVICES: 'NoAudioCaptureDevicesError',
  PUBLISH_TO_SESSION_ERROR: 'PublishToSessionError',
  INIT_PUBLISHER_ERROR: 'InitPublisherError',
  FAILED_MESSAGING_SERVER_TEST: 'FailedMessagingServerTestError',
  FAILED_TO_CREATE_LOCAL_PUBLISHER: 'FailedToCreateLocalPublisher',
  PUBLISH_TO_SESSION_NOT_CONNECTED: 'PublishToSessionNotConnectedError',
  PUBLISH_TO_SESSION_PERMISSION_OR_TIMEOUT_ERROR: 'PublishToSessionPermissionOrTimeoutError',
  PUBLISH_TO_SESSION_NETWORK_ERROR: 'PublishToSessionNetworkError',
  SUBSCRIBE_TO_SESSION_ERROR: 'SubscribeToSessionError',
  LOGGING_SERVER_CONNECTION_ERROR: 'LoggingServerConnectionError',
  QUALITY_TEST_ERROR: 'QualityTestError',
  UNSUPPORTED_BROWSER: 'UnsupportedBrowser',
  SUBSCRIBER_GET_STATS_ERROR: 'SubscriberGetStatsError',
  MISSING_SUBSCRIBER_ERROR: 'MissingSubscriberError',
  PERMISSION_DENIED_ERROR: 'PermissionDeniedError',
  UNSUPPORTED_RESOLUTION_ERROR: 'UnsupportedResolutionError',
});

/**
 * A value of `error.name`: a type beside the object, since the published module has an enum.
 * @typedef {typeof ErrorNames[keyof typeof ErrorNames]} ErrorNames
 */

/** An error that callers see: `name` is one of `ErrorNames`. */
export class TestError extends Error {
  /**
   * @param {string} name
   * @param {string} message
   */
  constructor(name, message) {
    super(message);
    this.name = name;
  }

  /** So that a report which is sent as JSON says more than the name. */
  toJSON() {
    return { name: this.name, message: this.message };
  }
}

/**
 * What an error says in words, whatever was thrown.
 * @param {any} error
 */
export function messageOf(error) {
  return String(error?.message || error?.name || error || 'no reason was given');
}

/** @type {Map<string, string>} */
const CONNECT_NAMES = new Map([
  ['OT_AUTHENTICATION_ERROR', ErrorNames.CONNECT_TO_SESSION_TOKEN_ERROR],
  ['OT_INVALID_SESSION_ID', ErrorNames.CONNECT_TO_SESSION_ID_ERROR],
  ['OT_CONNECT_FAILED', ErrorNames.CONNECT_TO_SESSION_NETWORK_ERROR],
]);

/**
 * @param {any} error What `session.connect` failed with.
 * @param {{api?: {answered: () => boolean}}} [run]
 */
export function connectError(error, { api } = {}) {
  let name = CONNECT_NAMES.get(error?.name) ?? ErrorNames.CONNECT_TO_SESSION_ERROR;
  // OpenTok.js has no limit for the API server: one that hangs is found out here. Once it answered, what hangs is messaging.
  if (error instanceof DeadlineError && !api?.answered()) name = ErrorNames.CONNECT_TO_SESSION_NETWORK_ERROR;
  return new TestError(name, `Could not connect to the session: ${messageOf(error)}`);
}

/**
 * The same in a connectivity test, which tells a refusal of the API server apart.
 * @param {any} error
 * @param {{api?: {answered: () => boolean}}} [run]
 */
export function connectivityConnectError(error, run) {
  if (error?.name === 'OT_INVALID_HTTP_STATUS') {
    return new TestError(ErrorNames.API_CONNECTIVITY_ERROR, `The API server refused: ${messageOf(error)}`);
  }
  return connectError(error, run);
}

/** @param {any} event What the session said when it was disconnected though nobody asked. */
export function sessionLost(event) {
  const reason = event?.reason ? ` (${event.reason})` : '';
  return new TestError(ErrorNames.CONNECT_TO_SESSION_ERROR, `The session was disconnected during the test${reason}.`);
}

/**
 * The test's stream is gone though nobody asked.
 * @param {string} [reason] OpenTok.js' word for why.
 */
export function streamLost(reason) {
  const names = {
    // By the page itself: the publisher was destroyed, or unpublished.
    reset: ErrorNames.PUBLISH_TO_SESSION_ERROR,
    unpublished: ErrorNames.PUBLISH_TO_SESSION_ERROR,
    clientDisconnected: ErrorNames.CONNECT_TO_SESSION_ERROR,
    networkDisconnected: ErrorNames.CONNECT_TO_SESSION_ERROR,
    forceUnpublished: ErrorNames.PUBLISH_TO_SESSION_ERROR,
  };
  const name = names[/** @type {keyof typeof names} */ (reason)] ?? ErrorNames.PUBLISH_TO_SESSION_NETWORK_ERROR;
  return new TestError(name, `The test stream ended during the test${reason ? ` (${reason})` : ''}.`);
}

/** @param {any} error What `OT.getDevices` failed with. */
export function devicesError(error) {
  return new TestError(ErrorNames.FAILED_TO_OBTAIN_MEDIA_DEVICES, `No camera or microphone: ${messageOf(error)}`);
}

/**
 * What `OT.initPublisher` failed with, under a test's own name for that. Two causes have names of their own: the user refused, or
 * a device that the caller chose was not even listed.
 * @param {string} name
 * @returns {(error: any, run?: {devices?: import('./run.js').Devices}) => TestError}
 */
export function publisherError(name) {
  return (error, { devices } = {}) => {
    const message = messageOf(error);
    const isRefused =
      error?.name === 'OT_USER_MEDIA_ACCESS_DENIED' ||
      error?.name === 'NotAllowedError' ||
      /permission|access denied|not allowed/i.test(message);
    if (isRefused) {
      return new TestError(ErrorNames.PERMISSION_DENIED_ERROR, `The camera or microphone may not be used: ${message}`);
    }
    // A device that is busy, or that hangs, is there.
    const isAbsent = /CONSTRAINTS|Overconstrained|NO_DEVICES|NotFound/i.test(`${error?.name} ${message}`);
    const missing = isAbsent ? missingDevice(devices, message) : undefined;
    return missing ?? new TestError(name, `Could not start the camera or microphone: ${message}`);
  };
}

/**
 * @param {import('./run.js').Devices | undefined} devices
 * @param {string} message Why it could not be opened.
 */
function missingDevice(devices, message) {
  if (devices?.unlistedMicrophone) {
    const text = `The microphone of the option audioSource was not found: ${message}`;
    return new TestError(ErrorNames.NO_AUDIO_CAPTURE_DEVICES, text);
  }
  if (devices?.unlistedCamera) {
    const text = `The camera of the option videoSource was not found: ${message}`;
    return new TestError(ErrorNames.NO_VIDEO_CAPTURE_DEVICES, text);
  }
  return undefined;
}

/**
 * @param {any} error What asking the camera for 1920x1080 failed with.
 * @param {{devices?: import('./run.js').Devices}} [run]
 */
export function fullHdError(error, { devices } = {}) {
  if (error?.name === 'OverconstrainedError' && error.constraint !== 'deviceId') {
    return new TestError(ErrorNames.UNSUPPORTED_RESOLUTION_ERROR, 'The camera has no 1920x1080.');
  }
  // Only the camera is asked for; a microphone that is not listed has nothing to do with it.
  const ofCamera = devices && { ...devices, unlistedMicrophone: false };
  return publisherError(ErrorNames.MEDIA_DEVICE_ERROR)(error, { devices: ofCamera });
}

// OpenTok.js prefixes its names with OT_; UNABLE_TO_PUBLISH and NOT_CONNECTED are those of very old releases.
/** @type {Map<string, string>} */
const PUBLISH_NAMES = new Map([
  ['OT_NOT_CONNECTED', ErrorNames.PUBLISH_TO_SESSION_NOT_CONNECTED],
  ['NOT_CONNECTED', ErrorNames.PUBLISH_TO_SESSION_NOT_CONNECTED],
  ['OT_PERMISSION_DENIED', ErrorNames.PUBLISH_TO_SESSION_PERMISSION_OR_TIMEOUT_ERROR],
  ['UNABLE_TO_PUBLISH', ErrorNames.PUBLISH_TO_SESSION_PERMISSION_OR_TIMEOUT_ERROR],
  ['OT_TIMEOUT', ErrorNames.PUBLISH_TO_SESSION_PERMISSION_OR_TIMEOUT_ERROR],
  ['OT_ICE_WORKFLOW_FAILED', ErrorNames.PUBLISH_TO_SESSION_NETWORK_ERROR],
  ['OT_MEDIA_ERR_NETWORK', ErrorNames.PUBLISH_TO_SESSION_NETWORK_ERROR],
]);

/** @param {any} error What `session.publish` failed with. */
export function publishError(error) {
  const name = PUBLISH_NAMES.get(error?.name) ?? ErrorNames.PUBLISH_TO_SESSION_ERROR;
  return new TestError(name, `Could not publish to the session: ${messageOf(error)}`);
}

/** @param {any} error What `session.subscribe` failed with. */
export function subscribeError(error) {
  const message = `Could not subscribe to the test stream: ${messageOf(error)}`;
  return new TestError(ErrorNames.SUBSCRIBE_TO_SESSION_ERROR, message);
}

/** @param {any} error Why there are no statistics. */
export function statsError(error) {
  return new TestError(ErrorNames.SUBSCRIBER_GET_STATS_ERROR, `No statistics of the test stream: ${messageOf(error)}`);
}

/**
 * An error of this module, whatever it was before.
 * @param {any} error
 * @param {string} otherwise The name for what has none yet.
 */
export function named(error, otherwise) {
  return error instanceof TestError ? error : new TestError(otherwise, messageOf(error));
}

/** @type {Map<string, string>} */
const FAILURE_TYPES = new Map([
  [ErrorNames.API_CONNECTIVITY_ERROR, 'api'],
  [ErrorNames.CONNECT_TO_SESSION_NETWORK_ERROR, 'api'],
  [ErrorNames.CONNECT_TO_SESSION_ERROR, 'messaging'],
  [ErrorNames.CONNECT_TO_SESSION_TOKEN_ERROR, 'messaging'],
  [ErrorNames.CONNECT_TO_SESSION_ID_ERROR, 'messaging'],
  [ErrorNames.PUBLISH_TO_SESSION_ERROR, 'media'],
  [ErrorNames.PUBLISH_TO_SESSION_NETWORK_ERROR, 'media'],
  [ErrorNames.PUBLISH_TO_SESSION_PERMISSION_OR_TIMEOUT_ERROR, 'media'],
  [ErrorNames.SUBSCRIBE_TO_SESSION_ERROR, 'media'],
  [ErrorNames.FAILED_MESSAGING_SERVER_TEST, 'media'],
  [ErrorNames.LOGGING_SERVER_CONNECTION_ERROR, 'logging'],
]);

/**
 * The `type` that an error has in `failedTests`.
 * @param {string} name
 */
export function failureType(name) {
  return FAILURE_TYPES.get(name) ?? 'OpenTok.js';
}
