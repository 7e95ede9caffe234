// Statistics that are no measurements, and callbacks that change what they are given: no result shows either.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { cleanStats, risingStats, sendingReport } from '../support/recordings.js';
import { otError } from '../support/scripted-ot.js';
import { world } from '../support/world.js';

/** @typedef {import('../support/recordings.js').Stats} Stats */
/** @typedef {import('../support/world.js').Sample} Sample */

/** @type {any[]} */
const NONSENSE = [NaN, Infinity, -Infinity, -7, 1e308, '0.1', {}, true];

/**
 * Runs a quality test in which the readings from `fromTick` to `toTick` are changed.
 * @param {import('node:test').TestContext} t
 * @param {(stats: Stats) => unknown} change
 * @param {object} [how]
 * @param {number} [how.fromTick]
 * @param {number} [how.toTick]
 * @param {(tick: number, isChanged: boolean) => any[]} [how.report] Entries of the publisher's report.
 * @param {import('../../src/options.js').NetworkTestOptions} [how.options]
 */
async function runWith(t, change, { fromTick = 1, toTick = Infinity, report, options } = {}) {
  /** @param {number} tick */
  const isChanged = (tick) => tick >= fromTick && tick <= toTick;
  /** @param {number} tick @param {boolean} audioOnly */
  const stats = (tick, audioOnly) => {
    const given = cleanStats(tick, audioOnly);
    if (isChanged(tick)) change(given);
    return given;
  };
  const here = world(t, { stats, report: report && ((tick) => report(tick, isChanged(tick))) }, options);
  /** @type {any[]} */
  const samples = [];
  const outcome = await here.clock.settled(here.networkTest.testQuality((sample) => void samples.push(sample)));
  await here.nothingIsLeft();
  return { ...outcome, samples };
}

/** Every number in a value, at any depth, is finite and not negative. @param {unknown} value */
function assertSound(value, path = '') {
  if (typeof value === 'number') {
    assert.ok(Number.isFinite(value) && value >= 0, `${path} is ${value}`);
  } else if (value && typeof value === 'object') {
    for (const [key, one] of Object.entries(value)) assertSound(one, `${path}.${key}`);
  }
}

