// How a test ends when its parts end late, twice, or not at all: nothing of it is left when its promise settles.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { cleanStats, lossyStats } from '../support/recordings.js';
import { NOTHING_LEFT, otError } from '../support/scripted-ot.js';
import { failures, world } from '../support/world.js';

/** @typedef {import('../support/scripted-ot.js').Script} Script */
/** @typedef {import('../support/world.js').World} World */

/** What is left at the moment of settling; a session that never says that it is gone is none of the module's. @param {World} here */
function assertNothingLeft({ OT }) {
  assert.deepEqual(OT.left, NOTHING_LEFT);
}

describe('clean-up that is slow or silent', () => {
  const statsFail = { stats: () => otError('X') };
  /** @type {Array<[string, Script, number]>} */
  const slow = [
    ['unsubscribing takes 2 s', { slow: { 'subscriber destroyed': 2000 } }, 2000],
    [
      'unsubscribing takes 2 s and the publisher is silent',
      { slow: { 'subscriber destroyed': 2000 }, silent: ['publisher destroyed'] },
      5000,
    ],
    [
      'subscriber, publisher and session are silent',
      { silent: ['subscriber destroyed', 'publisher destroyed', 'sessionDisconnected'] },
      9000,
    ],
  ];
  for (const [what, script, ms] of slow) {
    test(`of a failed phase gives each its own 3 s: ${what}`, async (t) => {
      const here = world(t, { ...statsFail, ...script });
      const outcome = await here.clock.settled(here.networkTest.testQuality());
      assertNothingLeft(here);
      assert.equal(outcome.error.name, 'SubscriberGetStatsError');
      assert.equal(outcome.ms, 5000 + ms);
    });
  }

  for (const silent of ['subscriber destroyed', 'publisher destroyed', 'sessionDisconnected']) {
    test(`leaves no listener behind when ${silent} never comes`, async (t) => {
      const here = world(t, { silent: [silent] });
      await here.clock.settled(here.networkTest.testConnectivity());
      assertNothingLeft(here);
      await here.clock.settled(here.networkTest.testQuality());
      assertNothingLeft(here);
    });
  }
});

for (const call of ['unsubscribe', 'destroy', 'disconnect']) {
  test(`clean-up goes on when ${call} throws`, async (t) => {
    const here = world(t, { throwing: [call] });
    const { value } = await here.clock.settled(here.networkTest.testConnectivity());
    assertNothingLeft(here);
    assert.equal(value.success, true);
  });
}

test('a publisher that is destroyed during clean-up does not cut it short', async (t) => {
  const here = world(t, { slow: { 'subscriber destroyed': 2000, sessionDisconnected: 2500 } });
  const result = here.networkTest.testConnectivity();
  here.clock.after(1000, () => here.log.publishers[0].destroy());
  const { ms } = await here.clock.settled(result);
  assertNothingLeft(here);
  assert.equal(ms, 4500);
});

describe('a page whose timers hardly run', () => {
  test('has a result when there are two samples, and its loop ends with the phase', async (t) => {
    const here = world(t);
    const calls = [];
    const result = here.networkTest.testQuality((sample) => calls.push(sample));
    here.clock.throttle(2500, 60_000);
    const { value, ms } = await here.clock.settled(result);
    assertNothingLeft(here);
    assert.equal(ms, 40_000);
    assert.equal(calls.length, 3);
    assert.equal(value.audio.supported, true);
    await here.clock.pass(300_000);
    assert.equal(calls.length, 3);
  });

  test('has none with one sample, and says so', async (t) => {
    const here = world(t);
    const result = here.networkTest.testQuality();
    here.clock.throttle(500, 60_000);
    const { error, ms } = await here.clock.settled(result);
    assertNothingLeft(here);
    assert.equal(error.name, 'SubscriberGetStatsError');
    assert.match(error.message, /did not end within 40 s/);
    assert.equal(ms, 40_000);
  });

  test('is not called back by an answer that comes after the end', async (t) => {
    /** @param {number} tick @param {boolean} audioOnly */
    const stats = (tick, audioOnly) => ({ ...cleanStats(tick, audioOnly), afterMs: tick === 3 ? 100_000 : undefined });
    const here = world(t, { stats });
    let calls = 0;
    let callsAtEnd;
    const result = here.networkTest.testQuality((sample) => (calls += sample ? 1 : 0));
    here.clock.throttle(2500, 60_000);
    await here.clock.settled(result.catch(() => undefined).finally(() => (callsAtEnd = calls)));
    await here.clock.pass(300_000);
    assert.equal(calls, callsAtEnd);
    assertNothingLeft(here);
  });
});

