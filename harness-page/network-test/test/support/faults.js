// Every fault, the name it has, and when. A line a fault; the README's table says the same in words.

import { otError } from './scripted-ot.js';

/** @typedef {import('./world.js').World} World */

const SECOND = 1000;

/**
 * @typedef {object} Fault
 * @property {string} fault In words.
 * @property {string} name A value of `ErrorNames`.
 * @property {string} [type] The type in `failedTests`; connectivity only.
 * @property {boolean} [media] Whether the media server is then said to be untested.
 * @property {import('./scripted-ot.js').Script} [script] Of OpenTok.js.
 * @property {any} [options] Of the network test.
 * @property {(world: World) => unknown} [set] Done before the test starts.
 * @property {(world: World) => unknown} [act] Done `atMs` after the start.
 * @property {number} [atMs]
 * @property {number} [afterMs] When the promise settles at the latest, clean-up included; 0.2 s if not given.
 */

/** @template T @param {T[]} list @returns {T} */
const last = (list) => list[list.length - 1];
/** @param {World} world */
const subscriberOf = ({ log }) => last(log.subscribers);
/** @param {World} world */
const publisherOf = ({ log }) => last(log.publishers);
/** @param {World} world */
const sessionOf = ({ log }) => last(log.sessions);
const answerOfApi = () => {
  const PerformanceObserver = class {
    observe() {}
    disconnect() {}
    takeRecords() {
      return [{ name: 'https://anvil.opentok.com/session/session?extended=true', responseStatus: 200 }];
    }
  };
  Object.assign(globalThis, { PerformanceObserver });
};

/** As seen: what OpenTok.js says of an id that no device has. */
const ABSENT = otError('OT_CONSTRAINTS_NOT_SATISFIED', 'getUserMedia error: OverconstrainedError');
/** As seen: what the browser itself says of one. */
const ABSENT_CAMERA = Object.assign(otError('OverconstrainedError'), { constraint: 'deviceId' });

