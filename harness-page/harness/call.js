// A participant of a call: it joins, publishes, subscribes and takes steps as precall says, and reports what happens. Judges nothing.

import { clockTrack, showClock } from './canvas.js';
import { describeError, emit } from './events.js';
import { watchFrames } from './frames.js';
import { release, reports, tell } from './reports.js';

/**
 * A stream to publish.
 * @typedef {object} Publish
 * @property {string} name
 * @property {'camera' | 'screen' | 'canvas'} source
 * @property {string | null} resolution
 * @property {number | null} frameRate
 * @property {boolean} audio
 * @property {boolean} video
 */

/**
 * A participant as precall hands it over.
 * @typedef {object} CallSetup
 * @property {string} name
 * @property {Publish | null} publish
 * @property {string[] | null} subscribe The participants to subscribe to; null for all others.
 * @property {string | null} proxyUrl The IP proxy of OpenTok.js.
 * @property {object} sessionOptions The options of `OT.initSession`.
 * @property {string | null} script The URL of the scenario's own module.
 */

/**
 * A step of the scenario.
 * @typedef {object} Step
 * @property {string} do
 * @property {string | null} target
 * @property {string | null} stream
 * @property {string | null} data
 * @property {string | null} resolution
 * @property {number | null} frameRate
 */

/** @typedef {{ stream: any, subscriber: any, frames: import('./frames.js').Frames | undefined }} Subscription */

/** How long an `exception` event waits for a completion handler that reports the same error, in milliseconds. */
const SAME_ERROR_MS = 500;

/** How often the counters of subscriptions are reported, in milliseconds. */
const INTERVAL_MS = 1000;

const seconds = (/** @type {number} */ since) => (performance.now() - since) / 1000;

/** The participant whose connection it is. @param {any} connection */
const nameOf = (connection) => String(connection?.data ?? '');

/** @param {any} stream */
const streamName = (stream) => String(stream.name || 'camera');

/**
 * Calls a method of OpenTok.js that takes a completion handler, and reports its error.
 * @template T
 * @param {string} call
 * @param {(done: (error?: any) => void) => T} start
 * @returns {Promise<{ value: T | undefined, error: any }>}
 */
function completed(call, start) {
  return new Promise((resolve) => {
    /** @type {T | undefined} */
    let value;
    const done = (/** @type {any} */ error) => {
      if (error) tellError(call, error);
      resolve({ value, error });
    };
    try {
      value = start(done);
    } catch (error) {
      done(error);
    }
  });
}

/** The errors of completion handlers: their codes, and when they came. @type {Map<unknown, number>} */
const reported = new Map();

/** @param {string} call @param {any} error */
function tellError(call, error) {
  reported.set(error?.code, performance.now());
  tell('error', { detail: call, error: describeError(error) });
}

/** Reports the errors that OpenTok.js gives to no completion handler. @param {any} OT */
function watchExceptions(OT) {
  OT.on('exception', (/** @type {any} */ { code, title, message }) => {
    setTimeout(() => {
      const at = reported.get(code);
      if (at !== undefined && performance.now() - at < 2 * SAME_ERROR_MS) return;
      tell('error', {
        detail: 'exception',
        error: { name: `${title ?? 'Error'} (${code})`, message: String(message) },
      });
    }, SAME_ERROR_MS);
  });
}

/** An element for OpenTok.js to append to. */
function place() {
  return document.body.appendChild(document.createElement('div'));
}

/**
 * The participant of this page.
 * @param {any} OT
 * @param {CallSetup} call
 * @param {{ apiKey: string, sessionId: string, token: string }} credentials
 */
