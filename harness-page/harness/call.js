// A participant of a call: it joins, publishes, subscribes and takes steps as precall says, and reports what happens. Judges nothing.

import { clockTrack, showClock } from './canvas.js';
import { callSteps } from './call-steps.js';
import { emit } from './events.js';
import { watchFrames } from './frames.js';
import { completed, lastReported, nameOf, streamName, tellError } from './opentok-calls.js';
import { perception } from './perceived.js';
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
 * @property {boolean} [audioProcessing] Without it, that of what the participant publishes at first.
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
 * @property {Record<string, import('./film.js').Strip>} films The films that cameras play, by participant.
 */

/** @typedef {import('./call-steps.js').Step} Step */
/** @typedef {import('./call-steps.js').Subscription} Subscription */

/** How long an `exception` event waits for a completion handler that reports the same error, in milliseconds. */
const SAME_ERROR_MS = 500;

/** How often the counters of subscriptions are reported, in milliseconds. */
const INTERVAL_MS = 1000;

const seconds = (/** @type {number} */ since) => (performance.now() - since) / 1000;

/** Reports the errors that OpenTok.js gives to no completion handler. @param {any} OT */
function watchExceptions(OT) {
  OT.on('exception', (/** @type {any} */ { code, title, message }) => {
    setTimeout(() => {
      const at = lastReported(code);
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
  /** @type {Map<string, any>} The streams of others, by their ids. */
  const streams = new Map();
  /** @type {Map<string, any>} The connections to the session, by their ids. */
  const connections = new Map();
  let isOver = false;
  const perceived = perception();

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
      connectionCreated: ({ connection }) => connections.set(connection.connectionId, connection),
      connectionDestroyed: ({ connection }) => connections.delete(connection.connectionId),
      streamCreated({ stream }) {
        const from = nameOf(stream.connection);
        streams.set(stream.streamId, stream);
        tell('streamCreated', { from, stream: streamName(stream), has: has(stream) });
        if (isWanted(from)) subscribe(stream);
      },
      streamDestroyed({ stream, reason }) {
        tell('streamDestroyed', { from: nameOf(stream.connection), stream: streamName(stream), detail: reason });
        streams.delete(stream.streamId);
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
        streams.clear();
        connections.clear();
        [...subscriptions.values()].forEach(({ stream }) => forget(stream));
      },
    };
    session.on(handlers);
  }

  /** @param {any} stream */
  const has = (stream) => ({ audio: Boolean(stream.hasAudio), video: Boolean(stream.hasVideo) });

  /** @param {Publish} options */
  async function publish({ name, source, resolution, frameRate, audio, video, audioProcessing }) {
    const processes = audioProcessing ?? call.publish?.audioProcessing ?? true;
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
        ...(!processes && { disableAudioProcessing: true }),
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
    [...streams.values()].filter(({ connection }) => target === null || nameOf(connection) === target);

  /** The subscriptions to a participant. @param {string | null} target */
  const subscriptionsTo = (target) =>
    [...subscriptions.values()].filter(({ stream }) => target === null || nameOf(stream.connection) === target);

  /** @param {string | null} name */
  const publisherOf = (name) => (name === null ? [...publishers.values()][0] : publishers.get(name));

  const steps = callSteps({
    session: () => session,
    connections,
    publish,
    publisherOf,
    streamsOf,
    subscriptionsTo,
    subscribe,
    forget,
    join,
  });

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
    perceived.report([...publishers].map(own).concat([...subscriptions.values()].map(received)));
  }

  /** @returns {import('./perceived.js').Shown} */
  const own = (/** @type {[string, any]} */ [stream, publisher]) => ({
    from: null,
    stream,
    strip: publisher.stream?.videoType === 'camera' ? call.films[call.name] : undefined,
    video: publisher.element?.querySelector('video'),
  });

  /** @returns {import('./perceived.js').Shown} */
  const received = (/** @type {Subscription} */ { stream, frames }) => ({
    from: nameOf(stream.connection),
    stream: streamName(stream),
    strip: stream.videoType === 'camera' ? call.films[nameOf(stream.connection)] : undefined,
    video: frames?.video,
  });

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