/** @type {Fault[]} */
export const CONNECTIVITY_FAULTS = [
  // Connecting.
  { fault: 'the token is refused', script: { connect: otError('OT_AUTHENTICATION_ERROR') }, name: 'ConnectToSessionTokenError', type: 'messaging', media: true },
  { fault: 'the session id is refused', script: { connect: otError('OT_INVALID_SESSION_ID') }, name: 'ConnectToSessionSessionIdError', type: 'messaging', media: true },
  { fault: 'the API server is out of reach', script: { connect: otError('OT_CONNECT_FAILED') }, name: 'ConnectToSessionNetworkError', type: 'api', media: true },
  { fault: 'the API server answers with an HTTP error', script: { connect: otError('OT_INVALID_HTTP_STATUS') }, name: 'APIConnectivityError', type: 'api', media: true },
  { fault: 'the WebSocket is refused', script: { connect: otError('OT_SOCKET_CLOSE_FALLBACK_CODE') }, name: 'ConnectToSessionError', type: 'messaging', media: true },
  { fault: 'the API server hangs', script: { connect: 'hang' }, name: 'ConnectToSessionNetworkError', type: 'api', media: true, afterMs: 30 * SECOND },
  { fault: 'the messaging server hangs', script: { connect: 'hang' }, set: answerOfApi, name: 'ConnectToSessionError', type: 'messaging', media: true, afterMs: 30 * SECOND },
  { fault: 'the session drops while it publishes', script: { publish: 'hang' }, act: (w) => sessionOf(w).drop('networkDisconnected'), atMs: SECOND, name: 'ConnectToSessionError', type: 'messaging', media: true, afterMs: 3 * SECOND },
  // Devices.
  { fault: 'the devices cannot be listed', script: { devices: otError('X') }, name: 'FailedToObtainMediaDevices', type: 'OpenTok.js' },
  { fault: 'there are no devices', script: { kinds: [] }, name: 'FailedToObtainMediaDevices', type: 'OpenTok.js' },
  { fault: 'listing devices hangs', script: { devices: 'hang' }, name: 'FailedToObtainMediaDevices', type: 'OpenTok.js', afterMs: 10 * SECOND },
  { fault: 'audioOnly without a microphone', script: { kinds: ['videoInput'] }, options: { audioOnly: true }, name: 'NoAudioCaptureDevicesError', type: 'OpenTok.js' },
  { fault: 'the chosen microphone is gone', script: { kinds: [{ kind: 'audioInput', deviceId: 'a' }], publisher: ABSENT }, options: { audioSource: 'b' }, name: 'NoAudioCaptureDevicesError', type: 'OpenTok.js' },
  { fault: 'the chosen camera is gone', script: { kinds: ['audioInput', { kind: 'videoInput', deviceId: 'a' }], publisher: ABSENT }, options: { videoSource: 'b' }, name: 'NoVideoCaptureDevicesError', type: 'OpenTok.js' },
  { fault: 'the user refuses', script: { publisher: otError('OT_USER_MEDIA_ACCESS_DENIED') }, name: 'PermissionDeniedError', type: 'OpenTok.js' },
  { fault: 'the camera is busy', script: { publisher: otError('OT_HARDWARE_UNAVAILABLE') }, name: 'FailedToCreateLocalPublisher', type: 'OpenTok.js' },
  { fault: 'initPublisher gives nothing', script: { noPublisher: true }, name: 'FailedToCreateLocalPublisher', type: 'OpenTok.js' },
  { fault: 'initPublisher fails and gives nothing', script: { noPublisher: true, publisher: otError('X') }, name: 'FailedToCreateLocalPublisher', type: 'OpenTok.js' },
  { fault: 'the user never answers', script: { publisher: 'hang' }, name: 'FailedToCreateLocalPublisher', type: 'OpenTok.js', afterMs: 60 * SECOND },
  { fault: 'a device is unplugged', script: { publish: 'hang' }, act: (w) => publisherOf(w).tracks[0].end(), atMs: SECOND, name: 'MediaDeviceError', type: 'OpenTok.js', afterMs: 3 * SECOND },
  // Publishing and subscribing.
  { fault: 'publishing finds no connection', script: { publish: otError('OT_NOT_CONNECTED') }, name: 'PublishToSessionNotConnectedError', type: 'OpenTok.js' },
  { fault: 'the token may not publish', script: { publish: otError('OT_PERMISSION_DENIED') }, name: 'PublishToSessionPermissionOrTimeoutError', type: 'media' },
  { fault: 'media is blocked on the way up', script: { publish: { afterMs: 15 * SECOND, error: otError('OT_TIMEOUT') } }, name: 'PublishToSessionPermissionOrTimeoutError', type: 'media', afterMs: 15 * SECOND },
  { fault: 'ICE fails', script: { publish: otError('OT_ICE_WORKFLOW_FAILED') }, name: 'PublishToSessionNetworkError', type: 'media' },
  { fault: 'publishing fails otherwise', script: { publish: otError('OT_STREAM_CREATE_FAILED') }, name: 'PublishToSessionError', type: 'media' },
  { fault: 'publishing hangs', script: { publish: 'hang' }, name: 'PublishToSessionPermissionOrTimeoutError', type: 'media', afterMs: 20 * SECOND },
  { fault: 'media is blocked on the way down', script: { subscribe: { afterMs: 30 * SECOND, error: otError('OT_TIMEOUT') } }, name: 'SubscribeToSessionError', type: 'media', afterMs: 30 * SECOND },
  { fault: 'the stream is never created', script: { stream: 'none' }, name: 'SubscribeToSessionError', type: 'media', afterMs: 10 * SECOND },
  { fault: 'subscribing hangs', script: { subscribe: 'hang' }, name: 'SubscribeToSessionError', type: 'media', afterMs: 35 * SECOND },
  // Logging.
  { fault: 'the logging server is blocked', set: ({ page }) => (page.logging = async () => Promise.reject(new TypeError('blocked'))), name: 'LoggingServerConnectionError', type: 'logging' },
  { fault: 'the logging server answers with an error', set: ({ page }) => (page.logging = async () => ({ ok: false, status: 500 })), name: 'LoggingServerConnectionError', type: 'logging' },
  { fault: 'the logging server hangs', set: ({ page }) => (page.logging = () => new Promise(() => {})), name: 'LoggingServerConnectionError', type: 'logging', afterMs: 5 * SECOND },
  // The test itself.
  { fault: 'it is stopped while it connects', script: { connect: 'hang' }, act: ({ networkTest }) => networkTest.stop(), atMs: SECOND, name: 'ConnectivityError', type: 'OpenTok.js', afterMs: 3 * SECOND },
];

