// From a test that is over to its report.

import { browserName } from './environment.js';
import { likeness } from './likeness.js';
import { REPORT_VERSION } from './report.js';
import { judge, lossOf } from './verdict.js';

/**
 * @param {import('./line-test.js').LineTest} test
 * @param {object} given
 * @param {boolean} given.audioOnly
 * @param {import('./screens/devices.js').Found} given.found
 * @param {import('./session.js').AsIf} [given.asIf]
 * @param {import('./figures.js').Second[]} given.seconds
 * @param {number} given.hiddenSeconds
 * @param {string} given.sdk The version of OpenTok.js; empty where it does not say it.
 * @returns {import('./report.js').Report}
 */
export function conclude(test, { audioOnly, found, asIf, seconds, hiddenSeconds, sdk }) {
  const { quality, samples, steps, wasStopped } = test;
  const connectivity = test.connectivity ?? { success: false, failedTests: [] };
  const verdict = judge(connectivity, quality, { ...found, audioOnly, hiddenSeconds, stopped: wasStopped });
  const last = samples.findLast((sample) => sample.availableOutgoingBitrate !== undefined);
  const availableBitrate = last?.availableOutgoingBitrate;
  const bitrate = availableBitrate ?? quality?.video.bitrate;
  // A device that holds the picture back says nothing of the line.
  const isLikeness = quality && bitrate !== undefined && !audioOnly && verdict.blame !== 'device';
  const like = isLikeness
    ? likeness({ bitrate, roundTripTime: quality.audio.roundTripTime, loss: lossOf(quality) })
    : undefined;
  return {
    kind: 'precall-test',
    version: REPORT_VERSION,
    at: new Date().toISOString(),
    browser: browserName(navigator.userAgent),
    ...(sdk ? { sdk } : {}),
    audioOnly,
    verdict,
    steps,
    ...(quality ? { quality } : {}),
    ...(availableBitrate === undefined ? {} : { availableBitrate }),
    seconds,
    hiddenSeconds,
    ...(like ? { like } : {}),
    ...(asIf ? { asIf } : {}),
  };
}
