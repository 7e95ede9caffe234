// testQuality where it comes to a result: phases, samples, limits, stop, and what is let go.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { cleanStats, lossyStats, risingStats } from '../support/recordings.js';
import { otError } from '../support/scripted-ot.js';
import { runQuality as run, world } from '../support/world.js';

/** @typedef {import('../support/scripted-ot.js').Script} Script */

describe('a result', () => {
  test('of a clean line comes when the rate is steady', async (t) => {
    const here = world(t);
    const { value, ms, samples } = await run(here);
    assert.ok(ms >= 5000 && ms <= 5200, String(ms));
    assert.equal(samples.length, 5);
    assert.deepEqual(value.video, {
      bitrate: 1_000_000,
      packetLossRatio: 0,
      frameRate: 30,
      supported: true,
      recommendedResolution: '1280x720',
      recommendedFrameRate: 30,
      mediaRouting: 'Unknown',
      mos: value.video.mos,
    });
    assert.ok(!('reason' in value.video) && !('reason' in value.audio));
    assert.ok(Math.abs(value.audio.mos - 4.3028) < 1e-4);
  });

  test('asks OpenTok.js as published, and is silent', async (t) => {
    const here = world(t);
    await run(here);
    assert.deepEqual(here.log.publishers[0].properties, {
      width: '100%',
      height: '100%',
      insertMode: 'append',
      showControls: false,
      resolution: '1280x720',
      scalableVideo: false,
      audioSource: undefined,
      videoSource: undefined,
    });
    assert.deepEqual(here.log.subscribers[0].properties, {
      testNetwork: true,
      insertMode: 'append',
      audioVolume: 0,
      subscribeToAudio: true,
      subscribeToVideo: true,
    });
  });

  test("is nobody else's business: no request of its own, no cookie", async (t) => {
    const here = world(t);
    Object.defineProperty(globalThis.document, 'cookie', { set: () => assert.fail('a cookie was set') });
    await run(here);
    assert.deepEqual(here.page.requests, []);
  });

  test('of full HD asks the camera first, and lets it go', async (t) => {
    const here = world(t, {}, { fullHd: true, videoSource: 'cam' });
    let asked;
    const { getUserMedia } = here.page;
    here.page.getUserMedia = (constraints) => {
      asked = constraints;
      return getUserMedia(constraints);
    };
    await run(here);
    const video = { deviceId: { exact: 'cam' }, width: { exact: 1920 }, height: { exact: 1080 } };
    assert.deepEqual(asked, { video, audio: false });
    assert.equal(here.log.publishers[0].properties.resolution, '1920x1080');
  });

  test('a camera that answers the full HD question too late goes off again', async (t) => {
    const here = world(t, {}, { fullHd: true });
    const { getUserMedia } = here.page;
    here.page.getUserMedia = (constraints) =>
      new Promise((resolve) => here.clock.after(70_000, () => resolve(getUserMedia(constraints))));
    assert.equal((await run(here)).error.name, 'MediaDeviceError');
    await here.clock.pass(20_000);
    await here.nothingIsLeft();
  });
});

