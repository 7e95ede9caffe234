// What the test pages share: a client of OpenTok.js. A test calls a function that a page's module exports, with one
// object of variables. The page answers with events, which it sends as the harness does.

import { describeError, emit } from '/harness/events.js';

/** @typedef {import('./opentok.js').Done} Done */
/** @typedef {import('./opentok.js').OpenTok} OpenTok */
/** @typedef {import('./opentok.js').Publisher} Publisher */
/** @typedef {import('./opentok.js').Session} Session */
/** @typedef {import('./opentok.js').Stream} Stream */

/**
 * The platform that a page uses, and the session that it joins.
 * @typedef {object} Variables
 * @property {string} bundle The path of OpenTok.js.
 * @property {string} proxyUrl The embedded platform, which stands for an IP proxy.
 * @property {string} apiKey
 * @property {string} sessionId
 * @property {string} token
 */

/** Sends an event to the test. @param {string} type @param {object} [more] */
export const tell = (type, more) => emit({ type, ...more });

/**
 * The same function, whose error is told to the test as an event `failed`.
 * @template {unknown[]} Arguments
 * @param {(...all: Arguments) => Promise<unknown>} act
 */
export const guarded =
  (act) =>
  /** @param {Arguments} all @returns {Promise<void>} */
  async (...all) => {
    try {
      await act(...all);
    } catch (error) {
      tell('failed', describeError(error));
    }
  };

/** A new element for OpenTok.js to fill. */
export const element = () => document.body.appendChild(document.createElement('div'));

/** @param {number} ms */
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Loads OpenTok.js, and points it at the platform. @param {Variables} variables */
export async function load({ bundle, proxyUrl }) {
  const script = Object.assign(document.createElement('script'), { src: bundle });
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error(`could not load ${bundle}`));
    document.head.append(script);
  });
  window.OT.setProxyUrl(proxyUrl);
  return window.OT;
}

/**
 * Starts a call of OpenTok.js that ends with a callback. Resolves with what the call itself returned, once the callback is called.
 * @template T
 * @param {(done: Done) => T} start
 */
export async function completed(start) {
  /** @type {PromiseWithResolvers<void>} */
  const { promise, resolve, reject } = Promise.withResolvers();
  const value = start((error) => (error ? reject(error) : resolve()));
  await promise;
  return value;
}

/** @param {Session} session @param {string} token */
export const connect = (session, token) => completed((done) => session.connect(token, done));

/** Publishes the fake camera and microphone. @param {OpenTok} OT @param {Session} session @returns {Promise<Publisher>} */
export function publish(OT, session, options = {}) {
  return new Promise((resolve, reject) => {
    const publisher = OT.initPublisher(element(), options, (error) => error && reject(error));
    session.publish(publisher, (error) => (error ? reject(error) : resolve(publisher)));
  });
}

/** @param {Session} session @param {Stream} stream */
export const subscribe = (session, stream, options = {}) =>
  completed((done) => session.subscribe(stream, element(), options, done));

/**
 * Subscribes to the stream that this page publishes, as a network test does.
 * @param {Session} session
 * @param {Publisher} publisher
 */
export function subscribeToOwn(session, publisher) {
  if (!publisher.stream) throw new Error('the publisher has no stream');
  return subscribe(session, publisher.stream, { testNetwork: true });
}

/** The video of the page that was added last, once it has shown more than 20 frames. */
export async function playing() {
  for (;;) {
    const video = [...document.querySelectorAll('video')].at(-1);
    if (video && video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 20) return video;
    await sleep(100);
  }
}

/** The local candidate that media takes, and the round-trip time of its pair. @param {RTCStatsReport} report */
export function selectedCandidate(report) {
  const stats = [...report.values()];
  const transport = stats.find(({ type, selectedCandidatePairId }) => type === 'transport' && selectedCandidatePairId);
  const pair = transport && report.get(transport.selectedCandidatePairId);
  const { candidateType, relayProtocol, url } = (pair && report.get(pair.localCandidateId)) || {};
  return { candidateType, relayProtocol, url, roundTripTime: pair?.currentRoundTripTime };
}
