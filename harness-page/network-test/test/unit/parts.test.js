// The small pure parts: browsers, options, the sender's report, error names, deadlines.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { browserName, isSupported } from '../../src/browser.js';
import { Ending, sleep, within } from '../../src/deadline.js';
import { TestError, connectError, failureType, messageOf, publishError, publisherError } from '../../src/errors.js';
import { watchApi } from '../../src/opentok/api-watch.js';
import { phaseLimit } from '../../src/options.js';
import { Resources } from '../../src/resources.js';
import { createRun, walk } from '../../src/run.js';
import { readReport } from '../../src/sender-stats.js';
import { fakeClock } from '../support/clock.js';
import { chromeWindow } from '../support/page.js';
import { CREDENTIALS } from '../support/world.js';

describe('browsers', () => {
  const WEBRTC = { RTCPeerConnection: class {} };
  /** @param {string} userAgent */
  const chromium = (userAgent) => chromeWindow(userAgent);
  /** @param {string} userAgent */
  const modern = (userAgent) => ({ ...WEBRTC, navigator: { userAgent, mediaDevices: {} } });
  const CHROME = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
  const IPHONE = 'Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko)';
  const cases = [
    [undefined, 'not a browser', false],
    [{}, 'not a browser', false],
    [chromium(CHROME), 'Chrome', true],
    [chromium(CHROME.replace('Chrome', 'HeadlessChrome')), 'Chrome', true],
    [chromium(`${CHROME} Edg/156.0.0.0`), 'Edge', true],
    [chromium(`${CHROME} OPR/120.0`), 'Opera', true],
    [chromium(`${CHROME} SamsungBrowser/30.0`), 'Chrome', true],
    // One that dropped its prefixed names is still what it says.
    [modern(CHROME), 'Chrome', true],
    [modern('Mozilla/5.0 (X11; Linux; rv:153.0) Gecko/20100101 Firefox/153.0'), 'Firefox', true],
    [{ ...WEBRTC, navigator: { userAgent: 'Gecko', mozGetUserMedia() {} } }, 'Firefox', true],
    [modern(`${IPHONE} Version/26.0 Mobile/15E148 Safari/604.1`), 'Safari', true],
    [modern(`${IPHONE} CriOS/156.0 Mobile/15E148 Safari/604.1`), 'Safari', true],
    [modern(`${IPHONE} FxiOS/150.0 Mobile/15E148 Safari/604.1`), 'Safari', true],
    [{ navigator: { userAgent: `${IPHONE} Version/26.0 Safari`, mediaDevices: {} } }, 'Safari without WebRTC', false],
    [chromium(`${CHROME} Edge/18.17763`), 'non-Chromium Edge', false],
    [modern('Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko'), 'Internet Explorer', false],
    [modern('Mozilla/4.0 (compatible; MSIE 10.0)'), 'Internet Explorer', false],
    [
      { navigator: { userAgent: 'AppleWebKit/600', webkitGetUserMedia() {} } },
      'WebKit browser without WebRTC support',
      false,
    ],
    [modern('something else'), 'unsupported browser', false],
  ];
  for (const [window, name, supported] of cases) {
    test(`${window?.navigator?.userAgent}: ${name}`, () => {
      assert.equal(browserName(window), name);
      assert.equal(isSupported(name), supported);
    });
  }
});

describe('options', () => {
  test('a timeout counts only inside its documented range', () => {
    for (const timeout of [5001, 20_000, 29_999]) {
      assert.equal(phaseLimit('audio-video', /** @type {any} */ ({ timeout })), timeout);
      assert.equal(phaseLimit('audio-only', /** @type {any} */ ({ timeout })), timeout);
    }
    for (const timeout of [20, 5000, 30_000, -1, 0, '20000', NaN, Infinity, null, undefined]) {
      assert.equal(phaseLimit('audio-video', /** @type {any} */ ({ timeout })), 30_000);
      assert.equal(phaseLimit('audio-only', /** @type {any} */ ({ timeout })), 10_000);
    }
  });
});

