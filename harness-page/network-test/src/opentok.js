// What this module asks of OpenTok.js: one function a step, each with its end, each leaving behind how to undo it.

import { LIMITS_MS, called, within } from './deadline.js';
import { ErrorNames, TestError, messageOf, publishError } from './errors.js';
import { sessionOptions } from './options.js';

/**
 * What a running test knows.
 * @typedef {object} Context
 * @property {any} OT
 * @property {{apiKey: string, sessionId: string, token: string}} credentials
 * @property {any} options
 * @property {AbortSignal} signal Aborted when the test must end at once; its reason is the error to end with.
 * @property {(error: Error) => void} fail Ends the test with an error.
 * @property {import('./resources.js').Resources} resources
 */

/** Connects. Rejects with OpenTok.js' own error. @param {Context} context */
export async function connect(context) {
  const { OT, credentials, options, signal, resources } = context;
  const init = sessionOptions(options);
  if (options.proxyServerUrl && typeof OT.setProxyUrl !== 'function') {
    // OpenTok.js before 2.17.4 takes the proxy here.
    init.proxyUrl = options.proxyServerUrl;
  }
  const session = OT.initSession(credentials.apiKey, credentials.sessionId, init);
  resources.add(() => disconnect(session));
  await within(called((done) => session.connect(credentials.token, done)), LIMITS_MS.connect, 'connecting', signal);
  return session;
}

/** Disconnects, and waits until that is done. @param {any} session */
function disconnect(session) {
  // A session that is not connected never says that it disconnected.
  if (!session.connection) return undefined;
  return new Promise((resolve) => {
    session.on('sessionDisconnected', resolve);
    session.disconnect();
  });
}

/** Which kinds of device there are. Rejects with OpenTok.js' own error. @param {Context} context */
export async function devices({ OT, signal }) {
  const listed = await within(called((done) => OT.getDevices(done)), LIMITS_MS.getDevices, 'listing devices', signal);
  const has = (/** @type {string} */ kind) => (listed ?? []).some((/** @type {any} */ device) => device.kind === kind);
  return { audio: has('audioInput'), video: has('videoInput') };
}

/** An element that nobody sees, for as long as the test runs. @param {Context} context */
export function hiddenElement({ resources }) {
  const element = document.createElement('div');
  element.style.cssText = 'position:fixed;bottom:-1px;width:1px;height:1px;opacity:0.01';
  document.body.appendChild(element);
  resources.add(() => element.remove());
  return element;
}

/**
 * Makes a publisher. Rejects with OpenTok.js' own error.
 * @param {Context} context
 * @param {HTMLElement} element
 * @param {object} properties
 */
export async function createPublisher({ OT, signal, resources }, element, properties) {
  /** @type {any} */
  let publisher;
  const ready = called((done) => {
    publisher = OT.initPublisher(
      element,
      { width: '100%', height: '100%', insertMode: 'append', showControls: false, ...properties },
      done,
    );
    // Destroyed even when the camera comes only after this test has given up on it.
    resources.add(() => publisher?.destroy?.());
  });
  await within(ready, LIMITS_MS.initPublisher, 'starting the camera and microphone', signal);
  return publisher;
}

/** Publishes; gives the stream. Rejects with this module's error. @param {Context} context @param {any} session @param {any} publisher */
export async function publish({ signal }, session, publisher) {
  try {
    await within(called((done) => session.publish(publisher, done)), LIMITS_MS.publish, 'publishing', signal);
  } catch (error) {
    throw signal.aborted ? error : publishError(error);
  }
  return publisher.stream;
}

/**
 * Subscribes to the test's own stream. Rejects with this module's error.
 * @param {Context} context
 * @param {any} session
 * @param {any} stream
 * @param {HTMLElement} element
 */
export async function subscribe({ signal, resources }, session, stream, element) {
  if (!stream) throw new TestError(ErrorNames.SUBSCRIBE_TO_SESSION_ERROR, 'The publisher has no stream.');
  /** @type {any} */
  let subscriber;
  const ready = called((done) => {
    subscriber = session.subscribe(
      stream,
      element,
      // Silent: people must not hear themselves.
      { testNetwork: true, insertMode: 'append', audioVolume: 0, subscribeToAudio: true, subscribeToVideo: true },
      done,
    );
    resources.add(() => session.unsubscribe(subscriber));
  });
  try {
    await within(ready, LIMITS_MS.subscribe, 'subscribing', signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const message = `Could not subscribe to the test stream: ${messageOf(error)}`;
    throw new TestError(ErrorNames.SUBSCRIBE_TO_SESSION_ERROR, message);
  }
  return subscriber;
}

/** Whether the logging server can be reached. Never rejects. @param {Context} context */
export async function canLog({ OT, options }) {
  const direct = `${OT.properties?.loggingURL}/logging/ClientEvent`;
  const proxy = options.proxyServerUrl?.replace(/\/+$/, '');
  const url = proxy ? `${proxy}/${direct.replace(/^[a-z]+:\/\//, '')}` : direct;
  try {
    const request = fetch(url, { method: 'POST', signal: AbortSignal.timeout(LIMITS_MS.logging) });
    return (await request).ok;
  } catch {
    return false;
  }
}
