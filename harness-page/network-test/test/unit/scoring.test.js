// The figures: against vectors that precall's Rust oracle reads too, and against figures worked out by hand.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { audioMos, scoreQuality, videoMos } from '../../src/scoring.js';
import { byBandwidth, classic } from '../../src/scoring/recommendation.js';
import { isSteady } from '../../src/scoring/steady-state.js';

const vectors = JSON.parse(readFileSync(new URL('../../../../tests/vectors/score.json', import.meta.url), 'utf8'));

/** @typedef {import('../../src/stats.js').Sample} Sample */

/** The same to 1e-9, key by key. @param {string} path @param {any} got @param {any} expected */
function same(path, got, expected) {
  if (typeof expected === 'number') {
    const scale = Math.max(Math.abs(got), Math.abs(expected), 1);
    assert.ok(Math.abs(got - expected) <= 1e-9 * scale, `${path}: ${got}, not ${expected}`);
  } else if (expected && typeof expected === 'object') {
    assert.deepEqual(Object.keys(got).sort(), Object.keys(expected).sort(), path);
    for (const key of Object.keys(expected)) same(`${path}.${key}`, got[key], expected[key]);
  } else {
    assert.equal(got, expected, path);
  }
}

describe('vectors', () => {
  for (const { name, scoring, samples, expected } of vectors.cases) {
    test(name, () => same('', scoreQuality(samples, { scoring }), expected));
  }

  test('audio MOS', () => {
    for (const { lossRatio, roundTripTime, mos } of vectors.audioMos) {
      same(`${lossRatio} ${roundTripTime}`, audioMos(lossRatio, roundTripTime ?? undefined), mos);
    }
  });

  test('video MOS', () => {
    for (const { bitrate, width, height, mos } of vectors.videoMos) {
      same(`${bitrate} ${width}x${height}`, videoMos(bitrate, width, height), mos);
    }
  });

  test('no result is ever without a number, or out of range', () => {
    for (const { samples } of vectors.cases) {
      for (const scoring of /** @type {const} */ (['classic', 'bandwidth'])) {
        // Any cut of a recording is one that a test may end with.
        for (let length = 0; length <= samples.length; length += 1) {
          const { audio, video } = scoreQuality(samples.slice(0, length), { scoring });
          for (const value of [...Object.values(audio), ...Object.values(video)]) {
            assert.ok(
              typeof value !== 'number' || (Number.isFinite(value) && value >= 0),
              JSON.stringify({ audio, video }),
            );
          }
          for (const { mos, packetLossRatio = 0 } of [audio, video]) {
            assert.ok(mos >= 1 && mos <= 4.5 && packetLossRatio <= 1);
          }
        }
      }
    }
  });
});

describe('audio MOS by hand', () => {
  // As published, with the round trip unknown: d = 180 ms, Id = 4.617.
  const published = [
    [0, 4.3028],
    [0.01, 4.1469],
    [0.02, 3.9992],
    [0.05, 3.6231],
    [0.1, 3.1662],
    [0.15, 2.8379],
    [0.2, 2.5868],
    [0.25, 2.3865],
    [0.3, 2.222],
    [0.5, 1.7759],
    [1, 1.2754],
  ];
  for (const [loss, mos] of published) {
    test(`loss ${loss}`, () => assert.ok(Math.abs(audioMos(loss) - mos) < 5e-5, String(audioMos(loss))));
  }

  test('the round trip counts: 1 s is d = 530 ms, Id = 12.72 + 38.797, R = 41.683', () => {
    const rating = 93.2 - (0.024 * 530 + 0.11 * (530 - 177.3));
    const mos = 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating);
    assert.ok(Math.abs(rating - 41.683) < 1e-9 && Math.abs(audioMos(0, 1) - mos) < 1e-12);
    assert.ok(audioMos(0, 1) < 2.4);
  });

  test('an unknown round trip counts as 300 ms', () => assert.equal(audioMos(0.1), audioMos(0.1, 0.3)));

  test('24.6 % of loss is the most that is supported', () => {
    assert.ok(audioMos(0.246) >= 2.4 && audioMos(0.247) < 2.4);
  });
});