describe("the sender's report", () => {
  const pair = { type: 'candidate-pair', id: 'p', currentRoundTripTime: 0.2, availableOutgoingBitrate: 5 };

  test('of Chrome, with simulcast', () => {
    assert.deepEqual(
      readReport([
        { type: 'transport', selectedCandidatePairId: 'p' },
        { ...pair, id: 'other', nominated: true, availableOutgoingBitrate: 1 },
        { ...pair, localCandidateId: 'l', remoteCandidateId: 'r' },
        { type: 'local-candidate', id: 'l', candidateType: 'prflx', protocol: 'udp' },
        { type: 'remote-candidate', id: 'r', candidateType: 'host', protocol: 'udp' },
        { type: 'outbound-rtp', kind: 'audio', bytesSent: 7 },
        { type: 'outbound-rtp', kind: 'video', bytesSent: 10, qualityLimitationReason: 'none' },
        { type: 'outbound-rtp', kind: 'video', bytesSent: 20, qualityLimitationReason: 'cpu' },
        { type: 'remote-inbound-rtp', kind: 'audio', roundTripTime: 0.1, jitter: 0.01 },
        { type: 'remote-inbound-rtp', kind: 'video', roundTripTime: 0.3, jitter: 0.03 },
      ]),
      {
        audioBytesSent: 7,
        videoBytesSent: 30,
        roundTripTime: 0.1,
        jitter: 0.01,
        availableOutgoingBitrate: 5,
        qualityLimitationReason: 'cpu',
        simulcast: true,
        mediaRouting: 'Routed',
      },
    );
  });

  test('of Firefox, which has no estimate', () => {
    const { roundTripTime, availableOutgoingBitrate, simulcast } = readReport([
      { type: 'candidate-pair', id: 'a', nominated: true, currentRoundTripTime: 9 },
      { type: 'candidate-pair', id: 'b', selected: true, nominated: true, currentRoundTripTime: 0.4 },
      { type: 'outbound-rtp', mediaType: 'video', bytesSent: 1 },
    ]);
    assert.deepEqual(
      { roundTripTime, availableOutgoingBitrate, simulcast },
      {
        roundTripTime: 0.4,
        availableOutgoingBitrate: undefined,
        simulcast: false,
      },
    );
  });

  test('that is empty says nothing', () => {
    assert.ok(Object.values(readReport([])).every((value) => value === undefined));
  });
});

describe('error names', () => {
  test('of publishing, old and new', () => {
    for (const [from, name] of [
      ['OT_NOT_CONNECTED', 'PublishToSessionNotConnectedError'],
      ['NOT_CONNECTED', 'PublishToSessionNotConnectedError'],
      ['OT_PERMISSION_DENIED', 'PublishToSessionPermissionOrTimeoutError'],
      ['UNABLE_TO_PUBLISH', 'PublishToSessionPermissionOrTimeoutError'],
      ['OT_TIMEOUT', 'PublishToSessionPermissionOrTimeoutError'],
      ['OT_ICE_WORKFLOW_FAILED', 'PublishToSessionNetworkError'],
      ['OT_MEDIA_ERR_NETWORK', 'PublishToSessionNetworkError'],
      ['OT_STREAM_CREATE_FAILED', 'PublishToSessionError'],
      [undefined, 'PublishToSessionError'],
    ]) {
      assert.equal(publishError({ name: from, message: 'm' }).name, name);
    }
  });

  test('say what OpenTok.js said', () => {
    assert.match(
      connectError(Object.assign(new Error('bad token (1004)'), { name: 'X' })).message,
      /bad token \(1004\)/,
    );
    assert.equal(messageOf(undefined), 'no reason was given');
    assert.equal(messageOf({ name: 'OnlyName', message: '' }), 'OnlyName');
    assert.equal(messageOf('words'), 'words');
  });

  test('a refusal is told by name or by words', () => {
    /** @param {unknown} error */
    const name = (error) => publisherError('Other')(error).name;
    assert.equal(name({ name: 'OT_USER_MEDIA_ACCESS_DENIED', message: '' }), 'PermissionDeniedError');
    for (const message of ['Permission denied', 'Access Denied', 'it is NOT ALLOWED']) {
      assert.equal(name({ name: 'X', message }), 'PermissionDeniedError');
    }
    assert.equal(name({ name: 'X', message: 'busy' }), 'Other');
  });

  test('are told in JSON, with their messages', () => {
    const told = JSON.parse(JSON.stringify(publishError(new Error('why'))));
    assert.deepEqual(told, { name: 'PublishToSessionError', message: 'Could not publish to the session: why' });
  });

  test('of a type that is not listed are of OpenTok.js', () => assert.equal(failureType('Anything'), 'OpenTok.js'));
});

describe('the API server', () => {
  test('has answered when the browser saw its answer', (t) => {
    /** @type {object[]} */
    let seen = [];
    const { PerformanceObserver } = globalThis;
    t.after(() => Object.assign(globalThis, { PerformanceObserver }));
    const observer = class {
      observe() {}
      disconnect() {}
      takeRecords() {
        return seen;
      }
    };
    Object.assign(globalThis, { PerformanceObserver: observer });
    const api = watchApi('1_MX4');
    /** @type {Array<[{name: string, responseStatus?: number}, boolean]>} */
    const entries = [
      [{ name: 'https://config.opentok.com/project/1/config.json', responseStatus: 200 }, false],
      [{ name: 'https://anvil.opentok.com/session/other', responseStatus: 200 }, false],
      [{ name: 'https://anvil.opentok.com/session/1_MX4?extended=true', responseStatus: 0 }, false],
      [{ name: 'https://proxy/anvil.opentok.com/session/1_MX4?extended=true' }, true],
    ];
    for (const [entry, answered] of entries) {
      seen = [entry];
      assert.equal(api.answered(), answered, entry.name);
    }
  });
});

