// Mean opinion scores. Pure.

const UNKNOWN_DELAY_MS = 150;
const LOCAL_DELAY_MS = 30;

/** Audio MOS (a simplified ITU-T G.107). @param {number} lossRatio @param {number} [roundTripTime] In seconds. */
export function audioMos(lossRatio, roundTripTime) {
  const network = roundTripTime === undefined ? UNKNOWN_DELAY_MS : (roundTripTime * 1000) / 2;
  const delay = network + LOCAL_DELAY_MS;
  const delayImpairment = 0.024 * delay + 0.11 * Math.max(delay - 177.3, 0);
  const equipmentImpairment = 19.8 * Math.log(1 + 29.7 * lossRatio);
  const rating = 93.2 - delayImpairment - equipmentImpairment;
  if (rating < 0) return 1;
  if (rating > 100) return 4.5;
  return clamp(1 + 0.035 * rating + 0.000007 * rating * (rating - 60) * (100 - rating));
}

const FLOOR = 30_000;

/** Video MOS. @param {number} bitsPerSecond Received. @param {number} width @param {number} height */
export function videoMos(bitsPerSecond, width, height) {
  if (bitsPerSecond < FLOOR) return 1;
  const target = 10 ** (2.069924867 * Math.log10(width * height) ** 0.6250223771);
  const mos = 1 + (4 * Math.log(Math.min(bitsPerSecond, target) / FLOOR)) / Math.log(target / FLOOR);
  return Number.isFinite(mos) ? clamp(mos) : 1;
}

/** @param {number} mos */
function clamp(mos) {
  return Math.min(Math.max(mos, 1), 4.5);
}
