// testConnectivity where it succeeds, and what it asks of OpenTok.js.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { loggingUrl } from '../../src/opentok/logging.js';
import { otError } from '../support/scripted-ot.js';
import { failures, world } from '../support/world.js';

describe('testConnectivity', () => {
  test('succeeds, step after step, and leaves nothing', async (t) => {
    const here = world(t);
    const { value } = await here.clock.settled(here.networkTest.testConnectivity(), 1000);
    assert.deepEqual(value, { success: true, failedTests: [] });
    assert.deepEqual(here.log.calls, [
      'initSession',
      'connect',
      'getDevices',
      'initPublisher',
      'publish',
      'subscribe',
      'unsubscribe',
      'disconnect',
    ]);
    await here.nothingIsLeft();
  });

  test('works again and again, on one session id', async (t) => {
    const here = world(t);
    for (let n = 0; n < 3; n += 1) {
      const { value } = await here.clock.settled(here.networkTest.testConnectivity(), 1000);
      assert.equal(value.success, true);
    }
    assert.equal(here.log.sessions.length, 1);
    await here.nothingIsLeft();
  });

  const devices = [
    { kinds: ['audioInput', 'videoInput'], options: {}, audioSource: undefined, videoSource: undefined },
    { kinds: ['audioInput'], options: {}, audioSource: undefined, videoSource: null },
    { kinds: ['videoInput'], options: {}, audioSource: null, videoSource: undefined },
    { kinds: ['audioInput', 'audioOutput'], options: {}, audioSource: undefined, videoSource: null },
    { kinds: ['audioInput', 'videoInput'], options: { audioOnly: true }, audioSource: undefined, videoSource: null },
    {
      kinds: ['audioInput', 'videoInput'],
      options: { audioSource: 'a', videoSource: 'v' },
      audioSource: 'a',
      videoSource: 'v',
    },
    // Before the user agrees, browsers list other ids than those that an application has stored.
    {
      kinds: [
        { kind: 'audioInput', deviceId: 'temporary' },
        { kind: 'videoInput', deviceId: 'temporary' },
      ],
      options: { audioSource: 'stored', videoSource: 'stored' },
      audioSource: 'stored',
      videoSource: 'stored',
    },
    // Chrome lists `default`; Firefox does not, and opens it without an id.
    {
      kinds: [{ kind: 'audioInput', deviceId: 'default' }, 'videoInput'],
      options: { audioSource: 'default', videoSource: undefined },
      audioSource: 'default',
      videoSource: undefined,
    },
    {
      kinds: [{ kind: 'audioInput', deviceId: 'x' }, 'videoInput'],
      options: { audioSource: 'default', videoSource: null },
      audioSource: undefined,
      videoSource: null,
    },
  ];
  for (const { kinds, options, audioSource, videoSource } of devices) {
    test(`with ${JSON.stringify(kinds)} and ${JSON.stringify(options)} it publishes what there is`, async (t) => {
      const here = world(t, { kinds }, options);
      const { value } = await here.clock.settled(here.networkTest.testConnectivity(), 1000);
      assert.equal(value.success, true);
      const [{ properties }] = here.log.publishers;
      assert.deepEqual([properties.audioSource, properties.videoSource], [audioSource, videoSource]);
    });
  }

  test('asks OpenTok.js as published', async (t) => {
    const here = world(t, {}, { scalableVideo: true });
    await here.clock.settled(here.networkTest.testConnectivity(), 1000);
    assert.deepEqual(here.log.publishers[0].properties, {
      width: '100%',
      height: '100%',
      insertMode: 'append',
      showControls: false,
      scalableVideo: true,
      audioSource: undefined,
      videoSource: undefined,
    });
    const { testNetwork, audioVolume } = here.log.subscribers[0].properties;
    assert.deepEqual({ testNetwork, audioVolume }, { testNetwork: true, audioVolume: 0 });
    const [request] = here.page.requests;
    assert.deepEqual(
      [request.url, request.method, request.body],
      ['https://hlg.tokbox.com/prod/logging/ClientEvent', 'POST', undefined],
    );
  });

  test('a failed step does not keep the logging server from being tested', async (t) => {
    const here = world(t, { connect: otError('OT_AUTHENTICATION_ERROR') });
    here.page.logging = async () => ({ ok: false, status: 404 });
    const { value } = await here.clock.settled(here.networkTest.testConnectivity(), 1000);
    assert.deepEqual(failures(value), [
      'messaging ConnectToSessionTokenError',
      'logging LoggingServerConnectionError',
      'media FailedMessagingServerTestError',
    ]);
  });

  test('any status that means success will do for logging', async (t) => {
    const here = world(t);
    here.page.logging = async () => ({ ok: true, status: 204 });
    const { value } = await here.clock.settled(here.networkTest.testConnectivity(), 1000);
    assert.equal(value.success, true);
  });

  test('the camera goes off while the logging server hangs', async (t) => {
    const here = world(t);
    here.page.logging = () => new Promise(() => {});
    const result = here.networkTest.testConnectivity();
    await here.clock.pass(1000);
    assert.equal(here.page.openTracks, 0);
    const { ms } = await here.clock.settled(result, 10_000);
    assert.ok(ms <= 4500);
    assert.equal(here.page.requests[0].signal.aborted, true);
  });

  /** @type {Array<[string, import('../support/scripted-ot.js').Outcome, number]>} */
  const stops = [
    ['as soon as the step under way has ended', { afterMs: 800 }, 300],
    ['within two seconds, when that step hangs', 'hang', 2000],
  ];
  for (const [what, publish, endMs] of stops) {
    test(`stop ends it ${what}, without asking the logging server`, async (t) => {
      const here = world(t, { publish });
      const result = here.networkTest.testConnectivity();
      await here.clock.pass(500);
      here.networkTest.stop();
      const { value, ms } = await here.clock.settled(result, 5000);
      assert.ok(ms >= endMs && ms <= endMs + 100, String(ms));
      assert.deepEqual(failures(value), ['OpenTok.js ConnectivityError']);
      assert.deepEqual(here.page.requests, []);
      await here.nothingIsLeft();
    });
  }

  test('a session that was connected before is left connected', async (t) => {
    const here = world(t);
    const session = here.OT.initSession('key', 'session', {});
    session.connect('token', () => {});
    await here.clock.pass(50);
    const { value } = await here.clock.settled(here.networkTest.testConnectivity(), 1000);
    assert.equal(value.success, true);
    assert.ok(session.connection);
    assert.equal(here.OT.left.listeners, 0);
  });
});

