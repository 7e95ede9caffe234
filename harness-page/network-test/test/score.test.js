// The module and precall's oracle agree on the figures: both read these vectors, which neither has made.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { scoreQuality } from '../src/scoring/score.js';

const { cases } = JSON.parse(readFileSync(new URL('../../../tests/vectors/score.json', import.meta.url), 'utf8'));

/** @param {string} path @param {any} got @param {any} expected */
function same(path, got, expected) {
  if (typeof expected === 'number') {
    const scale = Math.max(Math.abs(got), Math.abs(expected), 1);
    assert.ok(Math.abs(got - expected) <= 1e-9 * scale, `${path}: ${got}, not ${expected}`);
  } else if (expected && typeof expected === 'object') {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(got)])) {
      same(`${path}.${key}`, got[key], expected[key]);
    }
  } else {
    assert.equal(got, expected, path);
  }
}

for (const { name, scoring, samples, expected } of cases) {
  test(`scores: ${name}`, () => same('', scoreQuality(samples, { scoring }), expected));
}
