// Intervals between samples, and the window at the end that figures are taken over. Pure.

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
 * Undefined when nothing can be said: the track is missing, no time passed, or a counter went back.
 * @param {[Sample, Sample]} pair
 * @param {'audio' | 'video'} track
 * @returns {Interval | undefined}
 */
export function interval([from, to], track) {
  const [before, after] = [from[track], to[track]];
  if (!before || !after) return undefined;
  const seconds = (to.timestamp - from.timestamp) / 1000;
  const bytes = after.bytesReceived - before.bytesReceived;
  const received = after.packetsReceived - before.packetsReceived;
  if (!(seconds > 0 && bytes >= 0 && received >= 0)) return undefined;
  // A late packet corrects an earlier interval: it is no negative loss.
  return { seconds, bytes, received, lost: Math.max(after.packetsLost - before.packetsLost, 0) };
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
