// Video MOS: received bitrate against what the picture's size takes. Pure.

/** Below this many bit/s video is as bad as none. */
const FLOOR = 30_000;

/**
 * For pictures so small that their target lies under the floor the formula turns over and gives 4.5 for any rate above it: a
 * quirk of the published formula that is kept.
 * @param {number} bitsPerSecond Received.
 * @param {number} width In pixels.
 * @param {number} height In pixels.
 * @returns {number} 1 to 4.5; 1 for a picture of unknown size.
 */
export function videoMos(bitsPerSecond, width, height) {
  if (bitsPerSecond < FLOOR) return 1;
  const target = 10 ** (2.069924867 * Math.log10(width * height) ** 0.6250223771);
  const share = Math.log(Math.min(bitsPerSecond, target) / FLOOR) / Math.log(target / FLOOR);
  const mos = 1 + 4 * share;
  return Number.isFinite(mos) ? Math.min(Math.max(mos, 1), 4.5) : 1;
}
