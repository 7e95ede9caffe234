// Audio MOS: a simplified E-model (ITU-T G.107). Pure.

import { known } from '../numbers.js';

/** Half a round trip while that is unknown, in ms. */
const UNKNOWN_DELAY_MS = 150;

/** Capture, packets and jitter buffer at the two ends, in ms. */
const LOCAL_DELAY_MS = 30;

/** Above this one-way delay people begin to talk over each other, in ms (the knee of G.107's usual approximation). */
const DELAY_KNEE_MS = 177.3;

/**
 * @param {number} lossRatio 0 to 1.
 * @param {number} [roundTripTime] In seconds; unknown unless it is a finite number, not negative.
 * @returns {number} 1 to 4.5; 1 for a loss that is no ratio.
 */
export function audioMos(lossRatio, roundTripTime) {
  const seconds = known(roundTripTime);
  const network = seconds === undefined ? UNKNOWN_DELAY_MS : (seconds * 1000) / 2;
  const delay = network + LOCAL_DELAY_MS;
  const delayImpairment = 0.024 * delay + 0.11 * Math.max(delay - DELAY_KNEE_MS, 0);
  const equipmentImpairment = 19.8 * Math.log(1 + 29.7 * lossRatio);
  const rating = 93.2 - delayImpairment - equipmentImpairment;
  if (!(rating >= 0)) return 1;
  if (rating > 100) return 4.5;
  // Between R = 0 and 6.5 the polynomial dips below 1.
  return Math.min(Math.max(1 + 0.035 * rating + 0.000007 * rating * (rating - 60) * (100 - rating), 1), 4.5);
}
