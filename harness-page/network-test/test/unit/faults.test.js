// Every fault: the right name, inside its time, nothing left behind, and the object works again at once.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import NetworkTest, { ErrorNames } from '../../src/index.js';
import { CONNECTIVITY_FAULTS, QUALITY_FAULTS } from '../support/faults.js';
import { lossyStats } from '../support/recordings.js';
import { NOTHING_LEFT, scriptedOT } from '../support/scripted-ot.js';
import { CREDENTIALS, failures, world } from '../support/world.js';

/** What clean-up and the steps before a fault may add, in ms. */
const SLACK_MS = 200;

/** @typedef {import('../support/scripted-ot.js').Script} Script */

/**
 * Starts a test in a world with a fault.
 * @template T
 * @param {import('node:test').TestContext} t
 * @param {import('../support/faults.js').Fault} fault
 * @param {(networkTest: NetworkTest) => Promise<T>} begin
 */
function start(t, { script, options, set, act, atMs = 0 }, begin) {
  const here = world(t, script, options);
  const { PerformanceObserver } = globalThis;
  t.after(() => Object.assign(globalThis, { PerformanceObserver }));
  set?.(here);
  const result = begin(here.networkTest);
  result.catch(() => {});
  if (act) here.clock.after(atMs, () => act(here));
  return { here, result };
}

/** A second test, of the same object and of another, without the fault. @param {import('../support/world.js').World} here */
async function worksAgain({ networkTest, clock, page }) {
  page.logging = async () => ({ ok: true, status: 200 });
  const OT = scriptedOT({ clock, page });
  networkTest.OT = OT;
  networkTest.options = {};
  for (const one of [networkTest, new NetworkTest(OT, CREDENTIALS)]) {
    const { value } = await clock.settled(one.testConnectivity(), 1000);
    assert.deepEqual(value, { success: true, failedTests: [] });
  }
  assert.deepEqual(OT.left, NOTHING_LEFT);
}

describe('testConnectivity', () => {
  for (const fault of CONNECTIVITY_FAULTS) {
    test(`${fault.fault}: ${fault.name}`, async (t) => {
      const { here, result } = start(t, fault, (networkTest) => networkTest.testConnectivity());
      const { value, ms } = await here.clock.settled(result);
      assert.equal(value.success, false);
      const media = fault.media ? ['media FailedMessagingServerTestError'] : [];
      assert.deepEqual(failures(value), [`${fault.type} ${fault.name}`, ...media]);
      assert.ok(value.failedTests.every(({ error }) => error instanceof Error && error.message.length > 10));
      const dueMs = fault.afterMs ?? 0;
      assert.ok(ms >= dueMs && ms <= dueMs + SLACK_MS, `settled after ${ms} ms`);
      await here.nothingIsLeft();
      await worksAgain(here);
    });
  }
});

describe('testQuality', () => {
  for (const fault of QUALITY_FAULTS) {
    test(`${fault.fault}: ${fault.name}`, async (t) => {
      const { here, result } = start(t, fault, (networkTest) => networkTest.testQuality());
      const { error, ms } = await here.clock.settled(result);
      assert.equal(error?.name, fault.name);
      assert.ok(error instanceof Error && error.message.length > 10);
      const dueMs = fault.afterMs ?? 0;
      assert.ok(ms >= dueMs && ms <= dueMs + SLACK_MS, `settled after ${ms} ms`);
      await here.nothingIsLeft();
      await worksAgain(here);
    });
  }

  // The same once more in the phase without video: an error there ends the test like any other.
  for (const { fault, script, name } of QUALITY_FAULTS) {
    const publish = script?.publish;
    if (!(publish instanceof Error)) continue;
    test(`${fault}, in the second phase: ${name}`, async (t) => {
      /** @type {Script} */
      const again = { stats: lossyStats, publish: (n) => (n === 2 ? publish : undefined) };
      const here = world(t, again);
      const { error } = await here.clock.settled(here.networkTest.testQuality());
      assert.equal(error?.name, name);
      await here.nothingIsLeft();
    });
  }
});

describe('error names', () => {
  const others = [
    'MissingOpenTokInstanceError',
    'MissingSessionCredentialsError',
    'IncompleteSessionCredentialsError',
    'InvalidOnUpdateCallback',
    'NetworkTestError',
    'FailedMessagingServerTestError',
  ];
  const caused = new Set([...CONNECTIVITY_FAULTS, ...QUALITY_FAULTS].map(({ name }) => name).concat(others));

  test('there are 30, and a fault for each', () => {
    assert.equal(Object.keys(ErrorNames).length, 30);
    assert.deepEqual(Object.values(ErrorNames).sort(), [...caused].sort());
  });

  test('the README has a line for each', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const missing = Object.entries(ErrorNames).filter(
      ([key, value]) => !readme.includes(`| \`${key}\` | \`${value}\` |`),
    );
    assert.deepEqual(missing, []);
  });

  test('the published keys are kept, misspelt ones too', () => {
    assert.equal(ErrorNames.INCOMPLETE_SESSON_CREDENTIALS, 'IncompleteSessionCredentialsError');
    assert.equal(ErrorNames.MISSING_SESSON_CREDENTIALS, 'MissingSessionCredentialsError');
    assert.equal(ErrorNames.CONNECT_TO_SESSION_ID_ERROR, 'ConnectToSessionSessionIdError');
    assert.equal('INVALID_SESSON_CREDENTIALS' in ErrorNames, false);
  });
});
