// testQuality with the scoring profile that goes by the sender's bandwidth estimate.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { otError } from '../support/scripted-ot.js';
import { runQuality as run, world } from '../support/world.js';

/** @typedef {import('../support/scripted-ot.js').Script} Script */

describe('scoring by bandwidth', () => {
  /** @param {number} bitsPerSecond */
  const sender = (bitsPerSecond) => () => [
    { type: 'candidate-pair', nominated: true, availableOutgoingBitrate: bitsPerSecond },
    { type: 'outbound-rtp', kind: 'video', qualityLimitationReason: 'bandwidth' },
  ];

  test('goes by the estimate of the sender', async (t) => {
    const { value } = await run(world(t, { report: sender(900_000) }, { scoring: 'bandwidth' }));
    assert.equal(value.video.recommendedResolution, '960x540');
    assert.equal(value.video.recommendationBasis, 'availableOutgoingBitrate');
    assert.equal(value.video.qualityLimitationReason, 'bandwidth');
  });

  test('goes by what was received where there is none, and says so', async (t) => {
    const { value } = await run(world(t, {}, { scoring: 'bandwidth' }));
    assert.equal(value.video.recommendedResolution, '960x540');
    assert.equal(value.video.recommendationBasis, 'bitrate');
  });

  /** @type {Array<[string, Script]>} */
  const slow = [
    ['hangs', { report: () => 'hang' }],
    ['fails', { report: () => otError('X') }],
    ['is given to a callback', { report: sender(3_000_000), reportStyle: 'callback' }],
  ];
  for (const [what, script] of slow) {
    test(`a sender's report that ${what} holds nothing up`, async (t) => {
      const { value, calledAt } = await run(world(t, script, { scoring: 'bandwidth' }));
      assert.equal(value.video.supported, true);
      assert.ok(calledAt.length >= 5);
      calledAt.forEach((at, index) => assert.ok(at - (index + 1) * 1000 <= 600, String(at)));
      if (script.reportStyle) assert.equal(value.video.recommendationBasis, 'availableOutgoingBitrate');
    });
  }
});
