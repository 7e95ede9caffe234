// A quality result from samples. Pure; defined in the README, "How the figures are computed".

import { audioMos, videoMos } from './mos.js';
import { byBandwidth, classic } from './recommendation.js';
import { bitsPerSecond, interval, intervals, lastWindow, lossRatio, mean, pairs, totalLossRatio } from './window.js';

/** @typedef {import('../stats.js').Sample} Sample */

const AUDIO_SUPPORTED_MOS = 2.4;
const TOO_LOW = 'Bandwidth too low.';
const FRAME_RATE = 30;

/**
 * @param {Sample[]} samples Audio is taken from the last phase, video from the first.
 * @param {{scoring?: 'classic' | 'bandwidth'}} [options]
 */
export function scoreQuality(samples, { scoring = 'classic' } = {}) {
  const withVideo = samples.filter(({ phase }) => phase === 'audio-video');
  const audioOnly = samples.filter(({ phase }) => phase === 'audio-only');
  return {
    audio: scoreAudio(audioOnly.length > 0 ? audioOnly : withVideo),
    video: scoreVideo(withVideo, scoring),
  };
}

/** @param {Sample[]} samples */
function scoreAudio(samples) {
  const scores = pairs(samples).flatMap((pair) => {
    const found = interval(pair, 'audio');
    const loss = found && lossRatio(found);
    // A second without packets says nothing about the network: the microphone was muted, or silent.
    return loss === undefined ? [] : [audioMos(loss, pair[1].audio?.roundTripTime)];
  });
  const mos = mean(scores) ?? 1;
  const last = lastWindow(samples);
  const list = intervals(last, 'audio');
  const figure = (/** @type {'roundTripTime' | 'jitter'} */ name) =>
    mean(last.flatMap((sample) => sample.audio?.[name] ?? []));
  const supported = mos >= AUDIO_SUPPORTED_MOS;
  return defined({
    bitrate: mean(list.map(bitsPerSecond)),
    packetLossRatio: totalLossRatio(list),
    roundTripTime: figure('roundTripTime'),
    jitter: figure('jitter'),
    supported,
    reason: supported ? undefined : TOO_LOW,
    mos,
  });
}

/** @param {Sample[]} samples @param {'classic' | 'bandwidth'} scoring */
function scoreVideo(samples, scoring) {
  const lastVideo = samples.findLast((sample) => sample.video)?.video;
  if (!lastVideo) return { supported: false, mos: 1 };
  const scores = pairs(samples).flatMap((pair) => {
    const found = interval(pair, 'video');
    const video = pair[1].video;
    return found && video ? [videoMos(bitsPerSecond(found), video.frameWidth ?? 0, video.frameHeight ?? 0)] : [];
  });
  const last = lastWindow(samples);
  const list = intervals(last, 'video');
  const bitrate = mean(list.map(bitsPerSecond));
  const packetLossRatio = totalLossRatio(list);
  const received = bitrate ?? 0;
  const newest = samples.at(-1);
  /** @type {string | undefined} */
  let recommended;
  if (scoring === 'classic') {
    recommended = classic(received, packetLossRatio ?? 0);
  } else if (received > 0) {
    // A browser without the estimate has the received rate to go by.
    const estimate = samples.findLast((sample) => sample.availableOutgoingBitrate !== undefined);
    recommended = byBandwidth(
      estimate?.availableOutgoingBitrate ?? received,
      last.some((sample) => sample.simulcast),
      { width: lastVideo.frameWidth ?? 0, height: lastVideo.frameHeight ?? 0 },
    );
  }
  const limitation = newest?.qualityLimitationReason;
  return defined({
    bitrate,
    packetLossRatio,
    frameRate: mean(pairs(last).flatMap(([, { video }]) => (video ? [video.frameRate ?? 0] : []))),
    supported: recommended !== undefined,
    reason: recommended === undefined ? TOO_LOW : undefined,
    recommendedResolution: recommended ?? null,
    recommendedFrameRate: recommended === undefined ? null : FRAME_RATE,
    qualityLimitationReason: scoring === 'bandwidth' && limitation !== 'none' ? limitation : undefined,
    mos: mean(scores) ?? 1,
  });
}

/** Without what is undefined. @template {object} T @param {T} object @returns {Partial<T>} */
function defined(object) {
  return /** @type {Partial<T>} */ (Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)));
}
