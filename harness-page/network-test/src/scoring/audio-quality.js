// The audio part of a result. Pure.

import { defined } from '../defined.js';
import { audioMos } from './audio-mos.js';
import { REASONS } from './reasons.js';
import { bitsPerSecond, interval, intervals, lastWindow, lossRatio, mean, pairs, totalLossRatio } from './window.js';

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
 */

const SUPPORTED_MOS = 2.4;

/**
 * @param {Sample[]} samples Of one phase.
 * @returns {AudioQuality}
 */
export function scoreAudio(samples) {
  const mos = meanMos(samples);
  const last = lastWindow(samples);
  const list = intervals(last, 'audio');
  const figure = (/** @type {'roundTripTime' | 'jitter'} */ name) =>
    mean(last.map((sample) => sample.audio?.[name]).filter((value) => value !== undefined));
  const supported = mos !== undefined && mos >= SUPPORTED_MOS;
  return defined({
    bitrate: mean(list.map(bitsPerSecond)),
    packetLossRatio: totalLossRatio(list),
    roundTripTime: figure('roundTripTime'),
    jitter: figure('jitter'),
    supported,
    reason: supported ? undefined : whyNot(samples),
    mos: mos ?? 1,
  });
}

/**
 * A second without packets says nothing about the network: the microphone was muted, or silent. One that was silent all the
 * time leaves video, which took the same way, to judge that by.
 * @param {Sample[]} samples
 * @returns {number | undefined}
 */
function meanMos(samples) {
  return mean(scores(samples, 'audio')) ?? mean(scores(samples, 'video'));
}

/**
 * @param {Sample[]} samples
 * @param {'audio' | 'video'} track Whose loss is taken.
 */
function scores(samples, track) {
  return pairs(samples)
    .map((pair) => {
      const found = interval(pair, track);
      const loss = found && lossRatio(found);
      return loss === undefined ? undefined : audioMos(loss, pair[1].audio?.roundTripTime);
    })
    .filter((score) => score !== undefined);
}

/** @param {Sample[]} samples */
function whyNot(samples) {
  const tracks = samples.map(({ audio }) => audio).filter((audio) => audio !== undefined);
  const sent = tracks.map(({ bytesSent }) => bytesSent).filter((bytes) => bytes !== undefined);
  const isUnheard = samples.length > 0 && tracks.length === 0;
  // What was never sent the network cannot have lost.
  const isUnsent = sent.length > 1 && sent[0] === sent[sent.length - 1] && scores(samples, 'audio').length === 0;
  return isUnheard || isUnsent ? REASONS.noMicrophone : REASONS.tooLow;
}
