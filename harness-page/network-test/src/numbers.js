// Which figures of a browser's statistics can be trusted. Pure.

/**
 * A count or measure as W3C webrtc-stats defines them: a finite number, not negative, and no larger than the integers that a
 * double holds exactly. Anything else counts as unknown.
 * @param {unknown} value
 * @returns {number | undefined}
 */
export function known(value) {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

/**
 * The same for `packetsLost`, which may be negative: RFC 3550 counts duplicates against the loss.
 * @param {unknown} value
 * @returns {number | undefined}
 */
export function knownLoss(value) {
  return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined;
}