describe('what is no figure counts as unknown', () => {
  for (const value of NONSENSE) {
    test(`a frame rate of ${String(value)}, once`, async (t) => {
      const { value: result, samples } = await runWith(t, ({ video }) => (video.frameRate = value), {
        fromTick: 3,
        toTick: 3,
      });
      assertSound({ result, samples });
      assert.ok(!('frameRate' in samples[2].video));
      assert.equal(result.video.frameRate, 22.5);
    });

    test(`a round trip and a jitter of ${String(value)}`, async (t) => {
      const report = () => [{ type: 'remote-inbound-rtp', kind: 'audio', roundTripTime: value, jitter: value }];
      const { value: result, samples } = await runWith(t, () => {}, { report });
      assertSound({ result, samples });
      assert.ok(!('roundTripTime' in result.audio) && !('jitter' in result.audio));
      assert.ok(Math.abs(result.audio.mos - 4.3028) < 1e-4);
    });

    test(`a size and an estimate of ${String(value)}`, async (t) => {
      const report = () => [{ type: 'candidate-pair', nominated: true, availableOutgoingBitrate: value }];
      const { value: result, samples } = await runWith(t, () => {}, { report, options: { scoring: 'bandwidth' } });
      assertSound({ result, samples });
      assert.equal(result.video.recommendationBasis, 'bitrate');
    });

    test(`bytes sent of ${String(value)}, once`, async (t) => {
      /** @param {number} tick @param {boolean} isChanged */
      const report = (tick, isChanged) =>
        sendingReport(tick).map((entry) => (isChanged ? { ...entry, bytesSent: value } : entry));
      const { value: result, samples } = await runWith(t, () => {}, { report, fromTick: 3, toTick: 3 });
      assertSound({ result, samples });
      assert.ok(!('bytesSent' in samples[2].audio) && 'bytesSent' in samples[3].audio);
      assert.equal(result.audio.supported, true);
    });

    // A negative byte counter ends a phase: that is published, and tested elsewhere.
    const counters = ['packetsReceived', 'packetsLost', ...(value === -7 ? [] : ['bytesReceived'])];
    for (const name of counters) {
      test(`${name} of ${String(value)}, once: its neighbours are left out, and nothing jumps`, async (t) => {
        /** @param {Stats} stats */
        const change = ({ audio, video }) => {
          audio[name] = value;
          video[name] = value;
        };
        const { value: result, samples } = await runWith(t, change, { fromTick: 3, toTick: 3 });
        assertSound({ result, samples });
        assert.equal(result.video.bitrate, 1_000_000);
        assert.equal(result.video.packetLossRatio, 0);
        assert.ok(Math.abs(result.audio.mos - 4.3028) < 1e-4);
      });
    }

    test(`a timestamp of ${String(value)}, once`, async (t) => {
      const { value: result, samples } = await runWith(t, (given) => (given.timestamp = value), {
        fromTick: 3,
        toTick: 3,
      });
      assertSound({ result, samples });
      assert.equal(result.video.bitrate, 1_000_000);
    });

    test(`a timestamp of ${String(value)}, always: the page's clock serves`, async (t) => {
      const { value: result, samples } = await runWith(t, (given) => (given.timestamp = value));
      assertSound({ result, samples });
      assert.equal(result.video.bitrate, 1_000_000);
    });
  }

  test('a counter that disappears for a second is not taken for zero', async (t) => {
    /** @param {Stats} stats */
    const change = ({ audio, video }) => {
      for (const track of [audio, video]) for (const key of Object.keys(track)) delete track[key];
    };
    const { value: result, samples } = await runWith(t, change, { fromTick: 3, toTick: 3 });
    assert.ok(!('audio' in samples[2]) && !('video' in samples[2]));
    assert.equal(result.video.bitrate, 1_000_000);
  });

  test('a counter that is never reported is zero', async (t) => {
    const { value: result, samples } = await runWith(t, ({ audio }) => delete audio.packetsLost);
    assert.equal(samples[0].audio.packetsLost, 0);
    assert.equal(result.audio.supported, true);
  });

  test('a loss that duplicates make negative is no loss', async (t) => {
    const { value: result, samples } = await runWith(t, ({ audio }) => (audio.packetsLost = -3));
    assert.equal(samples[0].audio.packetsLost, 0);
    assert.equal(result.audio.packetLossRatio, 0);
  });

  test('a size that is no size', async (t) => {
    const here = world(t, {}, { scoring: 'bandwidth' });
    const { subscribers } = here.log;
    here.clock.after(500, () => (subscribers[0].stream = { videoDimensions: { width: NaN, height: -1 } }));
    const { value } = await here.clock.settled(here.networkTest.testQuality());
    assertSound(value);
    assert.equal(value.video.mos, 1);
  });
});

describe('a callback that changes its object', () => {
  /** @param {any} stats */
  const convert = (stats) => {
    stats.video.bytesReceived /= 1024;
    stats.audio.packetsLost = 1e6;
    stats.phase = 'audio-only';
    delete stats.timestamp;
  };

  test('changes no result', async (t) => {
    const here = world(t, { report: sendingReport });
    const results = [];
    for (const callback of [(/** @type {Sample} */ stats) => void stats, convert]) {
      const { value } = await here.clock.settled(here.networkTest.testQuality(callback));
      results.push(value);
    }
    assert.deepEqual(results[0], results[1]);
    assert.equal(here.page.reported.length, 0);
  });
});

test('a reading that throws costs its second and no more', async (t) => {
  /** @param {number} tick @param {boolean} audioOnly */
  const stats = (tick, audioOnly) => (tick === 3 ? { throws: otError('X') } : risingStats(tick, audioOnly));
  const here = world(t, { stats }, { timeout: 8000 });
  const { value } = await here.clock.settled(here.networkTest.testQuality());
  assertSound(value);
  await here.nothingIsLeft();
});
