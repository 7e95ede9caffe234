// The pure parts: figures, likeness, environment, report.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { Ajv2020 } from 'ajv/dist/2020.js';

import { browserFamily, browserName, problems } from '../src/environment.js';
import { second } from '../src/figures.js';
import { likeness } from '../src/likeness.js';
import { isBlack } from '../src/picture.js';
import { reportText } from '../src/report.js';
import { Texts } from '../src/texts.js';
import { judge } from '../src/verdict.js';
import { CONNECTED, quality } from './support.js';

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36';
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1';

/** @param {object} [more] @returns {any} */
function view(more = {}) {
  const navigator = { userAgent: CHROME, mediaDevices: { getUserMedia() {} } };
  const one = { isSecureContext: true, RTCPeerConnection: class {}, navigator, document: {}, ...more };
  return { self: one, top: one, ...one };
}

describe('problems', () => {
  const navigator = (/** @type {string} */ userAgent, /** @type {object} */ mediaDevices = { getUserMedia() {} }) => ({
    navigator: { userAgent, mediaDevices },
  });
  /** @type {Array<[string, any, string[]]>} */
  const cases = [
    ['none', view(), []],
    ['an insecure page', view({ isSecureContext: false }), ['insecure']],
    ['no WebRTC', view({ RTCPeerConnection: undefined }), ['webrtc']],
    ['Lockdown Mode', view({ RTCPeerConnection: undefined, ...navigator(SAFARI) }), ['lockdown']],
    ['an app', view(navigator(`${CHROME} [FBAN/FBIOS]`)), ['inApp']],
    ['an engine of its own', view(navigator('Ladybird/1.0')), ['engine']],
  ];
  for (const [name, one, keys] of cases) {
    test(name, () =>
      assert.deepEqual(
        problems(one).map(({ key }) => key),
        keys,
      ),
    );
  }

  test('a frame without the right to use a microphone', () => {
    const document = { permissionsPolicy: { allowsFeature: () => false } };
    assert.deepEqual(
      problems({ ...view({ document }), top: {} }).map(({ key }) => key),
      ['frame'],
    );
  });
});

test('browsers are named without more than their major version', () => {
  assert.deepEqual(
    [browserName(CHROME), browserName(SAFARI), browserName('x')],
    ['Chrome 150', 'Safari 19', 'unknown'],
  );
  assert.deepEqual(
    [browserFamily(CHROME), browserFamily(SAFARI), browserFamily('Firefox/140.0')],
    ['chrome', 'safari', 'firefox'],
  );
});

describe('a second', () => {
  const counters = (/** @type {number} */ seconds, /** @type {number} */ bytes, /** @type {number} */ lost) => ({
    timestamp: seconds * 1000,
    bytesReceived: bytes,
    packetsReceived: seconds * 90,
    packetsLost: lost,
  });
  const sample = (/** @type {number} */ seconds, /** @type {number} */ lost) =>
    /** @type {any} */ ({
      phase: 'audio-video',
      elapsed: seconds * 1000,
      limit: 20_000,
      audio: { ...counters(seconds, seconds * 4000, 0), roundTripTime: 0.05, jitter: 0.002 },
      video: { ...counters(seconds, seconds * 100_000, lost), frameRate: 30, frameWidth: 640, frameHeight: 480 },
    });

  test('has the rates between two samples', () => {
    const figures = second(sample(2, 0), sample(3, 20));
    assert.deepEqual(figures, {
      at: 3,
      bitrate: 800_000,
      audioBitrate: 32_000,
      loss: 0.1,
      rtt: 0.05,
      jitter: 0.002,
      frameRate: 30,
      size: '640x480',
    });
  });

  test('has no rates at the first sample, in another phase, or when a counter went back', () => {
    for (const before of [undefined, { ...sample(2, 0), phase: 'audio-only' }, sample(4, 0)]) {
      const { bitrate, audioBitrate, loss } = second(before, sample(3, 0));
      assert.deepEqual([bitrate, audioBitrate, loss], [undefined, undefined, undefined]);
    }
  });
});

test('a line is like the network with its figures, and like none when it is far from all', () => {
  const like = (/** @type {number} */ kbps, /** @type {number} */ ms, loss = 0) =>
    likeness({ bitrate: kbps * 1000, roundTripTime: ms / 1000, loss });
  assert.equal(like(700, 90, 0.015), 'wifi-hotel');
  assert.equal(like(750, 310), '3g');
  assert.equal(like(380, 52), 'dsl');
  assert.equal(like(9000, 5), 'fibre');
  assert.equal(like(9000, 36), 'lte');
  assert.equal(like(3000, 650), 'satellite-geo');
  assert.equal(like(1800, 30, 0.03), 'wifi-congested');
  assert.equal(like(5000, 20, 0.6), undefined);
});

test('a picture is black when no pixel is brighter than noise', () => {
  const dark = new Uint8ClampedArray(4 * 768).fill(8);
  assert.equal(isBlack(dark), true);
  dark[4 * 400] = 60;
  assert.equal(isBlack(dark), false);
});

test('a report is as its schema says, and as text has its verdict first', () => {
  const schema = JSON.parse(readFileSync(new URL('../report.schema.json', import.meta.url), 'utf8'));
  const messages = JSON.parse(readFileSync(new URL('../languages/en.json', import.meta.url), 'utf8'));
  const measured = quality({ packetLossRatio: 0.08, roundTripTime: 0.35 });
  const verdict = judge(CONNECTED, measured, { audioOnly: false, hiddenSeconds: 2, stopped: true });
  /** @type {import('../src/report.js').Report} */
  const report = {
    kind: 'precall-test',
    version: 1,
    at: '2026-11-29T12:00:00.000Z',
    browser: 'Chrome 150',
    sdk: '2.35.2',
    audioOnly: false,
    verdict,
    steps: [
      { step: 'api', state: 'passed', seconds: 0.02 },
      { step: 'logging', state: 'warned', seconds: 5, error: 'blocked' },
    ],
    quality: measured,
    availableBitrate: 2_000_000,
    seconds: [{ at: 1, bitrate: 1e6, loss: 0.5, size: '640x480' }],
    hiddenSeconds: 2,
    like: 'lte',
    asIf: { profile: '3g' },
  };
  const validate = new Ajv2020().compile(schema);
  assert.ok(validate(report), JSON.stringify(validate.errors));
  const text = reportText(report, new Texts('en', messages));
  const expected = [
    'Limited: Calls will work, but not at their best.',
    '2026-11-29T12:00:00.000Z, Chrome 150, OpenTok.js 2.35.2',
    '',
    'Why:',
    '- Packets get lost on the way (8%).',
    '- The way is long: voices come late (350 ms).',
    '- The page was in the background for 2 sec. The figures may be too low.',
    '- The test was stopped early.',
    '',
    'Advice:',
    '- Send video of 1280 × 720 at 30 frames per second.',
    '- About as good as: LTE, standing still.',
    '',
    'Steps:',
    '- API server: works',
    '- Logging: works in part (blocked)',
    '',
    'All figures:',
    '- Sound quality: 4.3 (excellent)',
    '- Picture quality: 4.1 (excellent)',
    '- Video rate: 1.5 Mbit/s',
    '- Possible rate: 2 Mbit/s',
    '- Sound rate: 32 kbit/s',
    '- Lost packets: 8%',
    '- Round-trip time: 350 ms',
    '- Jitter: 3 ms',
    '- Frames per second: 30',
    '- Kind of connection: direct',
  ];
  assert.deepEqual(text.split('\n'), expected);
});
