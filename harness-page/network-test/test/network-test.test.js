// The whole module against a scripted OpenTok.js: names, results, and that nothing is left behind.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import NetworkTest, { ErrorNames } from '../src/index.js';
import { browserName, isSupported } from '../src/browser.js';
import { phaseLimit } from '../src/options.js';
import { isSteady } from '../src/scoring/steady-state.js';
import { cleanStats, installBrowser, lossyStats, otError, scriptedOT } from './scripted-ot.js';

const page = installBrowser();
const CREDENTIALS = { apiKey: '1', sessionId: '2', token: '3' };

/** @param {object} [script] @param {object} [options] */
function make(script, options) {
  const OT = scriptedOT(script);
  return { OT, test: new NetworkTest(OT, CREDENTIALS, options) };
}

/** Nothing that a test made is left. @param {any} OT */
function nothingIsLeft({ log }) {
  assert.deepEqual([log.sessions, log.publishers, log.subscribers], [0, 0, 0]);
}

describe('constructor', () => {
  const thrown = (...args) => {
    try {
      return new NetworkTest(...args) && undefined;
    } catch (error) {
      return error.name;
    }
  };

  test('checks its arguments in the published order', () => {
    const OT = scriptedOT();
    for (const bad of [undefined, null, {}, () => {}]) assert.equal(thrown(bad), 'MissingOpenTokInstanceError');
    assert.equal(thrown(OT), 'MissingSessionCredentialsError');
    for (const missing of ['apiKey', 'sessionId', 'token']) {
      assert.equal(thrown(OT, { ...CREDENTIALS, [missing]: '' }), 'IncompleteSessionCredentialsError');
    }
    assert.equal(thrown(OT, CREDENTIALS), undefined);
  });

  test('sets the proxy', () => {
    assert.equal(make({}, { proxyServerUrl: 'http://p' }).OT.log.proxyUrl, 'http://p');
  });

  test('there are 30 error names', () => assert.equal(Object.keys(ErrorNames).length, 30));
});

describe('testConnectivity', () => {
  test('succeeds, and leaves nothing', async () => {
    const { OT, test: networkTest } = make();
    assert.deepEqual(await networkTest.testConnectivity(), { success: true, failedTests: [] });
    nothingIsLeft(OT);
    assert.equal(page.elements, 0);
    assert.equal(OT.log.subscribed.audioVolume, 0);
    assert.equal(OT.log.subscribed.testNetwork, true);
  });

  const failures = [
    [{ connect: otError('OT_AUTHENTICATION_ERROR') }, ['messaging ConnectToSessionTokenError', 'media FailedMessagingServerTestError']],
    [{ connect: otError('OT_INVALID_SESSION_ID') }, ['messaging ConnectToSessionSessionIdError', 'media FailedMessagingServerTestError']],
    [{ connect: otError('OT_CONNECT_FAILED') }, ['api ConnectToSessionNetworkError']],
    [{ connect: otError('OT_INVALID_HTTP_STATUS') }, ['api APIConnectivityError']],
    [{ connect: otError('ANYTHING') }, ['messaging ConnectToSessionError', 'media FailedMessagingServerTestError']],
    [{ devices: otError('X') }, ['OpenTok.js FailedToObtainMediaDevices']],
    [{ kinds: ['audioOutput'] }, ['OpenTok.js FailedToObtainMediaDevices']],
    [{ publisher: otError('OT_USER_MEDIA_ACCESS_DENIED') }, ['OpenTok.js FailedToCreateLocalPublisher']],
    [{ publish: otError('OT_NOT_CONNECTED') }, ['OpenTok.js PublishToSessionNotConnectedError']],
    [{ publish: otError('OT_TIMEOUT') }, ['media PublishToSessionPermissionOrTimeoutError']],
    [{ publish: otError('OT_ICE_WORKFLOW_FAILED') }, ['media PublishToSessionNetworkError']],
    [{ publish: otError('ANYTHING') }, ['media PublishToSessionError']],
    [{ subscribe: otError('OT_TIMEOUT') }, ['media SubscribeToSessionError']],
  ];
  for (const [script, expected] of failures) {
    test(`names ${JSON.stringify(Object.keys(script))} ${expected[0]}`, async () => {
      const { OT, test: networkTest } = make(script);
      const { success, failedTests } = await networkTest.testConnectivity();
      assert.equal(success, false);
      assert.deepEqual(failedTests.map(({ type, error }) => `${type} ${error.name}`), expected);
      assert.ok(failedTests.every(({ error }) => error.message.length > 0));
      nothingIsLeft(OT);
      assert.equal(page.elements, 0);
      // The same object works again at once.
      assert.equal((await networkTest.testConnectivity()).success, false);
    });
  }

  test('a logging server that is down is all that fails', async () => {
    page.logging = async () => {
      throw new Error('blocked');
    };
    const { OT, test: networkTest } = make({}, { proxyServerUrl: 'http://proxy/' });
    const { failedTests } = await networkTest.testConnectivity();
    page.logging = async () => ({ ok: true });
    assert.deepEqual(failedTests.map(({ type, error }) => `${type} ${error.name}`), ['logging LoggingServerConnectionError']);
    assert.equal(page.requests.at(-1), 'http://proxy/hlg.tokbox.com/prod/logging/ClientEvent');
    nothingIsLeft(OT);
  });

  test('a connection that hangs can be stopped', async () => {
    const { OT, test: networkTest } = make({ connect: 'hang' });
    const result = networkTest.testConnectivity();
    await new Promise((resolve) => setTimeout(resolve, 10));
    networkTest.stop();
    assert.deepEqual((await result).failedTests.map(({ error }) => error.name), ['NetworkTestError']);
    nothingIsLeft(OT);
  });

  test('a second test while one runs is refused', async () => {
    const { test: networkTest } = make();
    const first = networkTest.testConnectivity();
    await assert.rejects(networkTest.testConnectivity(), { name: 'NetworkTestError' });
    assert.equal((await first).success, true);
  });

  test('the caller keeps their session options', async () => {
    const initSessionOptions = Object.freeze({ ipWhitelist: true });
    const { OT, test: networkTest } = make({}, { initSessionOptions });
    await networkTest.testConnectivity();
    assert.deepEqual(OT.log.sessionOptions, initSessionOptions);
    assert.notEqual(OT.log.sessionOptions, initSessionOptions);
  });
});

