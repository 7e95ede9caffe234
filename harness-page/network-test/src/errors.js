// Error names, and which of OpenTok.js' own errors becomes which of them. Pure.

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
}

/** What OpenTok.js says when it says nothing better. @param {any} error */
export function messageOf(error) {
  return String(error?.message ?? error ?? 'no reason was given');
}

const CONNECT_NAMES = new Map([
  ['OT_AUTHENTICATION_ERROR', ErrorNames.CONNECT_TO_SESSION_TOKEN_ERROR],
  ['OT_INVALID_SESSION_ID', ErrorNames.CONNECT_TO_SESSION_ID_ERROR],
  ['OT_CONNECT_FAILED', ErrorNames.CONNECT_TO_SESSION_NETWORK_ERROR],
]);

/** @param {any} error What `session.connect` failed with, in a quality test. */
export function connectError(error) {
  const name = CONNECT_NAMES.get(error?.name) ?? ErrorNames.CONNECT_TO_SESSION_ERROR;
  return new TestError(name, `Could not connect to the session: ${messageOf(error)}`);
}

/** @param {any} error What `session.connect` failed with, in a connectivity test, which tells the API server apart. */
export function connectivityConnectError(error) {
  if (error?.name === 'OT_INVALID_HTTP_STATUS') {
    return new TestError(ErrorNames.API_CONNECTIVITY_ERROR, `The API server refused: ${messageOf(error)}`);
  }
  return connectError(error);
}

// OpenTok.js 2.1 and later prefix their names with OT_; UNABLE_TO_PUBLISH and NOT_CONNECTED are those of older ones.
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

/** The `type` that an error has in `failedTests`. @param {string} name */
export function failureType(name) {
  return FAILURE_TYPES.get(name) ?? 'OpenTok.js';
}
