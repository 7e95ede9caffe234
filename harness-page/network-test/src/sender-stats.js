// What the publisher's own statistics say. Names and units are those of W3C webrtc-stats.

import { called } from './deadline.js';
import { mediaRouting } from './media-routing.js';
import { known } from './numbers.js';

/**
 * Whatever a browser does not report, or reports as something other than a number of its kind, is undefined.
 * @typedef {object} SenderStats
 * @property {number} [audioBytesSent]
 * @property {number} [videoBytesSent]
 * @property {number} [roundTripTime] In seconds.
 * @property {number} [jitter] In seconds.
 * @property {number} [availableOutgoingBitrate] In bit/s.
 * @property {string} [qualityLimitationReason]
 * @property {boolean} [simulcast]
 * @property {import('./media-routing.js').MediaRouting} [mediaRouting]
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
  const byId = (/** @type {string | undefined} */ id) => entries.find((entry) => id !== undefined && entry.id === id);
  const [audio, layers] = [of('outbound-rtp', 'audio'), of('outbound-rtp', 'video')];
  const heard = of('remote-inbound-rtp', 'audio')[0];
  const pair = selectedPair(entries);
  const limits = layers
    .map((layer) => layer.qualityLimitationReason)
    .filter((reason) => typeof reason === 'string' && reason !== '');
  return {
    audioBytesSent: sum(audio.map(({ bytesSent }) => bytesSent)),
    videoBytesSent: sum(layers.map(({ bytesSent }) => bytesSent)),
    roundTripTime: known(heard?.roundTripTime) ?? known(pair?.currentRoundTripTime),
    jitter: known(heard?.jitter),
    availableOutgoingBitrate: known(pair?.availableOutgoingBitrate),
    // The first layer that is limited speaks for all.
    qualityLimitationReason: limits.find((reason) => reason !== 'none') ?? limits[0],
    simulcast: layers.length > 0 ? layers.length > 1 : undefined,
    mediaRouting: mediaRouting(byId(pair?.localCandidateId), byId(pair?.remoteCandidateId)),
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
 * The sum of counters. Undefined when none is reported, or when one of them is no count.
 * @param {unknown[]} values
 * @returns {number | undefined}
 */
function sum(values) {
  const reported = values.filter((value) => value !== undefined && value !== null);
  const counts = reported.map(known);
  if (counts.length === 0 || counts.includes(undefined)) return undefined;
  return known(counts.reduce((/** @type {number} */ total, count) => total + (count ?? 0), 0));
}
