// Intervals between samples, and the window at the end that figures are taken over. Pure.

import { known, knownLoss } from '../numbers.js';

/** @typedef {import('../stats.js').Sample} Sample */

/**
 * What a track received between two samples.
 * @typedef {{seconds: number, bytes: number, received: number, lost: number}} Interval
 */

const WINDOW_MS = 5000;

/**
 * The samples at most 5 s older than the last, beginning with the first of them.
 * @param {Sample[]} samples
 */
export function lastWindow(samples) {
  const last = samples[samples.length - 1];
  if (!last) return [];
  return samples.slice(samples.findIndex((sample) => sample.timestamp >= last.timestamp - WINDOW_MS));
}

/**
 * Each item with the one before it.
 * @template T
 * @param {T[]} items
 * @returns {Array<[T, T]>}
 */
export function pairs(items) {
  return items.slice(1).map((item, index) => [items[index], item]);
}

/**
 * Undefined when nothing can be said: the track is missing, no time passed, a counter went back, or one is no count.
 * @param {[Sample, Sample]} pair
 * @param {'audio' | 'video'} track
 * @returns {Interval | undefined}
 */
export function interval([from, to], track) {
  const [before, after] = [from[track], to[track]];
  if (!before || !after) return undefined;
  const seconds = (to.timestamp - from.timestamp) / 1000;
  const bytes = growth(before.bytesReceived, after.bytesReceived);
  const received = growth(before.packetsReceived, after.packetsReceived);
  const [lostBefore, lostAfter] = [knownLoss(before.packetsLost), knownLoss(after.packetsLost)];
  if (bytes === undefined || received === undefined || lostBefore === undefined || lostAfter === undefined) {
    return undefined;
  }
  if (!(seconds > 0 && Number.isFinite((bytes * 8) / seconds))) return undefined;
  // A late packet corrects an earlier interval: it is no negative loss.
  return { seconds, bytes, received, lost: Math.max(lostAfter - lostBefore, 0) };
}

/**
 * By how much a cumulative counter grew. Undefined when it went back, or is unknown at either end.
 * @param {number | undefined} before
 * @param {number | undefined} after
 * @returns {number | undefined}
 */
function growth(before, after) {
  const [from, to] = [known(before), known(after)];
  return from === undefined || to === undefined || to < from ? undefined : to - from;
}

/**
 * Whether a track's packets were sent in an interval and none arrived. A microphone may be muted, which says nothing about the
 * network; the sender's `bytesSent` tells the two apart. Where it is unknown, video that stopped too means an outage.
 * @param {[Sample, Sample]} pair
 * @param {'audio' | 'video'} track
 * @returns {boolean}
 */
export function isOutage(pair, track) {
  const found = interval(pair, track);
  if (!found || found.bytes > 0 || found.received + found.lost > 0) return false;
  const [before, after] = pair.map((sample) => sample[track]?.bytesSent);
  const sent = growth(before, after);
  if (sent !== undefined) return sent > 0;
  return track === 'video' || isOutage(pair, 'video');
}

/**
 * @param {Sample[]} samples
 * @param {'audio' | 'video'} track
 * @returns {Interval[]}
 */
export function intervals(samples, track) {
  return pairs(samples)
    .map((pair) => interval(pair, track))
    .filter((found) => found !== undefined);
}

/** @param {Interval} interval */
export function bitsPerSecond({ bytes, seconds }) {
  return (bytes * 8) / seconds;
}

/**
 * The share of packets lost; undefined when there were no packets.
 * @param {{lost: number, received: number}} interval
 */
export function lossRatio({ lost, received }) {
  return lost + received > 0 ? lost / (lost + received) : undefined;
}

/**
 * The share lost over intervals together: 0 without packets, undefined without intervals.
 * @param {Interval[]} list
 */
export function totalLossRatio(list) {
  if (list.length === 0) return undefined;
  const total = (/** @type {'lost' | 'received'} */ key) => list.reduce((sum, one) => sum + one[key], 0);
  return lossRatio({ lost: total('lost'), received: total('received') }) ?? 0;
}

/**
 * Undefined of nothing.
 * @param {number[]} values
 */
export function mean(values) {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
