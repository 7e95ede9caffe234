// The video part of a result. Pure.

import { defined } from '../defined.js';
import { known } from '../numbers.js';
import { judgeCapacity } from './capacity.js';
import { REASONS } from './reasons.js';
import { byBandwidth, classic } from './recommendation.js';
import { videoMos } from './video-mos.js';
import { bitsPerSecond, interval, intervals, lastWindow, mean, pairs, totalLossRatio } from './window.js';

/** @typedef {import('../stats.js').Sample} Sample */
/** @typedef {'classic' | 'bandwidth' | 'capacity'} Scoring */

/**
 * Only `supported`, `mos` and `reason` are there in a test without video.
 * @typedef {object} VideoQuality
 * @property {boolean} supported
 * @property {string} [reason] Why not.
 * @property {number} [bitrate] Received bit/s over the last five seconds.
 * @property {number} [packetLossRatio] 0 to 1, over the last five seconds.
 * @property {number} [frameRate] Frames per second over the last five seconds.
 * @property {string | null} [recommendedResolution] As in `640x480`; null when video is not supported.
 * @property {number | null} [recommendedFrameRate] Frames per second; null when video is not supported.
 * @property {'availableOutgoingBitrate' | 'bitrate'} [recommendationBasis] With `bandwidth` and `capacity` scoring: the sender's
 *   estimate, or, where the browser has none, what was received.
 * @property {string} [qualityLimitationReason] With `bandwidth` and `capacity` scoring: what held the encoder back, if anything did.
 * @property {number} [capacity] With `capacity` scoring: what the network carries, in bit/s.
 * @property {number} [confidence] With `capacity` scoring: the chance that a longer test would recommend the same, 0 to 1.
 * @property {'network' | 'computer'} [limitedBy] With `capacity` scoring: what keeps the test from recommending the largest size.
 * @property {import('../media-routing.js').MediaRouting} [mediaRouting] The way that media took, as in 5.x; always there in a test with video.
 * @property {number} mos 1 to 4.5, over the whole phase.
 */

/** Recommended with every resolution, in frames per second. */
const FRAME_RATE = 30;

/**
 * @param {Sample[]} samples Of the phase with video; none when there was no such phase.
 * @param {Scoring} scoring
 * @param {boolean} noCamera
 * @returns {VideoQuality}
 */
export function scoreVideo(samples, scoring, noCamera) {
  const received = samples.filter(({ video }) => video);
  const newest = received[received.length - 1]?.video;
  if (!newest) return defined({ supported: false, reason: whyNone(samples, noCamera), mos: 1 });
  const last = lastWindow(samples);
  const list = intervals(last, 'video');
  const bitrate = mean(list.map(bitsPerSecond));
  const packetLossRatio = totalLossRatio(list);
  const advice =
    scoring === 'classic'
      ? { recommended: classic(bitrate ?? 0, packetLossRatio ?? 0) }
      : scoring === 'capacity'
        ? adviseByCapacity(samples, isSeen(last, bitrate ?? 0))
        : adviseByBandwidth(samples, last, bitrate ?? 0, newest);
  const { recommended, ...further } = advice;
  const supported = recommended !== undefined;
  return defined({
    bitrate,
    packetLossRatio,
    frameRate: mean(frameRates(last).map((rate) => rate ?? 0)),
    supported,
    reason: supported ? undefined : REASONS.tooLow,
    recommendedResolution: recommended ?? null,
    recommendedFrameRate: supported ? FRAME_RATE : null,
    ...further,
    mediaRouting: routing(received),
    mos: mean(scores(samples)) ?? 1,
  });
}

/**
 * @param {Sample[]} samples
 * @param {boolean} noCamera
 */
function whyNone(samples, noCamera) {
  if (noCamera) return REASONS.noCamera;
  // Video was sent, and nothing of it came; without such a phase nobody asked for video.
  return samples.length > 0 ? REASONS.tooLow : undefined;
}

/** @param {Sample[]} samples */
function scores(samples) {
  return pairs(samples)
    .map((pair) => {
      const found = interval(pair, 'video');
      return found && videoMos(bitsPerSecond(found), ...size(pair[1].video));
    })
    .filter((score) => score !== undefined);
}

/**
 * Of the newer sample of each pair; the samples without video are left out.
 * @param {Sample[]} samples
 */
function frameRates(samples) {
  return pairs(samples)
    .filter(([, { video }]) => video)
    .map(([, { video }]) => known(video?.frameRate));
}

/**
 * Width and height; 0 where they are unknown.
 * @param {import('../stats.js').VideoCounters | undefined} video
 * @returns {[number, number]}
 */
function size(video) {
  return [known(video?.frameWidth) ?? 0, known(video?.frameHeight) ?? 0];
}

/**
 * The newest routing that is known: a second in which the sender could not be read says nothing about the way.
 * @param {Sample[]} samples With video.
 */
function routing(samples) {
  const told = samples.map(({ video }) => video?.mediaRouting).filter((one) => one !== undefined);
  const seen = told.filter((one) => one !== 'Unknown');
  return seen[seen.length - 1] ?? told[0];
}

/**
 * @param {Sample[]} samples
 * @param {Sample[]} last The window.
 * @param {number} bitrate
 * @param {import('../stats.js').VideoCounters} newest
 */
function adviseByBandwidth(samples, last, bitrate, newest) {
  const estimates = samples
    .map((sample) => known(sample.availableOutgoingBitrate))
    .filter((estimate) => estimate !== undefined);
  const estimate = estimates[estimates.length - 1];
  const isSimulcast = last.some(({ simulcast }) => simulcast);
  const [width, height] = size(newest);
  const pixels = width * height;
  return {
    recommended: isSeen(last, bitrate) ? byBandwidth(estimate ?? bitrate, isSimulcast, pixels) : undefined,
    recommendationBasis: /** @type {'availableOutgoingBitrate' | 'bitrate'} */ (
      estimate === undefined ? 'bitrate' : 'availableOutgoingBitrate'
    ),
    qualityLimitationReason: limitation(samples),
  };
}

/**
 * @param {Sample[]} samples
 * @param {boolean} hasVideo
 */
function adviseByCapacity(samples, hasVideo) {
  const { recommended, basis, ...further } = judgeCapacity(samples) ?? {};
  return {
    recommended: hasVideo ? recommended : undefined,
    recommendationBasis: basis,
    ...further,
    qualityLimitationReason: limitation(samples),
  };
}

/**
 * Whether video was received and seen: nothing else is recommended.
 * @param {Sample[]} last The window.
 * @param {number} bitrate
 */
function isSeen(last, bitrate) {
  const rates = frameRates(last).filter((rate) => rate !== undefined);
  return bitrate > 0 && (rates.length === 0 || rates.some((rate) => rate > 0));
}

/** What held the encoder back at the end, if anything did. @param {Sample[]} samples */
function limitation(samples) {
  const reason = samples[samples.length - 1].qualityLimitationReason;
  return reason === 'none' ? undefined : reason;
}
