// What the subscriber's statistics say from second to second, on lines of different kinds.

/**
 * What a subscriber's `getStats` gives. Tests put nonsense into it, too.
 * @typedef {{timestamp: any, audio?: any, video?: any}} Stats
 */

/**
 * The statistics of a second, counted from 1.
 * @callback Recording
 * @param {number} tick
 * @param {boolean} [audioOnly]
 * @returns {Stats}
 */

/** A second of a clean line: 1 Mbit/s of video, 32 kbit/s of audio. @type {Recording} */
export function cleanStats(tick, audioOnly) {
  const timestamp = 1_000_000 + tick * 1000;
  const audio = { bytesReceived: tick * 4000, packetsReceived: tick * 50, packetsLost: 0 };
  const video = { bytesReceived: tick * 125_000, packetsReceived: tick * 125, packetsLost: 0, frameRate: 30 };
  return audioOnly ? { timestamp, audio } : { timestamp, audio, video };
}

/** Half of the audio is lost. @type {Recording} */
export function lossyStats(tick, audioOnly) {
  const stats = cleanStats(tick, audioOnly);
  stats.audio = { bytesReceived: tick * 2000, packetsReceived: tick * 25, packetsLost: tick * 25 };
  return stats;
}

/** Video rises by a fifth each second: never steady. @type {Recording} */
export function risingStats(tick, audioOnly) {
  const stats = cleanStats(tick, audioOnly);
  if (stats.video) stats.video.bytesReceived = Math.round((10_000 * (1.2 ** tick - 1)) / 0.2);
  else stats.audio.bytesReceived = Math.round((1000 * (1.2 ** tick - 1)) / 0.2);
  return stats;
}

/** A clean line that ends after `seconds`: from then on no counter moves. @param {number} seconds @returns {Recording} */
export function untilOutage(seconds) {
  return (tick, audioOnly) => ({
    ...cleanStats(Math.min(tick, seconds), audioOnly),
    timestamp: 1_000_000 + tick * 1000,
  });
}

/** The publisher's report while it sends all the time. @param {number} tick */
export function sendingReport(tick) {
  return [
    { type: 'outbound-rtp', kind: 'audio', bytesSent: tick * 4000 },
    { type: 'outbound-rtp', kind: 'video', bytesSent: tick * 130_000 },
  ];
}
