// A sample: what the update callback is given, and everything that the result is computed from.

import { LIMITS_MS, called, within } from './deadline.js';

/**
 * Cumulative counters of the test stream, and what is known of the way there.
 * @typedef {object} Sample
 * @property {'audio-video' | 'audio-only'} phase
 * @property {number} timestamp
 * @property {number} elapsed Since the phase began to measure, in ms.
 * @property {number} limit The longest that the phase measures, in ms.
 * @property {{timestamp: number, bytesReceived: number, packetsReceived: number, packetsLost: number,
 *   roundTripTime?: number, jitter?: number}} [audio] Times in seconds.
 * @property {{timestamp: number, bytesReceived: number, packetsReceived: number, packetsLost: number,
 *   frameRate?: number, frameWidth?: number, frameHeight?: number}} [video]
 * @property {number} [availableOutgoingBitrate] In bit/s.
 * @property {string} [qualityLimitationReason]
 * @property {boolean} [simulcast]
 */

/**
 * Takes a sample. Rejects when the subscriber gives no statistics in time.
 * @param {any} publisher
 * @param {any} subscriber
 * @param {{phase: 'audio-video' | 'audio-only', elapsed: number, limit: number}} progress
 * @returns {Promise<Sample>}
 */
export async function takeSample(publisher, subscriber, progress) {
  const stats = await within(
    called((done) => subscriber.getStats(done)),
    LIMITS_MS.getStats,
    'reading statistics',
  );
  if (!stats) throw new Error('the subscriber has no statistics');
  const sender = await senderStats(publisher);
  const timestamp = stats.timestamp;
  const counters = (/** @type {any} */ track) => ({
    timestamp,
    bytesReceived: track.bytesReceived ?? 0,
    packetsReceived: track.packetsReceived ?? 0,
    packetsLost: track.packetsLost ?? 0,
  });
  /** @type {any} */
  const sample = { phase: progress.phase, timestamp, elapsed: progress.elapsed, limit: progress.limit };
  if (stats.audio) {
    sample.audio = { ...counters(stats.audio), ...defined({ roundTripTime: sender.roundTripTime, jitter: sender.jitter }) };
  }
  if (stats.video && progress.phase === 'audio-video') {
    const size = subscriber.stream?.videoDimensions;
    sample.video = {
      ...counters(stats.video),
      ...defined({ frameRate: stats.video.frameRate, frameWidth: size?.width, frameHeight: size?.height }),
    };
  }
  return Object.assign(
    sample,
    defined({
      availableOutgoingBitrate: sender.availableOutgoingBitrate,
      qualityLimitationReason: sender.qualityLimitationReason,
      simulcast: sender.simulcast,
    }),
  );
}

/** What the publisher's side knows; whatever it does not is left out. @param {any} publisher */
async function senderStats(publisher) {
  /** @type {{roundTripTime?: number, jitter?: number, availableOutgoingBitrate?: number,
   *   qualityLimitationReason?: string, simulcast?: boolean}} */
  const known = {};
  try {
    if (typeof publisher.getRtcStatsReport !== 'function') return known;
    const reports = await within(Promise.resolve(publisher.getRtcStatsReport()), LIMITS_MS.getStats, 'reading statistics');
    let layers = 0;
    reports?.[0]?.rtcStatsReport?.forEach((/** @type {any} */ entry) => {
      const kind = entry.kind ?? entry.mediaType;
      if (entry.type === 'remote-inbound-rtp' && kind === 'audio') {
        known.roundTripTime = entry.roundTripTime ?? known.roundTripTime;
        known.jitter = entry.jitter ?? known.jitter;
      } else if (entry.type === 'candidate-pair' && entry.nominated) {
        known.availableOutgoingBitrate = entry.availableOutgoingBitrate ?? known.availableOutgoingBitrate;
        known.roundTripTime ??= entry.currentRoundTripTime;
      } else if (entry.type === 'outbound-rtp' && kind === 'video') {
        layers += 1;
        const reason = entry.qualityLimitationReason;
        if (reason && (!known.qualityLimitationReason || known.qualityLimitationReason === 'none')) {
          known.qualityLimitationReason = reason;
        }
      }
    });
    if (layers > 0) known.simulcast = layers > 1;
  } catch {
    // Older releases and other browsers have less to say; the counters of the subscriber are what matters.
  }
  return known;
}

/** Without what is undefined. @template {object} T @param {T} object */
function defined(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
