// The steps of the scenario that a participant takes in precall's own page.

import { completed, nameOf, streamName } from './opentok-calls.js';
import { tell } from './reports.js';

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

/**
 * What steps act on.
 * @typedef {object} Participant
 * @property {() => any} session
 * @property {Map<string, any>} connections The connections to the session, by their ids.
 * @property {(options: import('./call.js').Publish) => Promise<void>} publish
 * @property {(name: string | null) => any} publisherOf
 * @property {(target: string | null) => any[]} streamsOf The streams of a participant; of all others, without a name.
 * @property {(target: string | null) => Subscription[]} subscriptionsTo
 * @property {(stream: any) => Promise<void>} subscribe
 * @property {(stream: any) => void} forget
 * @property {() => Promise<void>} join
 */

/**
 * The steps, by their names.
 * @param {Participant} participant
 * @returns {Record<string, (step: Step) => unknown>}
 */
export function callSteps({
  session,
  connections,
  publish,
  publisherOf,
  streamsOf,
  subscriptionsTo,
  subscribe,
  forget,
  join,
}) {
  /** @param {Step} step */
  function newStream({ stream, resolution, frameRate }, /** @type {import('./call.js').Publish['source']} */ source) {
    const audio = source === 'camera';
    return publish({ name: stream ?? source, source, resolution, frameRate, audio, video: true });
  }

  /** The connection of a participant. @param {string | null} target */
  function connectionOf(target) {
    const found = [...connections.values()].find((connection) => nameOf(connection) === target);
    if (!found) throw new Error(`${target} is not in the session`);
    return found;
  }

  return {
    publish: (step) => newStream(step, 'camera'),
    'publish-screen': (step) => newStream(step, 'screen'),
    'publish-canvas': (step) => newStream(step, 'canvas'),
    unpublish: ({ stream }) => session().unpublish(publisherOf(stream)),
    subscribe: ({ target }) => streamsOf(target).forEach(subscribe),
    unsubscribe: ({ target }) =>
      subscriptionsTo(target).forEach(({ stream, subscriber }) => {
        session().unsubscribe(subscriber);
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
      return completed('session.signal', (done) =>
        session().signal({ type: 'precall', data: data ?? '', ...to }, done),
      );
    },
    'force-mute': ({ target }) =>
      target === null
        ? session().forceMuteAll([])
        : Promise.all(streamsOf(target).map((stream) => session().forceMuteStream(stream))),
    'allow-unmute': () => session().disableForceMute(),
    'force-unpublish': ({ target }) =>
      Promise.all(
        streamsOf(target).map((stream) =>
          completed('session.forceUnpublish', (done) => session().forceUnpublish(stream, done)),
        ),
      ),
    'force-disconnect': ({ target }) =>
      completed('session.forceDisconnect', (done) => session().forceDisconnect(connectionOf(target), done)),
    leave: () => session().disconnect(),
    rejoin: () => join(),
  };
}
