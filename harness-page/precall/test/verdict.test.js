// What is said of a line.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { judge, kindOfError, routingOf, wordOf } from '../src/verdict.js';
import { CONNECTED, notConnected, quality } from './support.js';

const VIDEO = { audioOnly: false };

/** @typedef {import('../src/verdict.js').Verdict} Verdict */

describe('judge', () => {
  /** @type {Array<[string, Verdict, string, string, string[], string | undefined]>} */
  const cases = [
    ['a good line', judge(CONNECTED, quality(), VIDEO), 'pass', 'good', [], undefined],
    [
      'a good line without a camera asked for',
      judge(CONNECTED, quality({}, { supported: false, recommendedResolution: null }), { audioOnly: true }),
      'pass',
      'goodAudio',
      [],
      undefined,
    ],
    ['loss', judge(CONNECTED, quality({ packetLossRatio: 0.05 }), VIDEO), 'warn', 'limited', ['loss'], 'line'],
    ['a long way', judge(CONNECTED, quality({ roundTripTime: 0.7 }), VIDEO), 'warn', 'limited', ['delay'], 'line'],
    ['jitter', judge(CONNECTED, quality({ jitter: 0.08 }), VIDEO), 'warn', 'limited', ['jitter'], 'line'],
    [
      'a slow line',
      judge(CONNECTED, quality({}, { recommendedResolution: '320x180' }), VIDEO),
      'warn',
      'limited',
      ['bandwidth'],
      'line',
    ],
    [
      'a line too slow for video',
      judge(CONNECTED, quality({}, { supported: false, recommendedResolution: null }), VIDEO),
      'warn',
      'audioOnly',
      ['bandwidth'],
      'line',
    ],
    [
      'a line too slow for anything',
      judge(CONNECTED, quality({ supported: false, mos: 1.2, reason: 'Bandwidth too low.' }), VIDEO),
      'fail',
      'tooSlow',
      ['bandwidth'],
      'line',
    ],
    [
      'a muted microphone',
      judge(CONNECTED, quality({ supported: false, reason: 'No microphone was found.' }), { ...VIDEO, silent: true }),
      'fail',
      'noSound',
      ['silent'],
      'device',
    ],
    [
      'a busy device',
      judge(CONNECTED, quality({}, { recommendedResolution: '320x180', qualityLimitationReason: 'cpu' }), VIDEO),
      'warn',
      'limited',
      ['cpu'],
      'device',
    ],
    [
      'a page in the background, and loss',
      judge(CONNECTED, quality({ packetLossRatio: 0.1 }), { ...VIDEO, hiddenSeconds: 4 }),
      'warn',
      'limited',
      ['loss', 'hidden'],
      undefined,
    ],
    [
      'a black picture',
      judge(CONNECTED, quality({}, { recommendedResolution: '320x180' }), { ...VIDEO, black: true }),
      'warn',
      'limited',
      ['black'],
      'device',
    ],
    [
      'a test that was stopped',
      judge(CONNECTED, quality(), { ...VIDEO, stopped: true }),
      'pass',
      'good',
      ['short'],
      undefined,
    ],
    [
      'a relay by TCP',
      judge(CONNECTED, quality({}, { mediaRouting: 'Relayed (TURN/TLS)' }), VIDEO),
      'warn',
      'limited',
      ['relay'],
      'line',
    ],
    [
      'media by TCP without a relay',
      judge(CONNECTED, quality({}, { mediaRouting: 'Relayed (STUN/TLS)' }), VIDEO),
      'pass',
      'good',
      [],
      undefined,
    ],
    [
      'logging that is blocked',
      judge({ ...CONNECTED, failedTests: notConnected('logging').failedTests }, quality(), VIDEO),
      'pass',
      'good',
      ['logging'],
      undefined,
    ],
    [
      'an API that is blocked',
      judge(notConnected('api', 'media'), undefined, VIDEO),
      'fail',
      'blocked',
      ['api'],
      'line',
    ],
    [
      'messaging that is blocked',
      judge(notConnected('messaging', 'media'), undefined, VIDEO),
      'fail',
      'blocked',
      ['messaging'],
      'line',
    ],
    ['media that is blocked', judge(notConnected('media'), undefined, VIDEO), 'fail', 'blocked', ['media'], 'line'],
  ];
  for (const [name, verdict, grade, sentence, reasons, blame] of cases) {
    test(name, () => {
      const keys = verdict.reasons.map(({ key }) => key);
      assert.deepEqual([verdict.grade, verdict.sentence, keys, verdict.blame], [grade, sentence, reasons, blame]);
    });
  }

  test('advises what the network test recommends, or sound alone', () => {
    assert.deepEqual(judge(CONNECTED, quality(), VIDEO).advice, { resolution: '1280x720', frameRate: 30 });
    const slow = quality({}, { supported: false, recommendedResolution: null });
    assert.equal(judge(CONNECTED, slow, VIDEO).advice, 'audio');
    assert.equal(judge(notConnected('media'), undefined, VIDEO).advice, undefined);
  });
});

test('a mean opinion score has the word of the network test', () => {
  const words = [4.5, 3.8, 3.79, 3.1, 2.4, 1.7, 1].map(wordOf);
  assert.deepEqual(words, ['excellent', 'excellent', 'good', 'good', 'fair', 'poor', 'bad']);
});

test('routing is direct, or by which relay', () => {
  const routings = ['Routed', 'Relayed (STUN/UDP)', 'Relayed (TURN/UDP)', 'Relayed (TURN/TLS)', 'Unknown', undefined];
  assert.deepEqual(routings.map(routingOf), ['direct', 'direct', 'relayUdp', 'relayTcp', 'unknown', 'unknown']);
});

test('errors are about devices, credentials, the line, or the test', () => {
  const names = [
    'PermissionDeniedError',
    'InitPublisherError',
    'ConnectToSessionTokenError',
    'ConnectToSessionError',
    'TypeError',
  ];
  assert.deepEqual(
    names.map((name) => kindOfError({ name })),
    ['denied', 'busy', 'credentials', 'line', 'test'],
  );
  assert.equal(kindOfError(undefined), 'test');
});
