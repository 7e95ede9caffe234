// A sample: what the update callback is given, and everything that the result is computed from.

import { LIMITS_MS, called, within } from './deadline.js';
import { defined } from './defined.js';
import { known, knownLoss } from './numbers.js';
import { senderStats } from './sender-stats.js';

/** @typedef {'audio-video' | 'audio-only'} Phase */

/**
 * Cumulative counters of an audio track, at the subscriber. Times in seconds; what is unknown is left out.
 * @typedef {object} AudioCounters
 * @property {number} timestamp
 * @property {number} [bytesSent] By the publisher.
 * @property {number} bytesReceived
 * @property {number} packetsReceived
 * @property {number} packetsLost
 * @property {number} [roundTripTime]
 * @property {number} [jitter]
 */

/**
 * Cumulative counters of a video track, at the subscriber; what is unknown is left out.
 * @typedef {object} VideoCounters
 * @property {number} timestamp
 * @property {number} [bytesSent] By the publisher, all layers together.
 * @property {number} bytesReceived
 * @property {number} packetsReceived
 * @property {number} packetsLost
 * @property {number} [frameRate]
 * @property {number} [frameWidth]
 * @property {number} [frameHeight]
 * @property {import('./media-routing.js').MediaRouting} [mediaRouting] The way that media takes, as in 5.x; there in every sample of this module.
 */

/**
 * A second of a quality test; what is unknown is left out.
 * @typedef {object} Sample
 * @property {Phase} phase
 * @property {number} timestamp In ms.
 * @property {number} elapsed Since the phase began to measure, in ms.
 * @property {number} limit The longest that the phase measures, in ms.
 * @property {AudioCounters} [audio]
 * @property {VideoCounters} [video]
 * @property {number} [availableOutgoingBitrate] In bit/s.
 * @property {string} [qualityLimitationReason]
 * @property {boolean} [simulcast] Whether more than one layer of video is sent.
 */

/** The subscriber's counters of a track. */
const COUNTERS = /** @type {const} */ (['bytesReceived', 'packetsReceived', 'packetsLost']);

/** What a phase's subscriber has reported so far, so that a figure that disappears is not taken for zero. */
export class Reported {
  constructor() {
    /** Whose clock the samples' timestamps are of; the first sample decides. @type {'subscriber' | 'page' | undefined} */
    this.clock = undefined;
    /** The counters that were reported, as in `audio.packetsLost`. @type {Set<string>} */
    this.counters = new Set();
  }
}

/**
 * Takes a sample. Rejects when the subscriber gives no statistics, or none with a valid time.
 * @param {{publisher?: any, subscriber?: any, phase: Phase, ending: import('./deadline.js').Ending}} run
 * @param {{elapsed: number, limit: number}} progress
 * @param {Reported} reported
 * @returns {Promise<Sample | undefined>} Undefined when a byte counter is negative: nothing is measured any more.
 */
export async function takeSample({ publisher, subscriber, phase, ending }, { elapsed, limit }, reported) {
  // When the subscriber's reading fails, or ends the test, the sender's may still be under way: it ends with the measuring.
  const sending = within(senderStats(publisher), LIMITS_MS.senderStats, 'reading the sender', ending);
  const [stats, sender] = await Promise.all([
    called((done) => subscriber.getStats(done)),
    sending.catch(() => undefined),
  ]);
  if (!stats) throw new Error('the subscriber has none');
  if (isNegative(stats.audio) || isNegative(stats.video)) return undefined;
  const timestamp = timeOf(stats, reported);
  const audio = stats.audio ? counters('audio', stats.audio, timestamp, sender?.audioBytesSent, reported) : undefined;
  const video =
    phase === 'audio-video' && stats.video
      ? counters('video', stats.video, timestamp, sender?.videoBytesSent, reported)
      : undefined;
  const size = subscriber.stream?.videoDimensions;
  return defined({
    phase,
    timestamp,
    elapsed,
    limit,
    audio: audio && { ...audio, ...defined({ roundTripTime: sender?.roundTripTime, jitter: sender?.jitter }) },
    video: video && {
      ...video,
      ...defined({
        frameRate: known(stats.video.frameRate),
        frameWidth: known(size?.width),
        frameHeight: known(size?.height),
      }),
      mediaRouting: sender?.mediaRouting ?? 'Unknown',
    },
    availableOutgoingBitrate: sender?.availableOutgoingBitrate,
    qualityLimitationReason: sender?.qualityLimitationReason,
    simulcast: sender?.simulcast,
  });
}

/** @param {any} track */
function isNegative(track) {
  return Number.isFinite(track?.bytesReceived) && track.bytesReceived < 0;
}

/**
 * The time of a sample in ms. One clock serves a whole phase, since only differences count.
 * @param {any} stats
 * @param {Reported} reported
 */
function timeOf(stats, reported) {
  const told = known(stats.timestamp);
  reported.clock ??= told === undefined ? 'page' : 'subscriber';
  // Not Date.now(): somebody may set the computer's clock meanwhile.
  if (reported.clock === 'page') return performance.timeOrigin + performance.now();
  if (told === undefined) throw new Error(`they have no valid time, but ${String(stats.timestamp)}`);
  return told;
}

/**
 * A track's counters; a counter that the browser never reports is 0. Undefined when one is no count, or has disappeared: taken
 * for 0, it would show as a loss or a burst in the next second.
 * @param {'audio' | 'video'} kind
 * @param {any} track
 * @param {number} timestamp
 * @param {number | undefined} bytesSent
 * @param {Reported} reported
 */
function counters(kind, track, timestamp, bytesSent, reported) {
  const read = { bytesReceived: 0, packetsReceived: 0, packetsLost: 0 };
  for (const name of COUNTERS) {
    const value = track[name] ?? undefined;
    const count = name === 'packetsLost' ? knownLoss(value) : known(value);
    const key = `${kind}.${name}`;
    if (count === undefined && (value !== undefined || reported.counters.has(key))) return undefined;
    if (count !== undefined) reported.counters.add(key);
    read[name] = Math.max(count ?? 0, 0);
  }
  return { timestamp, ...defined({ bytesSent }), ...read };
}