describe('the reading of the sender', () => {
  /** @type {Script} */
  const slowSender = { report: () => 'hang' };
  /** @type {Array<[string, Script, (world: World) => void]>} */
  const readings = [
    ['the readings of the subscriber fail', { ...slowSender, stats: () => otError('X') }, () => {}],
    [
      'a counter turns negative',
      { ...slowSender, stats: () => ({ timestamp: 1, audio: { bytesReceived: -1 } }) },
      () => {},
    ],
    ['the session drops during it', slowSender, ({ log }) => log.sessions[0].drop('networkDisconnected')],
  ];
  for (const [what, script, act] of readings) {
    test(`leaves no timer when ${what}`, async (t) => {
      const here = world(t, script);
      const result = here.networkTest.testQuality();
      here.clock.after(1100, () => act(here));
      const { error } = await here.clock.settled(result);
      assertNothingLeft(here);
      assert.ok(error);
    });
  }
});

test('a question to the browser about permissions leaves no timer when the test ends first', async (t) => {
  const here = world(t);
  globalThis.navigator.permissions.query = () => new Promise(() => {});
  const result = here.networkTest.testQuality();
  here.clock.after(2500, () => {
    here.log.publishers[0].tracks[0].end();
    here.log.sessions[0].drop('networkDisconnected');
  });
  const { error } = await here.clock.settled(result);
  assertNothingLeft(here);
  assert.equal(error.name, 'ConnectToSessionError');
});

describe('a page that is called back at once', () => {
  test('stops a connectivity test from inside OT.initSession', async (t) => {
    const here = world(t, { connect: 'hang' });
    const { initSession } = here.OT;
    here.OT.initSession = (...args) => {
      here.networkTest.stop();
      return initSession(...args);
    };
    const { value, ms } = await here.clock.settled(here.networkTest.testConnectivity());
    assert.deepEqual(failures(value), ['OpenTok.js ConnectivityError']);
    assert.equal(ms, 2000);
    await here.nothingIsLeft();
  });

  test('stops a quality test from inside OT.initSession', async (t) => {
    const here = world(t, { stats: lossyStats });
    const { initSession } = here.OT;
    here.OT.initSession = (...args) => {
      here.networkTest.stop();
      return initSession(...args);
    };
    const { ms } = await here.clock.settled(here.networkTest.testQuality());
    assert.equal(ms, 5000);
    assert.equal(here.log.publishers.length, 1);
    await here.nothingIsLeft();
  });

  for (const method of /** @type {const} */ (['testConnectivity', 'testQuality'])) {
    test(`is refused a second test by ${method} from inside OT.initSession`, async (t) => {
      const here = world(t);
      const { initSession } = here.OT;
      /** @type {Promise<unknown> | undefined} */
      let second;
      here.OT.initSession = (...args) => {
        second ??= here.networkTest[method]();
        second.catch(() => {});
        return initSession(...args);
      };
      /** @type {Promise<unknown>} */
      const first = here.networkTest[method]();
      await here.clock.settled(first);
      await assert.rejects(() => second ?? Promise.resolve(), { name: 'NetworkTestError' });
      assert.equal(here.log.sessions.length, 1);
      await here.nothingIsLeft();
    });
  }
});

describe('a step that is called back twice', () => {
  /** @type {Array<[string, {now?: boolean, error?: Error, again: {error?: Error}}]>} */
  const twice = [
    ['first with success, then with an error', { again: { error: otError('X') } }],
    ['first with an error, then with success', { error: otError('X'), again: {} }],
    ['before it returns', { now: true, again: { error: otError('X') } }],
  ];
  for (const step of ['connect', 'publisher', 'publish', 'subscribe']) {
    for (const [what, outcome] of twice) {
      test(`${step}, ${what}: all is let go`, async (t) => {
        const here = world(t, { [step]: outcome });
        const { value } = await here.clock.settled(here.networkTest.testConnectivity());
        assert.equal(value.success, outcome.error === undefined);
        await here.nothingIsLeft();
      });
    }
  }
});

for (const [step, event] of [
  ['publisher', 'publisher destroyed'],
  ['subscribe', 'subscriber destroyed'],
  ['connect', 'sessionDisconnected'],
]) {
  test(`after a success and an error of ${step}, clean-up waits for ${event}`, async (t) => {
    const here = world(t, { [step]: { again: { error: otError('X') } }, slow: { [event]: 2000 } });
    const { ms } = await here.clock.settled(here.networkTest.testConnectivity());
    assert.equal(ms, 2000);
    await here.nothingIsLeft();
  });
}

describe('the stream', () => {
  test("may be created after publish's callback", async (t) => {
    const here = world(t, { stream: { afterMs: 4000 } });
    const { value, ms } = await here.clock.settled(here.networkTest.testQuality());
    assert.equal(value.video.supported, true);
    assert.equal(ms, 9000);
    await here.nothingIsLeft();
  });

  test('is not waited for when the session drops', async (t) => {
    const here = world(t, { stream: 'none' });
    const result = here.networkTest.testQuality();
    here.clock.after(1000, () => here.log.sessions[0].drop('networkDisconnected'));
    const { error, ms } = await here.clock.settled(result);
    assertNothingLeft(here);
    assert.deepEqual([error.name, ms], ['ConnectToSessionError', 1000]);
  });
});
