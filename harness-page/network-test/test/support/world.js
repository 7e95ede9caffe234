// A test's world: a clock, a page, a scripted OpenTok.js, and a network test in it.

import assert from 'node:assert/strict';

import NetworkTest from '../../src/index.js';
import { fakeClock } from './clock.js';
import { installPage } from './page.js';
import { NOTHING_LEFT, scriptedOT } from './scripted-ot.js';

/** @typedef {ReturnType<typeof world>} World */
/** @typedef {import('../../src/stats.js').Sample} Sample */

export const CREDENTIALS = { apiKey: 'key', sessionId: 'session', token: 'token' };

/**
 * @param {import('./page.js').Test} t
 * @param {import('./scripted-ot.js').Script} [script] Of OpenTok.js.
 * @param {import('../../src/options.js').NetworkTestOptions} [options] Of the network test.
 */
export function world(t, script, options) {
  const clock = fakeClock(t);
  const page = installPage(t);
  const OT = scriptedOT({ clock, page }, script);
  const networkTest = new NetworkTest(OT, CREDENTIALS, options);
  return {
    clock,
    page,
    OT,
    log: OT.log,
    networkTest,
    async nothingIsLeft() {
      await clock.pass(50);
      assert.deepEqual(OT.left, NOTHING_LEFT);
    },
  };
}

/** As `type name`, one a line. @param {import('../../src/connectivity.js').ConnectivityTestResults} results */
export function failures({ failedTests }) {
  return failedTests.map(({ type, error }) => `${type} ${error.name}`);
}

/**
 * Runs a quality test to its end, and keeps what the callback was given.
 * @param {World} here
 * @param {{act?: () => unknown, atMs?: number}} [happening] What is done `atMs` after the start.
 */
export async function runQuality(here, { act = () => {}, atMs = 0 } = {}) {
  /** @type {Sample[]} */
  const samples = [];
  /** @type {number[]} */
  const calledAt = [];
  const began = Date.now();
  const result = here.networkTest.testQuality((sample) => {
    samples.push(sample);
    calledAt.push(Date.now() - began);
  });
  here.clock.after(atMs, act);
  const outcome = await here.clock.settled(result);
  const calls = samples.length;
  await here.clock.pass(3000);
  assert.equal(samples.length, calls, 'called back after it settled');
  await here.nothingIsLeft();
  return { ...outcome, samples, calledAt };
}
