// The audio part of a result. Pure.

import { defined } from '../defined.js';
import { known } from '../numbers.js';
import { audioMos } from './audio-mos.js';
import { REASONS } from './reasons.js';
import {
  bitsPerSecond,
  interval,
  intervals,
  isOutage,
  lastWindow,
  lossRatio,
  mean,
  pairs,
  totalLossRatio,
} from './window.js';

/** @typedef {import('../stats.js').Sample} Sample */

/**
 * @typedef {object} AudioQuality
 * @property {boolean} supported
 * @property {string} [reason] Why not.
 * @property {number} [bitrate] Received bit/s over the last five seconds.
 * @property {number} [packetLossRatio] 0 to 1, over the last five seconds.
 * @property {number} [roundTripTime] In seconds, over the last five seconds.
 * @property {number} [jitter] In seconds, over the last five seconds.
 * @property {number} mos 1 to 4.5, over the whole phase.
 * @property {number} [frameRate] Never there. The published module has one type for audio and video; code that is written for it compiles.
 * @property {string | null} [recommendedResolution] Never there, as `frameRate`.
 * @property {number | null} [recommendedFrameRate] Never there, as `frameRate`.
 */

const SUPPORTED_MOS = 2.4;

/** The score of a second in which audio was sent and nothing arrived, as published. */
const OUTAGE_MOS = 1;

/**
 * @param {Sample[]} samples Of one phase.
 * @returns {AudioQuality}
 */
export function scoreAudio(samples) {
  const mos = meanMos(samples);
  const last = lastWindow(samples);
  const list = intervals(last, 'audio');
  const figure = (/** @type {'roundTripTime' | 'jitter'} */ name) =>
    mean(last.map((sample) => known(sample.audio?.[name])).filter((value) => value !== undefined));
  const supported = mos !== undefined && mos >= SUPPORTED_MOS;
  return defined({
    bitrate: mean(list.map(bitsPerSecond)),
    packetLossRatio: totalLossRatio(list),
    roundTripTime: figure('roundTripTime'),
    jitter: figure('jitter'),
    supported,
    reason: supported ? undefined : whyNot(samples, mos),
    mos: mos ?? 1,
  });
}

/**
 * The mean score of a phase. An audio track that was silent all the time leaves video, which took the same way, to judge that
 * by; without an audio track there is nothing to judge.
 * @param {Sample[]} samples
 * @returns {number | undefined}
 */
function meanMos(samples) {
  if (intervals(samples, 'audio').length === 0) return undefined;
  return mean(scores(samples, 'audio')) ?? mean(scores(samples, 'video'));
}

/**
 * The scores of the intervals that have one. A silent second has none: it says nothing about the network.
 * @param {Sample[]} samples
 * @param {'audio' | 'video'} track Whose loss is taken.
 */
function scores(samples, track) {
  return pairs(samples)
    .map((pair) => {
      if (isOutage(pair, track)) return OUTAGE_MOS;
      const found = interval(pair, track);
      const loss = found && lossRatio(found);
      return loss === undefined ? undefined : audioMos(loss, pair[1].audio?.roundTripTime);
    })
    .filter((score) => score !== undefined);
}

/**
 * @param {Sample[]} samples
 * @param {number | undefined} mos Undefined when nothing was judged.
 */
function whyNot(samples, mos) {
  if (mos !== undefined || samples.length === 0) return REASONS.tooLow;
  const tracks = samples.map(({ audio }) => audio).filter(Boolean);
  const sent = tracks.map((audio) => known(audio?.bytesSent)).filter((bytes) => bytes !== undefined);
  // What was never sent the network cannot have lost.
  const isUnsent = sent.length > 1 && sent[0] === sent[sent.length - 1];
  return tracks.length === 0 || isUnsent ? REASONS.noMicrophone : REASONS.tooLow;
}
