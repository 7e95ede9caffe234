// A line of one figure over the seconds of a test. Small enough that a chart library would be larger than the page.

import { svg } from './dom.js';

const WIDTH = 120;
const HEIGHT = 32;
const MARGIN = 2;

/**
 * @param {Array<number | undefined>} values One a second.
 * @param {number} seconds How many there may be.
 * @returns {Element} Without a text of its own: the figures stand beside it, and in the table.
 */
export function sparkline(values, seconds) {
  const known = values.filter((value) => value !== undefined);
  const most = Math.max(...known, 0) || 1;
  const step = (WIDTH - 2 * MARGIN) / Math.max(seconds - 1, values.length - 1, 1);
  const places = values.map((value, index) =>
    value === undefined
      ? undefined
      : `${round(MARGIN + index * step)},${round(HEIGHT - MARGIN - (value / most) * (HEIGHT - 2 * MARGIN))}`,
  );
  const line = svg('polyline', { points: places.filter(Boolean).join(' '), part: 'line' });
  return svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, line);
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}
