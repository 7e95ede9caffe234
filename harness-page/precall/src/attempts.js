// Earlier tests on this device. They stay on it.

/**
 * @typedef {object} Attempt
 * @property {string} at ISO 8601.
 * @property {import('./verdict.js').Grade} grade
 * @property {string} sentence
 * @property {number} [bitrate] In bit/s.
 */

const KEY = 'precall-test:attempts';

/** As many as fit a small table. */
const MOST = 10;

/** @returns {Attempt[]} The newest first. */
export function attempts() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isAttempt).slice(0, MOST) : [];
  } catch {
    // Storage may be refused, or of another's making.
    return [];
  }
}

/** @param {Attempt} attempt */
export function keepAttempt(attempt) {
  try {
    localStorage.setItem(KEY, JSON.stringify([attempt, ...attempts()].slice(0, MOST)));
  } catch {
    // The next visit has no earlier tests to show.
  }
}

/** @param {any} value */
function isAttempt(value) {
  const isDate = typeof value?.at === 'string' && !Number.isNaN(Date.parse(value.at));
  const isGrade = ['pass', 'warn', 'fail'].includes(value?.grade);
  return isDate && isGrade && typeof value.sentence === 'string';
}
