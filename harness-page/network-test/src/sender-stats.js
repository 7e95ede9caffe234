// What the publisher's own statistics say: names and units as in W3C webrtc-stats.

import { called } from './deadline.js';

/**
 * Whatever a browser does not have is left undefined.
 * @typedef {object} SenderStats
 * @property {number} [audioBytesSent]
 * @property {number} [videoBytesSent]
 * @property {number} [roundTripTime] In seconds.
 * @property {number} [jitter] In seconds.
 * @property {number} [availableOutgoingBitrate] In bit/s.
 * @property {string} [qualityLimitationReason]
 * @property {boolean} [simulcast]
 */

/**
 * Older releases of OpenTok.js give the report to a callback, newer ones as a promise.
 * @param {any} publisher
 * @returns {Promise<SenderStats | undefined>} Undefined where there is no report.
 */
export async function senderStats(publisher) {
  if (typeof publisher?.getRtcStatsReport !== 'function') return undefined;
  const reports = await called((done) => {
    Promise.resolve(publisher.getRtcStatsReport(done)).then((given) => given && done(undefined, given), done);
  });
  // A routed stream has one peer connection.
  const report = reports?.[0]?.rtcStatsReport;
  return report ? readReport([...report.values()]) : undefined;
}

/**
 * @param {any[]} entries Of an RTCStatsReport.
 * @returns {SenderStats}
 */
export function readReport(entries) {
  const of = (/** @type {string} */ type, /** @type {string} */ kind) =>
    entries.filter((entry) => entry.type === type && (entry.kind ?? entry.mediaType) === kind);
  const [audio, layers] = [of('outbound-rtp', 'audio'), of('outbound-rtp', 'video')];
  const heard = of('remote-inbound-rtp', 'audio')[0];
  const pair = selectedPair(entries);
  const limits = layers.map((layer) => layer.qualityLimitationReason).filter(Boolean);
  return {
    audioBytesSent: sum(audio.map(({ bytesSent }) => bytesSent)),
    videoBytesSent: sum(layers.map(({ bytesSent }) => bytesSent)),
    roundTripTime: heard?.roundTripTime ?? pair?.currentRoundTripTime,
    jitter: heard?.jitter,
    availableOutgoingBitrate: pair?.availableOutgoingBitrate,
    // The first layer that is limited speaks for all.
    qualityLimitationReason: limits.find((reason) => reason !== 'none') ?? limits[0],
    simulcast: layers.length > 0 ? layers.length > 1 : undefined,
  };
}

/**
 * The candidate pair that media takes.
 * @param {any[]} entries
 */
function selectedPair(entries) {
  const pairs = entries.filter(({ type }) => type === 'candidate-pair');
  const chosen = entries.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
  // Firefox has no such id, but a flag of its own.
  return (
    pairs.find(({ id }) => id === chosen) ?? pairs.find((pair) => pair.selected) ?? pairs.find((pair) => pair.nominated)
  );
}

/**
 * Undefined of nothing known.
 * @param {Array<number | undefined>} values
 */
function sum(values) {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? known.reduce((total, value) => (total ?? 0) + (value ?? 0), 0) : undefined;
}