describe('the update callback', () => {
  test('comes once a second with everything that the result is computed from', async (t) => {
    /** @param {number} tick */
    const report = (tick) => [
      { type: 'remote-inbound-rtp', kind: 'audio', roundTripTime: 0.05, jitter: 0.002 },
      { type: 'outbound-rtp', kind: 'audio', bytesSent: tick * 4000 },
      { type: 'outbound-rtp', kind: 'video', bytesSent: tick * 130_000, qualityLimitationReason: 'cpu' },
      {
        type: 'candidate-pair',
        nominated: true,
        availableOutgoingBitrate: 2_000_000,
        localCandidateId: 'l',
        remoteCandidateId: 'r',
      },
      { type: 'local-candidate', id: 'l', candidateType: 'relay', protocol: 'udp', relayProtocol: 'tls' },
      { type: 'remote-candidate', id: 'r', candidateType: 'host', protocol: 'udp' },
    ];
    const { samples, value, calledAt } = await run(world(t, { report }));
    calledAt.forEach((at, index) => assert.ok(Math.abs(at - (index + 1) * 1000) <= 50, String(at)));
    assert.deepEqual(
      { ...samples[2], elapsed: Math.round(samples[2].elapsed / 1000) },
      {
        phase: 'audio-video',
        timestamp: 1_003_000,
        elapsed: 3,
        limit: 30_000,
        audio: {
          timestamp: 1_003_000,
          bytesSent: 12_000,
          bytesReceived: 12_000,
          packetsReceived: 150,
          packetsLost: 0,
          roundTripTime: 0.05,
          jitter: 0.002,
        },
        video: {
          timestamp: 1_003_000,
          bytesSent: 390_000,
          bytesReceived: 375_000,
          packetsReceived: 375,
          packetsLost: 0,
          frameRate: 30,
          frameWidth: 1280,
          frameHeight: 720,
          mediaRouting: 'Relayed (TURN/TLS)',
        },
        availableOutgoingBitrate: 2_000_000,
        qualityLimitationReason: 'cpu',
        simulcast: false,
      },
    );
    assert.equal(value.video.mediaRouting, 'Relayed (TURN/TLS)');
  });

  test('that throws ends nothing, and is reported', async (t) => {
    const here = world(t);
    const result = here.networkTest.testQuality((sample) => {
      throw new Error(sample.phase);
    });
    const { value } = await here.clock.settled(result);
    assert.equal(value.video.supported, true);
    assert.deepEqual(
      here.page.reported.map(({ message }) => message),
      Array(5).fill('audio-video'),
    );
    await here.nothingIsLeft();
  });

  test('that is none is refused before anything happens', (t) => {
    const here = world(t);
    /** @type {any[]} */
    const none = ['x', 1, {}, () => {}, (/** @type {unknown} */ a, /** @type {unknown} */ b) => [a, b]];
    for (const bad of none) {
      assert.throws(() => here.networkTest.testQuality(bad), {
        name: 'InvalidOnUpdateCallback',
        message: 'The onUpdate callback must be a function that accepts a single parameter.',
      });
    }
    assert.deepEqual(here.log.calls, []);
  });

  for (const none of [null, undefined]) {
    test(`may be ${none}`, async (t) => {
      const here = world(t);
      assert.ok((await here.clock.settled(here.networkTest.testQuality(none))).value);
    });
  }

  test('is not called for a second that could not be read, and a slow reading brings no burst', async (t) => {
    /** @param {number} tick @param {boolean} audioOnly */
    const stats = (tick, audioOnly) => {
      if (tick === 2) return otError('X');
      return { ...risingStats(tick, audioOnly), afterMs: tick === 3 ? 2500 : undefined };
    };
    const here = world(t, { stats }, { timeout: 12_000 });
    const { calledAt } = await run(here);
    assert.deepEqual(
      calledAt.map((at) => Math.round(at / 100) / 10),
      [1, 5.5, 6, 7, 8, 9, 10, 11, 12],
    );
  });
});

describe('a phase ends', () => {
  /** @type {Array<{what: string, options: any, endMs: number, samples: number}>} */
  const ends = [
    { what: 'after 30 s with video', options: {}, endMs: 30_000, samples: 30 },
    { what: 'after 10 s without', options: { audioOnly: true }, endMs: 10_000, samples: 10 },
    { what: 'at a timeout', options: { timeout: 7500 }, endMs: 7500, samples: 7 },
    { what: 'at a timeout without video', options: { timeout: 15_000, audioOnly: true }, endMs: 15_000, samples: 15 },
    { what: 'as usual when the timeout is too short', options: { timeout: 5000 }, endMs: 30_000, samples: 30 },
    { what: 'as usual when the timeout is too long', options: { timeout: 30_000 }, endMs: 30_000, samples: 30 },
    { what: 'as usual when the timeout is in seconds', options: { timeout: 20 }, endMs: 30_000, samples: 30 },
    { what: 'as usual when the timeout is negative', options: { timeout: -1 }, endMs: 30_000, samples: 30 },
    { what: 'as usual when the timeout is a string', options: { timeout: '20000' }, endMs: 30_000, samples: 30 },
  ];
  for (const { what, options, endMs, samples: count } of ends) {
    test(what, async (t) => {
      const { ms, samples } = await run(world(t, { stats: risingStats }, options));
      assert.ok(ms >= endMs && ms <= endMs + 200, String(ms));
      assert.equal(samples.length, count);
      assert.ok(samples.every(({ limit }) => limit === endMs));
    });
  }

  test('with `capacity` once it is sure, and after 18 s at the latest', async (t) => {
    const steady = await run(world(t, {}, { scoring: 'capacity' }));
    assert.ok(steady.ms >= 5000 && steady.ms < 7000, String(steady.ms));
    // A rate that grows all the time.
    const { ms, samples } = await run(world(t, { stats: risingStats }, { scoring: 'capacity' }));
    assert.ok(ms >= 18_000 && ms < 18_200, String(ms));
    assert.ok(samples.every(({ limit }) => limit === 18_000));
  });

  test('when a counter turns negative, with what there is', async (t) => {
    /** @param {number} tick @param {boolean} audioOnly */
    const stats = (tick, audioOnly) => {
      const given = risingStats(tick, audioOnly);
      if (tick === 4) given.video.bytesReceived = -1;
      return given;
    };
    const { value, ms, samples } = await run(world(t, { stats }));
    assert.ok(ms >= 4000 && ms <= 4200, String(ms));
    assert.equal(samples.length, 3);
    assert.ok(Number.isFinite(value.video.mos));
  });

  for (const [atMs, endMs] of [
    [0, 5000],
    [1200, 5000],
    [4990, 5000],
    [6300, 6300],
  ]) {
    test(`stopped at ${atMs} ms, at ${endMs} ms`, async (t) => {
      const here = world(t, { stats: risingStats });
      const { ms, value } = await run(here, { act: () => here.networkTest.stop(), atMs });
      assert.ok(ms >= endMs && ms <= endMs + 200, String(ms));
      assert.equal(value.audio.supported, true);
    });
  }

  test('five seconds after subscribing, when stopped while the user is asked', async (t) => {
    const here = world(t, { stats: risingStats, publisher: { afterMs: 20_000 } });
    const { ms } = await run(here, { act: () => here.networkTest.stop(), atMs: 3000 });
    assert.ok(ms >= 25_000 && ms <= 25_200, String(ms));
  });

  test('with stop nothing stays armed for the next test', async (t) => {
    const here = world(t, { stats: lossyStats });
    await run(here, { act: () => here.networkTest.stop(), atMs: 4500 });
    assert.equal(here.log.publishers.length, 1);
    await here.clock.pass(60_000);
    assert.equal(here.log.publishers.length, 1);
    await run(here, { act: () => here.networkTest.stop(), atMs: 100 });
  });
});