describe('video MOS by hand', () => {
  test('below 30 kbit/s it is 1, at 30 kbit/s too', () => {
    assert.equal(videoMos(29_999, 1280, 720), 1);
    assert.equal(videoMos(30_000, 1280, 720), 1);
  });

  test('at the target it would be 5, and is 4.5', () => {
    // log10(640 · 480) = 5.48742…; its power 0.6250223771 times 2.069924867 is the logarithm of the target.
    const target = 10 ** (2.069924867 * Math.log10(307_200) ** 0.6250223771);
    assert.equal(videoMos(target, 640, 480), 4.5);
    assert.equal(videoMos(1e9, 640, 480), 4.5);
    // Half way there on the logarithmic scale is half way from 1 to 5.
    assert.ok(Math.abs(videoMos(Math.sqrt(30_000 * target), 640, 480) - 3) < 1e-9);
  });

  test('a picture so small that its target lies under the floor scores 4.5, as published', () => {
    assert.equal(videoMos(31_000, 16, 12), 4.5);
  });

  test('a picture of unknown size scores 1', () => {
    assert.equal(videoMos(1e6, 0, 0), 1);
    assert.equal(videoMos(1e6, NaN, NaN), 1);
  });
});

describe('the classic table', () => {
  /** @type {Array<[number, number, string, string | undefined]>} */
  const rows = [
    [1_000_000, 0.005, '1280x720', '640x480'],
    [600_000, 0.005, '640x480', '320x240'],
    [300_000, 0.005, '320x240', '640x480'],
    [350_000, 0.03, '1280x720', '640x480'],
    [250_000, 0.03, '640x480', '320x240'],
    [150_000, 0.03, '320x240', undefined],
  ];
  for (const [bitrate, loss, resolution, under] of rows) {
    test(`${bitrate} bit/s and ${loss}: ${resolution}, and just under ${under}`, () => {
      assert.equal(classic(bitrate, loss), resolution);
      assert.equal(classic(bitrate - 1, loss), under);
    });
  }

  test('too much loss supports nothing', () => assert.equal(classic(1e9, 0.0301), undefined));

  test('loss can raise the advice, as published', () => {
    assert.equal(classic(450_000, 0), '320x240');
    assert.equal(classic(450_000, 0.01), '1280x720');
    assert.equal(classic(260_000, 0), '640x480');
    assert.equal(classic(310_000, 0), '320x240');
  });
});

describe('the bandwidth ladder', () => {
  const all = 1920 * 1080;
  /** @type {Array<[string | undefined, number, number]>} */
  const rungs = [
    ['1920x1080', 3_000_000, 4_162_500],
    ['1280x720', 1_875_000, 2_362_500],
    ['960x540', 900_000, 1_162_500],
    ['640x360', 375_000, 487_500],
    ['480x270', 225_000, 262_500],
    ['320x180', 112_500, 112_500],
    [undefined, 0, 0],
  ];
  for (const [index, [rung, single, simulcast]] of rungs.slice(0, -1).entries()) {
    test(`${rung} from ${single} and ${simulcast} bit/s on`, () => {
      const under = rungs[index + 1][0];
      assert.deepEqual([byBandwidth(single, false, all), byBandwidth(single - 1, false, all)], [rung, under]);
      assert.deepEqual([byBandwidth(simulcast, true, all), byBandwidth(simulcast - 1, true, all)], [rung, under]);
    });
  }

  test('advises nothing larger than what was received', () => {
    assert.equal(byBandwidth(1e9, false, 1280 * 720), '1280x720');
    assert.equal(byBandwidth(1e9, false, 640 * 480), '640x360');
    assert.equal(byBandwidth(1e9, false, 0), undefined);
  });
});