// These measure for five seconds and more, so they run side by side.
describe('testQuality', { concurrency: true }, () => {
  test('ends when the rate is steady, with advice, having called back each second', async () => {
    const { OT, test: networkTest } = make();
    const samples = [];
    const result = await networkTest.testQuality((sample) => samples.push(sample));
    assert.equal(result.video.supported, true);
    assert.equal(result.video.recommendedResolution, '1280x720');
    assert.equal(result.audio.supported, true);
    assert.ok(!('reason' in result.video));
    assert.ok(samples.length >= 5 && samples.length <= 7, String(samples.length));
    assert.ok(samples.every(({ phase, limit }) => phase === 'audio-video' && limit === 30_000));
    const count = samples.length;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(samples.length, count, 'called back after it settled');
    nothingIsLeft(OT);
  });

  test('measures again without video when audio suffered', async () => {
    const { OT, test: networkTest } = make({ stats: (tick, audioOnly) => (audioOnly ? cleanStats : lossyStats)(tick, audioOnly) });
    const result = await networkTest.testQuality();
    assert.deepEqual(OT.log.videoSources, [undefined, null]);
    assert.equal(result.audio.supported, true);
    assert.equal(result.video.supported, true);
    nothingIsLeft(OT);
  });

  test('without a camera it is audio only, and says so', async () => {
    const { OT, test: networkTest } = make({ kinds: ['audioInput'] });
    const result = await networkTest.testQuality();
    assert.equal(result.video.reason, 'No camera was found.');
    assert.deepEqual(OT.log.videoSources, [null]);
    nothingIsLeft(OT);
  });

  test('with audioOnly the camera is not said to be missing', async () => {
    const { test: networkTest } = make({}, { audioOnly: true });
    const result = await networkTest.testQuality();
    assert.deepEqual(result.video, { supported: false, mos: 1 });
  });

  test('stop ends it at the five-second mark', async () => {
    const growing = (tick, audioOnly) => {
      const stats = cleanStats(tick, audioOnly);
      stats.video.bytesReceived = 10_000 * tick ** 3;
      return stats;
    };
    const { OT, test: networkTest } = make({ stats: growing });
    const began = performance.now();
    const result = networkTest.testQuality();
    setTimeout(() => networkTest.stop(), 1200);
    await result;
    assert.ok(performance.now() - began >= 5000);
    nothingIsLeft(OT);
  });

  test('a callback that throws ends nothing', async () => {
    const { test: networkTest } = make();
    const errors = [];
    const original = console.error;
    console.error = (error) => errors.push(error);
    const result = await networkTest.testQuality((sample) => {
      throw new Error(`no ${sample.phase}`);
    });
    console.error = original;
    assert.equal(result.video.supported, true);
    assert.ok(errors.length >= 5);
  });

  test('statistics that fail end it with their name', async () => {
    const { OT, test: networkTest } = make({ stats: () => otError('X') });
    await assert.rejects(networkTest.testQuality(), { name: 'SubscriberGetStatsError' });
    nothingIsLeft(OT);
  });

  for (const [event, target, name] of [
    ['sessionDisconnected', 'session', 'ConnectToSessionNetworkError'],
    ['streamDestroyed', 'publisher', 'PublishToSessionNetworkError'],
    ['destroyed', 'subscriber', 'SubscribeToSessionError'],
  ]) {
    test(`${target} ${event} ends it with ${name}`, async () => {
      const { OT, test: networkTest } = make();
      setTimeout(() => OT.log[target].emit(event), 1500);
      await assert.rejects(networkTest.testQuality(), { name });
      nothingIsLeft(OT);
      await networkTest.testConnectivity();
    });
  }

  for (const [script, name] of [
    [{ connect: otError('OT_AUTHENTICATION_ERROR') }, 'ConnectToSessionTokenError'],
    [{ connect: otError('OT_INVALID_HTTP_STATUS') }, 'ConnectToSessionError'],
    [{ devices: otError('X') }, 'FailedToObtainMediaDevices'],
    [{ kinds: ['videoInput'] }, 'NoAudioCaptureDevicesError'],
    [{ publisher: otError('X') }, 'InitPublisherError'],
    [{ publish: otError('OT_PERMISSION_DENIED') }, 'PublishToSessionPermissionOrTimeoutError'],
    [{ subscribe: otError('X') }, 'SubscribeToSessionError'],
  ]) {
    test(`rejects with ${name}`, async () => {
      const { OT, test: networkTest } = make(script);
      await assert.rejects(networkTest.testQuality(), { name });
      nothingIsLeft(OT);
    });
  }

  test('a bad callback throws at once', () => {
    const { test: networkTest } = make();
    for (const bad of ['x', () => {}, (a, b) => [a, b]]) {
      assert.throws(() => networkTest.testQuality(bad), { name: 'InvalidOnUpdateCallback' });
    }
  });
});

