// Intervals between samples, and the window at the end that figures are taken over. Pure.

/** @typedef {import('../stats.js').Sample} Sample */
/** @typedef {{seconds: number, bytes: number, received: number, lost: number}} Interval */

const WINDOW_MS = 5000;

/** The samples at most 5 s older than the last. @param {Sample[]} samples */
export function lastWindow(samples) {
  const last = samples.at(-1);
  if (!last) return [];
  const begin = samples.findIndex((sample) => sample.timestamp >= last.timestamp - WINDOW_MS);
  return samples.slice(begin);
}

/** @template T @param {T[]} items @returns {Array<[T, T]>} */
export function pairs(items) {
  return items.slice(1).map((item, index) => [items[index], item]);
}

/**
 * What a track received between two samples; undefined when that cannot be said: the track is missing, no time passed,
 * or a counter went back.
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
  return { seconds, bytes, received, lost: Math.max(after.packetsLost - before.packetsLost, 0) };
}

/** @param {Sample[]} samples @param {'audio' | 'video'} track @returns {Interval[]} */
export function intervals(samples, track) {
  return pairs(samples)
    .map((pair) => interval(pair, track))
    .filter((found) => found !== undefined);
}

/** @param {Interval} interval */
export function bitsPerSecond({ bytes, seconds }) {
  return (bytes * 8) / seconds;
}

/** Share of packets lost; undefined when there were no packets. @param {Interval} interval */
export function lossRatio({ lost, received }) {
  return lost + received > 0 ? lost / (lost + received) : undefined;
}

/** Share lost over intervals together. @param {Interval[]} list */
export function totalLossRatio(list) {
  if (list.length === 0) return undefined;
  const lost = list.reduce((sum, one) => sum + one.lost, 0);
  const received = list.reduce((sum, one) => sum + one.received, 0);
  return lossRatio({ lost, received, bytes: 0, seconds: 0 }) ?? 0;
}

/** Undefined of nothing. @param {number[]} values */
export function mean(values) {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