describe('the second phase', () => {
  /** @type {Script} */
  const suffers = { stats: (tick, audioOnly) => (audioOnly ? cleanStats : lossyStats)(tick, audioOnly) };

  test('comes when audio suffered: without video, and after the first was let go', async (t) => {
    const here = world(t, suffers);
    /** @type {number[]} */
    const firstDestroyed = [];
    const { initPublisher } = here.OT;
    here.OT.initPublisher = (...args) => {
      firstDestroyed.push(here.OT.left.publishers);
      return initPublisher(...args);
    };
    const { value, samples, calledAt } = await run(here);
    assert.deepEqual(firstDestroyed, [0, 0]);
    assert.deepEqual(
      here.log.publishers.map(({ properties }) => properties.videoSource),
      [undefined, null],
    );
    assert.equal(here.log.calls.filter((call) => call === 'connect').length, 1);
    assert.deepEqual(
      samples.map(({ phase }) => phase),
      [...Array(5).fill('audio-video'), ...Array(5).fill('audio-only')],
    );
    assert.ok(calledAt.every((at, index) => index === 0 || at - calledAt[index - 1] >= 950));
    assert.deepEqual(
      samples.map(({ limit }) => limit),
      [...Array(5).fill(30_000), ...Array(5).fill(10_000)],
    );
    assert.equal(value.audio.supported, true);
    assert.ok(Math.abs(value.audio.mos - 4.3028) < 1e-4);
    assert.equal(value.video.supported, true);
    assert.equal(value.video.bitrate, 1_000_000);
  });

  test('has the timeout too', async (t) => {
    const { samples } = await run(world(t, suffers, { timeout: 8000 }));
    assert.ok(samples.every(({ limit }) => limit === 8000));
  });

  test('does not come when audio was fine', async (t) => {
    const here = world(t);
    await run(here);
    assert.equal(here.log.publishers.length, 1);
  });

  test('does not come when the first was stopped', async (t) => {
    const here = world(t, { stats: lossyStats });
    const { value } = await run(here, { act: () => here.networkTest.stop(), atMs: 2000 });
    assert.equal(here.log.publishers.length, 1);
    assert.equal(value.audio.supported, false);
    assert.equal(value.audio.reason, 'Bandwidth too low.');
  });

  test('does not come when the microphone was silent and the line was good', async (t) => {
    /** @param {number} tick @param {boolean} audioOnly */
    const stats = (tick, audioOnly) => ({
      ...cleanStats(tick, audioOnly),
      audio: { bytesReceived: 0, packetsReceived: 0, packetsLost: 0 },
    });
    const here = world(t, { stats });
    const { value } = await run(here);
    assert.equal(here.log.publishers.length, 1);
    assert.equal(value.audio.supported, true);
  });
});