describe('pure parts', () => {
  test('a timeout counts only inside its documented range', () => {
    assert.equal(phaseLimit('audio-video', 20_000), 20_000);
    for (const ignored of [20, 5000, 30_000, -1, '20000', NaN, undefined]) {
      assert.equal(phaseLimit('audio-video', ignored), 30_000);
      assert.equal(phaseLimit('audio-only', ignored), 10_000);
    }
  });

  test('a steady rate does not rise, and takes five samples', () => {
    const samples = (rates) => {
      let bytes = 0;
      return [0, ...rates].map((rate, index) => {
        bytes += rate / 8;
        return { phase: 'audio-video', timestamp: index * 1000, audio: { bytesReceived: bytes, packetsReceived: index * 50, packetsLost: 0 } };
      });
    };
    assert.equal(isSteady(samples([1000, 1000, 1000])), false);
    assert.equal(isSteady(samples([1000, 1000, 1000, 1000])), true);
    assert.equal(isSteady(samples([1000, 1049, 1000, 900])), true);
    assert.equal(isSteady(samples([1000, 1051, 1000, 900])), false);
  });

  test('browsers are told apart', () => {
    const chromium = (userAgent) => ({ navigator: { userAgent, webkitGetUserMedia() {}, mediaDevices: {} }, webkitRTCPeerConnection: 1 });
    assert.equal(browserName(undefined), 'not a browser');
    assert.equal(browserName(chromium('Chrome/156.0 Safari/537')), 'Chrome');
    assert.equal(browserName(chromium('Chrome/156.0 Safari/537 Edg/156')), 'Edge');
    assert.equal(browserName(chromium('Chrome/156.0 Safari/537 OPR/100')), 'Opera');
    assert.equal(browserName({ navigator: { userAgent: 'Gecko Firefox/153.0', mediaDevices: {} } }), 'Firefox');
    assert.equal(browserName({ navigator: { userAgent: 'AppleWebKit/605.1.15 Version/17.0 Safari', mediaDevices: {} } }), 'Safari');
    assert.equal(isSupported(browserName({ navigator: { userAgent: 'Chrome/64 Edge/18.17763', mediaDevices: {} } })), false);
    assert.equal(isSupported(browserName({ navigator: { userAgent: 'Trident/7.0; rv:11.0' } })), false);
  });
});