/** @type {Fault[]} */
export const QUALITY_FAULTS = [
  // Before it measures.
  { fault: 'the browser is not supported', set: () => Object.assign(window.navigator, { userAgent: 'Trident/7.0; rv:11.0' }), name: 'UnsupportedBrowser' },
  { fault: 'there is no such scoring', options: { scoring: 'modern' }, name: 'QualityTestError' },
  { fault: 'the token is refused', script: { connect: otError('OT_AUTHENTICATION_ERROR') }, name: 'ConnectToSessionTokenError' },
  { fault: 'the session id is refused', script: { connect: otError('OT_INVALID_SESSION_ID') }, name: 'ConnectToSessionSessionIdError' },
  { fault: 'the API server is out of reach', script: { connect: otError('OT_CONNECT_FAILED') }, name: 'ConnectToSessionNetworkError' },
  { fault: 'the API server answers with an HTTP error', script: { connect: otError('OT_INVALID_HTTP_STATUS') }, name: 'ConnectToSessionError' },
  { fault: 'the API server hangs', script: { connect: 'hang' }, name: 'ConnectToSessionNetworkError', afterMs: 30 * SECOND },
  { fault: 'the messaging server hangs', script: { connect: 'hang' }, set: answerOfApi, name: 'ConnectToSessionError', afterMs: 30 * SECOND },
  { fault: 'the devices cannot be listed', script: { devices: otError('X') }, name: 'FailedToObtainMediaDevices' },
  { fault: 'listing devices hangs', script: { devices: 'hang' }, name: 'FailedToObtainMediaDevices', afterMs: 10 * SECOND },
  { fault: 'there is no microphone', script: { kinds: ['videoInput'] }, name: 'NoAudioCaptureDevicesError' },
  { fault: 'there are no devices', script: { kinds: [] }, name: 'NoAudioCaptureDevicesError' },
  { fault: 'the chosen camera is gone', script: { kinds: ['audioInput', { kind: 'videoInput', deviceId: 'a' }], publisher: ABSENT }, options: { videoSource: 'b' }, name: 'NoVideoCaptureDevicesError' },
  { fault: 'fullHd without a camera', script: { kinds: ['audioInput'] }, options: { fullHd: true }, name: 'NoVideoCaptureDevicesError' },
  { fault: 'the camera has no 1920x1080', options: { fullHd: true }, set: ({ page }) => (page.getUserMedia = async () => Promise.reject(otError('OverconstrainedError'))), name: 'UnsupportedResolutionError' },
  { fault: 'the chosen camera is gone, with full HD', options: { fullHd: true, videoSource: 'gone' }, set: ({ page }) => (page.getUserMedia = async () => Promise.reject(ABSENT_CAMERA)), name: 'NoVideoCaptureDevicesError' },
  { fault: 'the chosen camera lists no id yet, and is busy', options: { videoSource: 'stored' }, script: { publisher: otError('OT_HARDWARE_UNAVAILABLE') }, name: 'InitPublisherError' },
  { fault: 'the user refuses full HD', options: { fullHd: true }, set: ({ page }) => (page.getUserMedia = async () => Promise.reject(otError('NotAllowedError'))), name: 'PermissionDeniedError' },
  { fault: 'the camera is busy for full HD', options: { fullHd: true }, set: ({ page }) => (page.getUserMedia = async () => Promise.reject(otError('NotReadableError'))), name: 'MediaDeviceError' },
  { fault: 'the user never answers for full HD', options: { fullHd: true }, set: ({ page }) => (page.getUserMedia = () => new Promise(() => {})), name: 'MediaDeviceError', afterMs: 60 * SECOND },
  { fault: 'the user refuses', script: { publisher: otError('OT_USER_MEDIA_ACCESS_DENIED') }, name: 'PermissionDeniedError' },
  { fault: 'the user refuses, said in words', script: { publisher: otError('X', 'Permission denied by system') }, name: 'PermissionDeniedError' },
  { fault: 'the camera is busy', script: { publisher: otError('OT_HARDWARE_UNAVAILABLE') }, name: 'InitPublisherError' },
  { fault: 'initPublisher fails and gives nothing', script: { noPublisher: true, publisher: otError('X') }, name: 'InitPublisherError' },
  { fault: 'the user never answers', script: { publisher: 'hang' }, name: 'InitPublisherError', afterMs: 60 * SECOND },
  { fault: 'publishing finds no connection', script: { publish: otError('OT_NOT_CONNECTED') }, name: 'PublishToSessionNotConnectedError' },
  { fault: 'the token may not publish', script: { publish: otError('OT_PERMISSION_DENIED') }, name: 'PublishToSessionPermissionOrTimeoutError' },
  { fault: 'ICE fails', script: { publish: otError('OT_ICE_WORKFLOW_FAILED') }, name: 'PublishToSessionNetworkError' },
  { fault: 'publishing fails otherwise', script: { publish: otError('X') }, name: 'PublishToSessionError' },
  { fault: 'publishing hangs', script: { publish: 'hang' }, name: 'PublishToSessionPermissionOrTimeoutError', afterMs: 20 * SECOND },
  { fault: 'subscribing fails', script: { subscribe: otError('OT_STREAM_NOT_FOUND') }, name: 'SubscribeToSessionError' },
  { fault: 'subscribing hangs', script: { subscribe: 'hang' }, name: 'SubscribeToSessionError', afterMs: 35 * SECOND },
  { fault: 'subscribing gives no subscriber', script: { subscriber: 'none' }, name: 'MissingSubscriberError' },
  // While it measures.
  { fault: 'the session drops', act: (w) => sessionOf(w).drop('networkDisconnected'), atMs: 2500, name: 'ConnectToSessionError', afterMs: 2500 },
  { fault: 'the client is put out of the session', act: (w) => sessionOf(w).drop('forceDisconnected'), atMs: 2500, name: 'ConnectToSessionError', afterMs: 2500 },
  { fault: 'the stream is lost with the network', act: (w) => publisherOf(w).emit('streamDestroyed', { reason: 'networkDisconnected' }), atMs: 2500, name: 'ConnectToSessionError', afterMs: 2500 },
  { fault: 'the stream is taken down', act: (w) => publisherOf(w).emit('streamDestroyed', { reason: 'forceUnpublished' }), atMs: 2500, name: 'PublishToSessionError', afterMs: 2500 },
  { fault: 'the stream is unpublished', act: (w) => publisherOf(w).emit('streamDestroyed', { reason: 'unpublished' }), atMs: 2500, name: 'PublishToSessionError', afterMs: 2500 },
  { fault: 'the stream is gone, nobody knows why', act: (w) => publisherOf(w).emit('streamDestroyed'), atMs: 2500, name: 'PublishToSessionNetworkError', afterMs: 2500 },
  { fault: 'the publisher is destroyed', act: (w) => publisherOf(w).destroy(), atMs: 2500, name: 'PublishToSessionError', afterMs: 3500 },
  { fault: 'the subscriber is destroyed', act: (w) => subscriberOf(w).destroy(), atMs: 2500, name: 'MissingSubscriberError', afterMs: 3500 },
  { fault: 'a device is unplugged', act: (w) => publisherOf(w).tracks[1].end(), atMs: 2500, name: 'MediaDeviceError', afterMs: 2500 },
  { fault: 'a device is unplugged, with an older OpenTok.js', script: { untold: true }, act: (w) => publisherOf(w).tracks[1].end(), atMs: 2500, name: 'MediaDeviceError', afterMs: 2500 },
  { fault: 'a device is unplugged, and the browser knows its permission', set: ({ page }) => (page.permissions = { camera: 'granted', microphone: 'granted' }), act: (w) => publisherOf(w).tracks[0].end(), atMs: 2500, name: 'MediaDeviceError', afterMs: 2500 },
  { fault: 'the permission is withdrawn', set: ({ page }) => (page.permissions = { camera: 'denied' }), act: (w) => publisherOf(w).tracks[1].end(), atMs: 2500, name: 'PermissionDeniedError', afterMs: 2500 },
  { fault: 'the permission for the microphone is withdrawn, and the browser stops both', set: ({ page }) => (page.permissions = { camera: 'granted', microphone: 'denied' }), act: (w) => publisherOf(w).tracks[1].end(), atMs: 2500, name: 'PermissionDeniedError', afterMs: 2500 },
  {
    fault: 'OpenTok.js says that media stopped, and then that all is destroyed',
    act: (w) => {
      publisherOf(w).emit('streamDestroyed', { reason: 'mediaStopped' });
      subscriberOf(w).destroy();
      publisherOf(w).destroy();
    },
    atMs: 2500,
    name: 'MediaDeviceError',
    afterMs: 2500,
  },
  { fault: 'statistics fail', script: { stats: () => otError('X') }, name: 'SubscriberGetStatsError', afterMs: 5 * SECOND },
  { fault: 'there are no statistics', script: { stats: () => undefined }, name: 'SubscriberGetStatsError', afterMs: 5 * SECOND },
  { fault: 'statistics hang', script: { stats: () => 'hang' }, name: 'SubscriberGetStatsError', afterMs: 6 * SECOND },
  { fault: 'a counter is negative at once', script: { stats: () => ({ timestamp: 1, audio: { bytesReceived: -1 } }) }, name: 'SubscriberGetStatsError', afterMs: SECOND },
];