describe('what comes when nobody waits any more', () => {
  test('a connection is closed again', async (t) => {
    const here = world(t, { connect: { afterMs: 40_000 } });
    await here.clock.settled(here.networkTest.testConnectivity());
    await here.clock.pass(20_000);
    await here.nothingIsLeft();
    assert.deepEqual(here.log.calls.slice(-2), ['disconnect', 'disconnect']);
  });

  test('a connection is left to the test that made it', async (t) => {
    const here = world(t, { connect: (n) => (n === 1 ? 'hang' : undefined) });
    const first = await here.clock.settled(here.networkTest.testConnectivity());
    assert.equal(first.value.success, false);
    const second = await here.clock.settled(here.networkTest.testConnectivity(), 1000);
    assert.deepEqual(second.value, { success: true, failedTests: [] });
    await here.nothingIsLeft();
  });

  test('a camera goes off again', async (t) => {
    const here = world(t, { publisher: { afterMs: 70_000 } });
    await here.clock.settled(here.networkTest.testConnectivity());
    await here.clock.pass(20_000);
    await here.nothingIsLeft();
  });

  for (const event of ['subscriber destroyed', 'publisher destroyed', 'sessionDisconnected']) {
    test(`clean-up does not wait for ever for ${event}`, async (t) => {
      const here = world(t, { silent: [event] });
      const { value, ms } = await here.clock.settled(here.networkTest.testConnectivity(), 10_000);
      assert.equal(value.success, true);
      assert.ok(ms >= 3000 && ms <= 3200, String(ms));
    });
  }
});

describe('the logging server behind a proxy', () => {
  const base = { properties: { loggingURL: 'https://hlg.tokbox.com/prod' } };
  for (const [proxy, expected] of [
    [undefined, 'https://hlg.tokbox.com/prod/logging/ClientEvent'],
    ['https://proxy/path', 'https://proxy/path/hlg.tokbox.com/prod/logging/ClientEvent'],
    ['https://proxy/path/', 'https://proxy/path/hlg.tokbox.com/prod/logging/ClientEvent'],
    ['http://proxy', 'http://proxy/hlg.tokbox.com/prod/logging/ClientEvent'],
  ]) {
    test(`is reached through ${proxy}`, () => assert.equal(loggingUrl(base, proxy), expected));
  }

  test('is the usual one when OpenTok.js does not say', () => {
    assert.equal(loggingUrl({}), 'https://hlg.tokbox.com/prod/logging/ClientEvent');
  });

  test('whatever its scheme', () => {
    const plain = { properties: { loggingURL: 'http://logs:8080/' } };
    assert.equal(loggingUrl(plain, 'https://proxy'), 'https://proxy/logs:8080/logging/ClientEvent');
  });
});
