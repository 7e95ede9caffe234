// Whether the received rate has stopped rising. Pure.

import { bitsPerSecond, intervals, lastWindow } from './window.js';

const MIN_SAMPLES = 5;
const MAX_RISE = 0.05;

/**
 * A test may end when no rate rose by more than 5 % from one second to the next. Falls are not looked at: a quirk of the
 * published module that is kept.
 * @param {import('../stats.js').Sample[]} samples Of one phase.
 */
export function isSteady(samples) {
  const last = lastWindow(samples);
  if (last.length < MIN_SAMPLES) return false;
  return (/** @type {const} */ (['audio', 'video'])).every((track) => {
    const rates = intervals(last, track).map(bitsPerSecond);
    return rates.slice(1).every((rate, index) => !(rate > rates[index] * (1 + MAX_RISE)));
  });
}