describe('a result by hand', () => {
  /**
   * Samples of one second each, from [bytes, received, lost] of each second.
   * @param {number[][]} seconds
   * @param {import('../../src/stats.js').Phase} [phase]
   * @returns {Array<Sample & Required<Pick<Sample, 'audio'>>>}
   */
  function recording(seconds, phase = 'audio-video') {
    const total = { bytesReceived: 0, packetsReceived: 0, packetsLost: 0 };
    return [[0, 0, 0], ...seconds].map(([bytes, received, lost], index) => {
      total.bytesReceived += bytes;
      total.packetsReceived += received;
      total.packetsLost += lost;
      const timestamp = index * 1000;
      const audio = { timestamp, ...total };
      const video = { timestamp, ...total, frameRate: 20 + index, frameWidth: 640, frameHeight: 480 };
      const common = { phase, timestamp, elapsed: timestamp, limit: 30_000, audio };
      return phase === 'audio-video' ? { ...common, video } : common;
    });
  }

  test('bitrate is the mean of the last five seconds: (100 + … + 140) / 5 kB', () => {
    const { audio, video } = scoreQuality(recording([5, 60, 100, 110, 120, 130, 140].map((kB) => [kB * 1000, 100, 0])));
    assert.equal(video.bitrate, 960_000);
    assert.equal(audio.bitrate, 960_000);
    // Samples 3 to 7: 23, 24, 25, 26, 27.
    assert.equal(video.frameRate, 25);
  });

  test('40 % lost in the last five seconds is 0.4, whatever came before', () => {
    const calm = Array(20).fill([50_000, 100, 0]);
    const bad = Array(5).fill([50_000, 60, 40]);
    assert.equal(scoreQuality(recording([...calm, ...bad])).video.packetLossRatio, 0.4);
    assert.equal(scoreQuality(recording([...bad, ...calm])).video.packetLossRatio, 0);
  });

  test('MOS is the mean of the whole phase: half clean and half with 10 % of loss', () => {
    const { audio } = scoreQuality(recording([...Array(10).fill([4000, 50, 0]), ...Array(10).fill([4000, 45, 5])]));
    assert.ok(Math.abs(audio.mos - (4.3028 + 3.1662) / 2) < 1e-4);
  });

  test('a counter that goes back, or a clock that stands still, costs its second and no more', () => {
    const clean = recording(Array(8).fill([50_000, 100, 0]));
    const before = scoreQuality(clean);
    const reset = structuredClone(clean);
    for (const { audio, video } of reset.slice(5)) {
      for (const track of [audio, video]) {
        if (!track) continue;
        track.bytesReceived -= 250_000;
        track.packetsReceived -= 500;
      }
    }
    const still = structuredClone(clean);
    still[5].timestamp = still[4].timestamp;
    for (const samples of [reset, still]) {
      const { audio, video } = scoreQuality(samples);
      assert.ok(Math.abs(audio.mos - before.audio.mos) < 1e-9);
      assert.equal(video.packetLossRatio, 0);
      assert.ok(Number.isFinite(video.bitrate) && Number(video.bitrate) > 0);
    }
  });

  test('RTT and jitter are means of the window, in seconds', () => {
    const samples = recording(Array(8).fill([4000, 50, 0]), 'audio-only');
    samples.forEach(({ audio }, index) => Object.assign(audio, { roundTripTime: index / 100, jitter: index / 1000 }));
    const { audio } = scoreQuality(samples);
    // Samples 3 to 8.
    assert.ok(Math.abs(Number(audio.roundTripTime) - 0.055) < 1e-12);
    assert.ok(Math.abs(Number(audio.jitter) - 0.0055) < 1e-12);
  });

  test('no camera is said only when there is none', () => {
    const samples = recording(Array(8).fill([4000, 50, 0]), 'audio-only');
    assert.deepEqual(scoreQuality(samples, { noCamera: true }).video, {
      supported: false,
      reason: 'No camera was found.',
      mos: 1,
    });
    assert.deepEqual(scoreQuality(samples).video, { supported: false, mos: 1 });
  });
});

describe('steady state', () => {
  /** @param {number[]} rates @returns {Sample[]} */
  const samples = (rates) => {
    let bytes = 0;
    return [0, ...rates].map((rate, index) => {
      bytes += rate / 8;
      const timestamp = index * 1000;
      const audio = { timestamp, bytesReceived: bytes, packetsReceived: index * 50, packetsLost: 0 };
      return { phase: 'audio-video', timestamp, elapsed: timestamp, limit: 30_000, audio };
    });
  };
  /** @type {Array<[string, number[], boolean]>} */
  const cases = [
    ['four samples', [1000, 1000, 1000], false],
    ['five samples of one rate', [1000, 1000, 1000, 1000], true],
    ['a rise of 5 %', [1000, 1050, 1000, 1000], true],
    ['a rise of 5.1 %', [1000, 1051, 1000, 1000], false],
    ['a fall to a tenth, as published', [1000, 800, 400, 100], true],
    ['a rise before the window', [10, 1000, 1000, 1000, 1000, 1000, 1000], true],
    ['a rise after a fall', [1000, 500, 1000, 1000], false],
    ['nothing at all', [0, 0, 0, 0], true],
    ['a start from nothing', [0, 0, 0, 8], false],
  ];
  for (const [what, rates, steady] of cases) {
    test(`${what}: ${steady}`, () => assert.equal(isSteady(samples(rates)), steady));
  }

  test('a clock that stands still is never steady', () => {
    const still = samples([1000, 1000, 1000, 1000, 1000]).map((sample) => ({ ...sample, timestamp: 7 }));
    assert.equal(isSteady(still), false);
  });
});
