// The class itself: its arguments, its options, and that no two tests share anything.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import NetworkTest from '../../src/index.js';
import { risingStats } from '../support/recordings.js';
import { scriptedOT } from '../support/scripted-ot.js';
import { CREDENTIALS, world } from '../support/world.js';

describe('constructor', () => {
  /** @type {Array<{what: string, args: any[], name: string, message?: string}>} */
  const refused = [
    {
      what: 'no OT',
      args: [],
      name: 'MissingOpenTokInstanceError',
      message: 'An instance of OT, the OpenTok.js client SDK, is required.',
    },
    { what: 'an empty OT', args: [{}], name: 'MissingOpenTokInstanceError' },
    {
      what: 'a function as OT',
      args: [Object.assign(() => {}, { initSession() {} }), CREDENTIALS],
      name: 'MissingOpenTokInstanceError',
    },
    { what: 'no OT and no credentials', args: [null, null], name: 'MissingOpenTokInstanceError' },
    {
      what: 'no credentials',
      args: [{ initSession() {} }],
      name: 'MissingSessionCredentialsError',
      message: 'NetworkConnectivity requires OpenTok session credentials.',
    },
    ...['apiKey', 'sessionId', 'token'].map((key) => ({
      what: `an empty ${key}`,
      args: [{ initSession() {} }, { ...CREDENTIALS, [key]: '' }],
      name: 'IncompleteSessionCredentialsError',
      message: 'NetworkConnectivity requires an apiKey, sessionId, and token.',
    })),
  ];
  for (const { what, args, name, message } of refused) {
    test(`refuses ${what}`, () => {
      assert.throws(() => new NetworkTest(args[0], args[1]), message ? { name, message } : { name });
    });
  }

  test('takes an applicationId for an apiKey', async (t) => {
    const here = world(t);
    const { sessionId, token } = CREDENTIALS;
    const { value } = await here.clock.settled(
      new NetworkTest(here.OT, { applicationId: 'app', sessionId, token }).testConnectivity(),
      1000,
    );
    assert.equal(value.success, true);
    assert.equal(here.log.sessions[0].apiKey, 'app');
  });

  test('keeps what it was given where callers look for it', (t) => {
    const { OT, networkTest } = world(t, {}, { audioOnly: true });
    assert.equal(networkTest.OT, OT);
    assert.equal(networkTest.OTInstance, OT);
    assert.equal(networkTest.credentials, CREDENTIALS);
    assert.deepEqual(networkTest.options, { audioOnly: true });
  });

  test('says that a timeout is ignored', (t) => {
    assert.deepEqual(world(t, {}, { timeout: 20 }).page.warnings, [
      'The option timeout is in milliseconds, above 5000 and below 30000; 20 is ignored.',
    ]);
  });
});

describe('initSessionOptions and proxyServerUrl', () => {
  test('the session options are passed on as a copy', async (t) => {
    const initSessionOptions = Object.freeze({ ipWhitelist: true, iceConfig: { includeServers: 'all' } });
    const here = world(t, {}, { initSessionOptions, proxyServerUrl: 'https://proxy/' });
    await here.clock.settled(here.networkTest.testConnectivity(), 1000);
    const [{ options }] = here.log.sessions;
    assert.deepEqual(options, initSessionOptions);
    assert.notEqual(options, initSessionOptions);
    assert.equal(here.log.proxyUrl, 'https://proxy/');
    assert.equal(here.page.requests[0].url, 'https://proxy/hlg.tokbox.com/prod/logging/ClientEvent');
  });

  test('an OpenTok.js without setProxyUrl is told with the session', async (t) => {
    const here = world(t);
    Reflect.deleteProperty(here.OT, 'setProxyUrl');
    const options = { proxyServerUrl: 'https://proxy', initSessionOptions: {} };
    await here.clock.settled(new NetworkTest(here.OT, CREDENTIALS, options).testConnectivity(), 1000);
    assert.deepEqual(here.log.sessions[0].options, { proxyUrl: 'https://proxy' });
    assert.deepEqual(options.initSessionOptions, {});
  });
});

describe('several tests', () => {
  test('one object runs one at a time, and says so', async (t) => {
    const here = world(t);
    const first = here.networkTest.testConnectivity();
    for (const second of /** @type {const} */ (['testConnectivity', 'testQuality'])) {
      await assert.rejects(here.networkTest[second](), { name: 'NetworkTestError' });
    }
    assert.equal((await here.clock.settled(first, 1000)).value.success, true);
  });

  test('two objects know nothing of each other', async (t) => {
    const here = world(t, { stats: risingStats });
    const OT = scriptedOT(here, { stats: risingStats });
    const other = new NetworkTest(OT, CREDENTIALS, { audioOnly: true });
    const seen = { one: new Set(), other: new Set() };
    const one = here.networkTest.testQuality((sample) => seen.one.add(`${sample.phase} ${sample.limit}`));
    const another = other.testQuality((sample) => seen.other.add(`${sample.phase} ${sample.limit}`));
    await here.clock.pass(2000);
    other.stop();
    const stopped = await here.clock.settled(another);
    assert.ok(stopped.ms >= 2900 && stopped.ms <= 3200, String(stopped.ms));
    const whole = await here.clock.settled(one);
    assert.ok(stopped.ms + whole.ms >= 27_500);
    assert.deepEqual([...seen.one], ['audio-video 30000']);
    assert.deepEqual([...seen.other], ['audio-only 10000']);
    await here.nothingIsLeft();
  });
});
