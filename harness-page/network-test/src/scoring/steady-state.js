// Whether the received rate has stopped rising. Pure.

import { bitsPerSecond, intervals, lastWindow } from './window.js';

const MIN_SAMPLES = 5;
const MAX_RISE = 0.05;

/**
 * A test may end when no rate rose by more than 5 % from one second to the next. Falls are not looked at, so that a line that
 * breaks down counts as steady: a quirk of the published module that is kept.
 * @param {import('../stats.js').Sample[]} samples Of one phase.
 */
export function isSteady(samples) {
  const last = lastWindow(samples);
  if (last.length < MIN_SAMPLES) return false;
  const rates = [intervals(last, 'audio'), intervals(last, 'video')].map((list) => list.map(bitsPerSecond));
  // Counters that say nothing at all are not steady.
  if (rates.every((list) => list.length === 0)) return false;
  return rates.every((list) => list.slice(1).every((rate, index) => rate <= list[index] * (1 + MAX_RISE)));
}
