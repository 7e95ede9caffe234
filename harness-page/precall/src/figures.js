// The figures of one second, from the network test's counters. Pure.

/** @typedef {import('../../network-test/src/stats.js').Sample} Sample */

/**
 * What was measured from one sample to the next. What is not known is absent.
 * @typedef {object} Second
 * @property {number} at Seconds since the measurement began.
 * @property {number} [bitrate] Received video, in bit/s.
 * @property {number} [audioBitrate] Received sound, in bit/s.
 * @property {number} [loss] The share of packets that were lost, of both.
 * @property {number} [rtt] In seconds.
 * @property {number} [jitter] In seconds.
 * @property {number} [frameRate]
 * @property {string} [size] As in `640x480`.
 */

/**
 * @param {Sample | undefined} before
 * @param {Sample} after
 * @returns {Second}
 */
export function second(before, after) {
  const isSame = before?.phase === after.phase;
  const [earlier, later] = [isSame ? before : undefined, after];
  const video = rate(earlier?.video, later.video);
  const audio = rate(earlier?.audio, later.audio);
  const lost = (audio?.lost ?? 0) + (video?.lost ?? 0);
  const received = (audio?.received ?? 0) + (video?.received ?? 0);
  const { frameWidth, frameHeight, frameRate } = later.video ?? {};
  return {
    at: Math.round(later.elapsed / 1000),
    bitrate: video?.bitrate,
    audioBitrate: audio?.bitrate,
    loss: lost + received > 0 ? lost / (lost + received) : undefined,
    rtt: later.audio?.roundTripTime,
    jitter: later.audio?.jitter,
    frameRate,
    size: frameWidth && frameHeight ? `${frameWidth}x${frameHeight}` : undefined,
  };
}

/**
 * @typedef {{timestamp: number, bytesReceived: number, packetsReceived: number, packetsLost: number}} Counters
 * @param {Counters | undefined} before
 * @param {Counters | undefined} after
 */
function rate(before, after) {
  if (!before || !after) return undefined;
  const seconds = (after.timestamp - before.timestamp) / 1000;
  const bytes = after.bytesReceived - before.bytesReceived;
  if (!(seconds > 0) || bytes < 0) return undefined;
  return {
    bitrate: (bytes * 8) / seconds,
    // A packet that comes late takes a loss back.
    lost: Math.max(0, after.packetsLost - before.packetsLost),
    received: Math.max(0, after.packetsReceived - before.packetsReceived),
  };
}