export function participant(OT, call, credentials) {
  /** @type {any} */
  let session;
  /** @type {Map<string, any>} Publishers by the name of their stream. */
  const publishers = new Map();
  /** @type {Map<string, Subscription>} By the id of the stream. */
  const subscriptions = new Map();
  let isOver = false;

  const isWanted = (/** @type {string} */ from) => from !== call.name && (call.subscribe?.includes(from) ?? true);

  async function join() {
    if (call.proxyUrl) OT.setProxyUrl(call.proxyUrl);
    session = OT.initSession(credentials.apiKey, credentials.sessionId, call.sessionOptions);
    watch(session);
    const began = performance.now();
    const { error } = await completed('session.connect', (done) => session.connect(credentials.token, done));
    if (error) return;
    tell('connected', { seconds: seconds(began) });
    if (call.publish) await publish(call.publish);
  }

  /** @param {any} session */
  function watch(session) {
    let lostAt = 0;
    /** @type {Record<string, (event: any) => void>} */
    const handlers = {
      streamCreated({ stream }) {
        const from = nameOf(stream.connection);
        tell('streamCreated', { from, stream: streamName(stream), has: has(stream) });
        if (isWanted(from)) subscribe(stream);
      },
      streamDestroyed({ stream, reason }) {
        tell('streamDestroyed', { from: nameOf(stream.connection), stream: streamName(stream), detail: reason });
        forget(stream);
      },
      streamPropertyChanged({ stream, changedProperty, newValue }) {
        const isOn = typeof newValue === 'boolean' ? newValue : undefined;
        const from = nameOf(stream.connection);
        tell('streamPropertyChanged', { from, stream: streamName(stream), detail: changedProperty, passed: isOn });
      },
      signal({ from, data }) {
        tell('signal', { from: nameOf(from), detail: String(data ?? '') });
      },
      sessionReconnecting() {
        lostAt = performance.now();
        tell('reconnecting');
      },
      sessionReconnected() {
        tell('reconnected', { seconds: seconds(lostAt) });
      },
      sessionDisconnected({ reason }) {
        tell('disconnected', { detail: reason });
        publishers.clear();
        [...subscriptions.values()].forEach(({ stream }) => forget(stream));
      },
    };
    session.on(handlers);
  }

  /** @param {any} stream */
  const has = (stream) => ({ audio: Boolean(stream.hasAudio), video: Boolean(stream.hasVideo) });

  /** @param {Publish} options */
  async function publish({ name, source, resolution, frameRate, audio, video }) {
    if (source === 'screen') showClock();
    const publisher = OT.initPublisher(
      place(),
      {
        name,
        insertMode: 'append',
        publishAudio: audio,
        publishVideo: video,
        ...(resolution && { resolution }),
        ...(frameRate && { frameRate }),
        ...(!audio && { audioSource: null }),
        ...(source === 'camera' && !video && { videoSource: null }),
        ...(source === 'screen' && { videoSource: 'screen' }),
        ...(source === 'canvas' && { videoSource: clockTrack() }),
      },
      (/** @type {any} */ error) => error && tellError('OT.initPublisher', error),
    );
    publishers.set(name, publisher);
    publisher.on({
      muteForced: () => tell('muteForced', { stream: name }),
      streamDestroyed: (/** @type {any} */ { reason }) => {
        tell('unpublished', { stream: name, detail: reason });
        if (publishers.get(name) === publisher) publishers.delete(name);
      },
    });
    const began = performance.now();
    const { error } = await completed('session.publish', (done) => session.publish(publisher, done));
    if (!error) tell('published', { stream: name, seconds: seconds(began) });
  }

  /** @param {any} stream */
  async function subscribe(stream) {
    const [from, name] = [nameOf(stream.connection), streamName(stream)];
    const began = performance.now();
    tell('subscribing', { from, stream: name, has: has(stream) });
    /** @type {Subscription} */
    const subscription = { stream, subscriber: undefined, frames: undefined };
    subscriptions.set(stream.streamId, subscription);
    const watchElement = (/** @type {Element | null | undefined} */ element) => {
      const video = element instanceof HTMLVideoElement ? element : element?.querySelector('video');
      if (!video || subscription.frames?.video === video) return;
      subscription.frames?.stop();
      const onFirst = () => tell('firstFrame', { from, stream: name, seconds: seconds(began) });
      subscription.frames = watchFrames(video, subscription.frames ? undefined : onFirst);
    };
    const { value: subscriber, error } = await completed('session.subscribe', (done) => {
      const subscriber = session.subscribe(stream, place(), { insertMode: 'append' }, done);
      subscription.subscriber = subscriber;
      subscriber.on({
        videoElementCreated: (/** @type {any} */ { element }) => watchElement(element),
        videoDisabled: (/** @type {any} */ { reason }) => tell('videoDisabled', { from, stream: name, detail: reason }),
        videoEnabled: (/** @type {any} */ { reason }) => tell('videoEnabled', { from, stream: name, detail: reason }),
        videoDisableWarning: () => tell('videoDisableWarning', { from, stream: name }),
        videoDisableWarningLifted: () => tell('videoDisableWarningLifted', { from, stream: name }),
      });
      return subscriber;
    });
    if (error) return;
    tell('subscribed', { from, stream: name, seconds: seconds(began), has: has(stream) });
    // Old releases create the element without saying so.
    watchElement(subscriber?.element);
  }

  /** @param {any} stream */
  function forget(stream) {
    subscriptions.get(stream.streamId)?.frames?.stop();
    subscriptions.delete(stream.streamId);
  }

  /** The streams of a participant; of all others, without a name. @param {string | null} target */
  const streamsOf = (target) =>
    [...(session.streams?.values?.() ?? []), ...[...subscriptions.values()].map(({ stream }) => stream)].filter(
      (stream, index, all) =>
        all.findIndex(({ streamId }) => streamId === stream.streamId) === index &&
        (target === null || nameOf(stream.connection) === target),
    );

  /** The subscriptions to a participant. @param {string | null} target */
  const subscriptionsTo = (target) =>
    [...subscriptions.values()].filter(({ stream }) => target === null || nameOf(stream.connection) === target);

  /** @param {string | null} name */
  const publisherOf = (name) => (name === null ? [...publishers.values()][0] : publishers.get(name));

  /** @param {Step} step */
  function newStream({ stream, resolution, frameRate }, /** @type {Publish['source']} */ source) {
    const audio = source === 'camera';
    return publish({ name: stream ?? source, source, resolution, frameRate, audio, video: true });
  }

  /** @type {Record<string, (step: Step) => unknown>} */
  const steps = {
    publish: (step) => newStream(step, 'camera'),
    'publish-screen': (step) => newStream(step, 'screen'),
    'publish-canvas': (step) => newStream(step, 'canvas'),
    unpublish: ({ stream }) => session.unpublish(publisherOf(stream)),
    subscribe: ({ target }) => streamsOf(target).forEach(subscribe),
    unsubscribe: ({ target }) =>
      subscriptionsTo(target).forEach(({ stream, subscriber }) => {
        session.unsubscribe(subscriber);
        tell('unsubscribed', { from: nameOf(stream.connection), stream: streamName(stream) });
        forget(stream);
      }),
    'mute-audio': ({ stream }) => publisherOf(stream).publishAudio(false),
    'unmute-audio': ({ stream }) => publisherOf(stream).publishAudio(true),
    'mute-video': ({ stream }) => publisherOf(stream).publishVideo(false),
    'unmute-video': ({ stream }) => publisherOf(stream).publishVideo(true),
    'switch-camera': ({ stream }) => publisherOf(stream).cycleVideo(),
    'switch-microphone': async ({ stream }) => {
      const devices = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'audioinput');
      const current = publisherOf(stream).getAudioSource()?.getSettings().deviceId;
      const index = devices.findIndex(({ deviceId }) => deviceId === current);
      await publisherOf(stream).setAudioSource(devices[(index + 1) % devices.length]?.deviceId);
    },
    prefer: ({ target, resolution, frameRate }) =>
      subscriptionsTo(target).forEach(({ subscriber }) => {
        const [width, height] = (resolution ?? '').split('x').map(Number);
        if (width && height) subscriber.setPreferredResolution({ width, height });
        if (frameRate) subscriber.setPreferredFrameRate(frameRate);
      }),
    signal: ({ target, data }) => {
      const to = target === null ? {} : { to: connectionOf(target) };
      return completed('session.signal', (done) => session.signal({ type: 'precall', data: data ?? '', ...to }, done));
    },
    'force-mute': ({ target }) =>
      target === null
        ? session.forceMuteAll([])
        : Promise.all(streamsOf(target).map((stream) => session.forceMuteStream(stream))),
    'allow-unmute': () => session.disableForceMute(),
    'force-unpublish': ({ target }) =>
      Promise.all(
        streamsOf(target).map((stream) =>
          completed('session.forceUnpublish', (done) => session.forceUnpublish(stream, done)),
        ),
      ),
    'force-disconnect': ({ target }) =>
      completed('session.forceDisconnect', (done) => session.forceDisconnect(connectionOf(target), done)),
    leave: () => session.disconnect(),
    rejoin: () => join(),
  };

  /** The connection of a participant, from one of its streams. @param {string | null} target */
  function connectionOf(target) {
    const all = [...(session.connections?.values?.() ?? []), ...streamsOf(target).map(({ connection }) => connection)];
    const found = all.find((connection) => nameOf(connection) === target);
    if (!found) throw new Error(`${target} is not in the session`);
    return found;
  }

  /** Takes a step. @param {Step} step */
  async function take(step) {
    tell('step', { detail: step.do });
    try {
      await steps[step.do]?.(step);
    } catch (error) {
      tellError(`step ${step.do}`, error);
    }
  }

  /** Runs the scenario's own module. @param {string} url */
  async function run(url) {
    try {
      const { default: script } = await import(url);
      await script({
        OT,
        session,
        publisher: publisherOf(null),
        participant: call.name,
        credentials: { ...credentials },
        ...reports,
      });
    } catch (error) {
      tellError('script', error);
    }
  }

  /** Reports which tracks belong to which subscription, and how many frames the page has presented of each. */
  function tellSubscriptions() {
    for (const { stream, frames } of subscriptions.values()) {
      const tracks = /** @type {MediaStream | null | undefined} */ (frames?.video.srcObject)?.getTracks() ?? [];
      emit({
        type: 'subscription',
        from: nameOf(stream.connection),
        stream: streamName(stream),
        tracks: tracks.map(({ id }) => id),
        presented: frames?.presented() ?? null,
      });
    }
  }

  return {
    async start() {
      watchExceptions(OT);
      setInterval(() => !isOver && tellSubscriptions(), INTERVAL_MS);
      await join();
      if (call.script && !isOver) await run(call.script);
    },
    take,
    tellSubscriptions,
    release,
    /** Leaves the session, and reports nothing more. */
    leave() {
      isOver = true;
      session?.off?.();
      session?.disconnect?.();
    },
  };
}
