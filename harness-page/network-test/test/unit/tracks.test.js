// testQuality where a track is silent, lost on the way, or not there at all.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { cleanStats, sendingReport, untilOutage } from '../support/recordings.js';
import { runQuality as run, world } from '../support/world.js';

describe('an outage', () => {
  test('is not taken for silence', async (t) => {
    const { value } = await run(world(t, { stats: untilOutage(3), report: sendingReport }));
    assert.ok(value.audio.mos < 3, String(value.audio.mos));
  });

  test('is told by video where the sender cannot be read', async (t) => {
    const { value } = await run(world(t, { stats: untilOutage(3) }));
    assert.ok(value.audio.mos < 3, String(value.audio.mos));
  });

  test('of audio that is sent and never received makes it unsupported, though video flows', async (t) => {
    /** @param {number} tick @param {boolean} audioOnly */
    const stats = (tick, audioOnly) => {
      const given = cleanStats(tick, audioOnly);
      return { ...given, audio: { bytesReceived: 0, packetsReceived: 0, packetsLost: 0 } };
    };
    const { value } = await run(world(t, { stats, report: sendingReport }));
    const { supported, reason, mos } = value.audio;
    assert.deepEqual({ supported, reason, mos }, { supported: false, reason: 'Bandwidth too low.', mos: 1 });
    assert.equal(value.video.supported, true);
  });

  test('is not what a microphone has that never sent', async (t) => {
    /** @param {number} tick @param {boolean} audioOnly */
    const stats = (tick, audioOnly) => {
      const given = cleanStats(tick, audioOnly);
      return { ...given, audio: { bytesReceived: 0, packetsReceived: 0, packetsLost: 0 } };
    };
    /** @param {number} tick */
    const report = (tick) => sendingReport(tick).map((one) => (one.kind === 'audio' ? { ...one, bytesSent: 0 } : one));
    const { value } = await run(world(t, { stats, report }));
    assert.equal(value.audio.supported, true);
  });
});

describe('without audio', () => {
  /** @param {number} tick */
  const withoutAudio = (tick) => {
    const { timestamp, video } = cleanStats(tick, false);
    return { timestamp, video, audio: null };
  };

  test('in any reading there was no microphone, though video flows', async (t) => {
    const { value } = await run(world(t, { stats: withoutAudio }));
    assert.deepEqual(value.audio, { supported: false, reason: 'No microphone was found.', mos: 1 });
    assert.equal(value.video.supported, true);
  });
});

describe('without video', () => {
  test('because there is no camera: says so', async (t) => {
    const here = world(t, { kinds: ['audioInput', 'audioOutput'] });
    const { value, samples } = await run(here);
    assert.deepEqual(value.video, { supported: false, reason: 'No camera was found.', mos: 1 });
    assert.ok(samples.every(({ phase, limit, video }) => phase === 'audio-only' && limit === 10_000 && !video));
    assert.deepEqual(
      here.log.publishers.map(({ properties }) => properties.videoSource),
      [null],
    );
  });

  test('because the caller wants none: no camera is said to be missing', async (t) => {
    const here = world(t, {}, { audioOnly: true });
    const { value } = await run(here);
    assert.deepEqual(value.video, { supported: false, mos: 1 });
    assert.equal(value.audio.supported, true);
  });

  for (const videoSource of [null, false]) {
    test(`because the caller's videoSource is ${videoSource}: as with audioOnly`, async (t) => {
      const here = world(t, {}, { videoSource });
      const { value, samples } = await run(here);
      assert.deepEqual(value.video, { supported: false, mos: 1 });
      assert.ok(samples.every(({ phase, limit }) => phase === 'audio-only' && limit === 10_000));
    });
  }

  test('a first sample without video statistics is no missing camera', async (t) => {
    /** @param {number} tick @param {boolean} audioOnly */
    const stats = (tick, audioOnly) => {
      const { video, ...rest } = cleanStats(tick, audioOnly);
      return tick === 1 ? rest : { ...rest, video };
    };
    const { value } = await run(world(t, { stats }));
    assert.equal(value.video.supported, true);
  });

  test('with no video statistics at all the line was too poor for it', async (t) => {
    /** @param {number} tick */
    const stats = (tick) => cleanStats(tick, true);
    const { value } = await run(world(t, { stats }));
    assert.deepEqual(value.video, { supported: false, reason: 'Bandwidth too low.', mos: 1 });
  });

  test('with no audio statistics at all there was no microphone', async (t) => {
    /** @param {number} tick */
    const stats = (tick) => {
      const { audio, ...rest } = cleanStats(tick, false);
      return { ...rest, audioMissing: audio };
    };
    const { value } = await run(world(t, { stats }, { audioOnly: true }));
    assert.deepEqual(value.audio, { supported: false, reason: 'No microphone was found.', mos: 1 });
  });
});
