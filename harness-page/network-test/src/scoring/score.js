// A quality result from samples. Pure; defined in the README, "How the figures are computed".

import { scoreAudio } from './audio-quality.js';
import { scoreVideo } from './video-quality.js';

/** @typedef {import('../stats.js').Sample} Sample */
/** @typedef {{audio: import('./audio-quality.js').AudioQuality, video: import('./video-quality.js').VideoQuality}} QualityTestResults */

/**
 * @param {Sample[]} samples Audio is taken from the last phase, video from the first.
 * @param {{scoring?: import('./video-quality.js').Scoring, noCamera?: boolean}} [options]
 * @returns {QualityTestResults}
 */
export function scoreQuality(samples, { scoring = 'classic', noCamera = false } = {}) {
  const withVideo = samples.filter(({ phase }) => phase === 'audio-video');
  const audioOnly = samples.filter(({ phase }) => phase === 'audio-only');
  return {
    audio: scoreAudio(audioOnly.length > 0 ? audioOnly : withVideo),
    video: scoreVideo(withVideo, scoring, noCamera),
  };
}
