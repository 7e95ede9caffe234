// A sample: what the update callback is given, and everything that the result is computed from.

import { LIMITS_MS, called, within } from './deadline.js';
import { defined } from './defined.js';
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

/**
 * Takes a sample. Rejects when the subscriber gives no statistics.
 * @param {{publisher?: any, subscriber?: any, phase: Phase}} run
 * @param {{elapsed: number, limit: number}} progress
 * @returns {Promise<Sample>}
 */
export async function takeSample({ publisher, subscriber, phase }, { elapsed, limit }) {
  const [stats, sender] = await Promise.all([
    called((done) => subscriber.getStats(done)),
    within(senderStats(publisher), LIMITS_MS.senderStats, 'reading the sender').catch(() => undefined),
  ]);
  if (!stats) throw new Error('the subscriber has none');
  const { timestamp = Date.now(), audio, video } = stats;
  const size = subscriber.stream?.videoDimensions;
  return defined({
    phase,
    timestamp,
    elapsed,
    limit,
    audio: audio && {
      ...counters(timestamp, audio, sender?.audioBytesSent),
      ...defined({ roundTripTime: sender?.roundTripTime, jitter: sender?.jitter }),
    },
    video:
      phase === 'audio-video' && video
        ? {
            ...counters(timestamp, video, sender?.videoBytesSent),
            ...defined({ frameRate: video.frameRate, frameWidth: size?.width, frameHeight: size?.height }),
          }
        : undefined,
    availableOutgoingBitrate: sender?.availableOutgoingBitrate,
    qualityLimitationReason: sender?.qualityLimitationReason,
    simulcast: sender?.simulcast,
  });
}

/**
 * @param {number} timestamp
 * @param {any} track
 * @param {number} [bytesSent]
 */
function counters(timestamp, track, bytesSent) {
  return {
    timestamp,
    ...defined({ bytesSent }),
    bytesReceived: track.bytesReceived ?? 0,
    packetsReceived: track.packetsReceived ?? 0,
    packetsLost: track.packetsLost ?? 0,
  };
}