describe('a walk through states', () => {
  /** @typedef {import('../../src/run.js').Run} Run */

  /**
   * @param {import('node:test').TestContext} t
   * @param {(run: Run) => Array<import('../../src/run.js').State<Run>>} states
   */
  const walking = (t, states) => {
    const clock = fakeClock(t);
    const run = createRun({}, CREDENTIALS, {});
    return { clock, run, result: clock.settled(walk(states(run), run)) };
  };
  /** @param {Error} error */
  const failure = (error) => new TestError('Named', error.message);

  test('enters each in turn, with a limit or without', async (t) => {
    /** @type {number[]} */
    const entered = [];
    const { result } = walking(t, () => [
      { state: 'one', enter: async () => entered.push(1), limit: 10, failure },
      { state: 'two', enter: async () => entered.push(2), failure },
    ]);
    assert.equal((await result).error, undefined);
    assert.deepEqual(entered, [1, 2]);
  });

  test('leaves with the name of the state that failed', async (t) => {
    const { result } = walking(t, () => [
      { state: 'one', enter: async () => Promise.reject(new Error('why')), limit: 10, failure },
      { state: 'two', enter: async () => assert.fail('entered'), limit: 10, failure },
    ]);
    const { error } = await result;
    assert.deepEqual([error.name, error.message], ['Named', 'why']);
  });

  test('leaves with what ended the run, even when the state fails because of that', async (t) => {
    const ended = new TestError('Ended', 'from outside');
    /** @param {Run} run */
    const enter = (run) => async () => {
      run.ending.with(ended);
      throw new Error('a consequence');
    };
    const { result } = walking(t, (run) => [{ state: 'one', enter: enter(run), limit: 10, failure }]);
    assert.equal((await result).error, ended);
  });
});

describe('deadlines', () => {
  test('an end comes at the limit, with the end of the test, or by itself', async (t) => {
    const clock = fakeClock(t);
    const never = () => new Promise(() => {});
    const late = await clock.settled(within(never(), 1000, 'waiting'));
    assert.deepEqual([late.error.name, late.error.message], ['OT_TIMEOUT', 'waiting did not end within 1 s']);
    assert.equal((await clock.settled(within(Promise.resolve(7), 1000, 'waiting'))).value, 7);
    const ending = new Ending();
    clock.after(300, () => ending.with(new Error('first')));
    clock.after(400, () => ending.with(new Error('second')));
    const ended = await clock.settled(within(never(), 1000, 'waiting', ending));
    assert.ok(ended.error.message === 'first' && ended.ms <= 350);
    await clock.pass(500);
    assert.equal(ending.error?.message, 'first');
    assert.equal((await clock.settled(sleep(1000, ending))).error.message, 'first');
    assert.equal(clock.armed, 0);
  });

  test('what is held is let go once, the newest first, whatever fails or hangs', async (t) => {
    const clock = fakeClock(t);
    /** @type {string[]} */
    const order = [];
    const resources = new Resources();
    resources.add(() => order.push('first'));
    resources.add(() => Promise.reject(new Error('fails')));
    resources.add(() => new Promise(() => {}));
    resources.add(() => {
      throw new Error('throws');
    });
    resources.add(() => order.push('last'));
    const { ms } = await clock.settled(resources.release());
    assert.ok(ms >= 3000 && ms <= 3100);
    await clock.settled(resources.release());
    assert.deepEqual(order, ['last', 'first']);
    resources.add(() => order.push('late'));
    assert.deepEqual(order, ['last', 'first', 'late']);
    await clock.pass(50);
    assert.equal(clock.armed, 0);
  });

  test('what is added while the rest is let go waits for its turn, and is waited for', async (t) => {
    const clock = fakeClock(t);
    /** @type {string[]} */
    const order = [];
    const resources = new Resources();
    /** @param {string} name */
    const slow = (name) => () =>
      new Promise((resolve) => {
        clock.after(1000, () => resolve(order.push(name)));
      });
    resources.add(slow('first'));
    resources.add(slow('second'));
    const released = resources.release();
    clock.after(500, () => resources.add(slow('added')));
    const { ms } = await clock.settled(released);
    assert.deepEqual(order, ['second', 'added', 'first']);
    assert.deepEqual([ms, clock.armed], [3000, 0]);
  });
});
