// Random numbers that a seed repeats.

/** @typedef {ReturnType<typeof random>} Dice */

/**
 * mulberry32: the same numbers for the same seed.
 * @param {number} seed
 */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  /** @param {number} n */
  const below = (n) => Math.floor(next() * n);
  /** @template T @param {T[]} list */
  const pick = (list) => list[below(list.length)];
  /** @param {number} probability */
  const chance = (probability) => next() < probability;
  return { next, below, pick, chance };
}
