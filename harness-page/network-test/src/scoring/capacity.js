// What the network can carry, how sure that is, and when a test knows enough. Pure; explained in the README.

import { known } from '../numbers.js';
import { bitsPerSecond, interval, mean, pairs } from './window.js';

/** @typedef {import('../stats.js').Sample} Sample */

/**
 * @typedef {object} Capacity
 * @property {string | undefined} recommended As in `640x360`; undefined where no size would hold.
 * @property {number} capacity What the network carries, in bit/s.
 * @property {number} confidence The chance that another, longer test would come to the same size, 0 to 1.
 * @property {'availableOutgoingBitrate' | 'bitrate'} basis The sender's estimate, or what was received.
 * @property {'network' | 'computer' | undefined} limitedBy What keeps the test from recommending the largest size.
 */

/**
 * Width, height, the least bit/s of a call of that size, sound included, and the bit/s from which on such a call does not fill the network.
 *
 * At the first rate calls with a detailed picture keep their frame rate and look better than at the next smaller size.
 */
const RUNGS = /** @type {const} */ ([
  [1280, 720, 1_200_000, 2_500_000],
  [640, 360, 305_000, 1_300_000],
  [320, 180, 290_000, 850_000],
]);

/**
 * The longest round trips to the router, in seconds. A delay of 400 ms between two people is bearable (ITU-T G.114). A part of it is
 * taken by the two computers, and, where a call fills the network, by packets that wait in queues; the round trip may take the rest.
 */
const MAX_ROUND_TRIP = 0.3;
const MAX_ROUND_TRIP_FILLED = 0.2;

/** The first samples tell of the browser's start, not of the network. */
const SKIPPED_MS = 2000;

/** As many of the last values are looked at. */
const LAST = 6;

/** Estimates vary by so much on a network that does not: the least standard deviation of their logarithms. */
const RATE_NOISE = 0.1;

/** Consecutive values depend on each other: so many count as one. */
const COUNT_AS_ONE = 2;

/** A call conceals the audio that is lost, and more than 2 % of that is heard. Where 2 % was lost, 1.8 % was concealed. */
const MAX_LOSS = 0.022;

/** Round trips vary by so much: their standard deviation, in seconds. */
const ROUND_TRIP_NOISE = 0.02;

/** Fewer frames per second on a network that carries them are the computer's fault. */
const MIN_FRAME_RATE = 20;

/** By so many times the growth of the last rates, over their mean, they are taken to grow on. */
const AHEAD = 2;

/** A test may end when it is so sure. */
const SURE = 0.9;

/** Rates that a judgement takes at least. */
const MIN_RATES = 3;

/**
 * Whether a test knows enough to end.
 * @param {Sample[]} samples Of one phase.
 */
export function isSure(samples) {
  const judged = judgeCapacity(samples);
  return judged !== undefined && judged.confidence >= SURE;
}

/**
 * Judges what the network can carry. Undefined where too little is known.
 * @param {Sample[]} samples Of the phase with video.
 * @returns {Capacity | undefined}
 */
export function judgeCapacity(samples) {
  const later = samples.filter(({ timestamp }) => timestamp >= samples[0].timestamp + SKIPPED_MS);
  const estimates = positive(later.map((sample) => known(sample.availableOutgoingBitrate)));
  const rates = (estimates.length > 0 ? estimates : received(later)).slice(-LAST);
  if (rates.length < MIN_RATES) return undefined;
  const logarithms = rates.map(Math.log);
  const [middle, error] = meanAndError(logarithms, RATE_NOISE);
  const capacity = Math.exp(middle);
  // Rates that grow go on growing: a size that is not reached yet may be reached soon.
  const soon = middle + AHEAD * Math.max(logarithms[logarithms.length - 1] - middle, 0);
  const chance = (/** @type {number} */ rung, from = middle) => normal((from - Math.log(RUNGS[rung][2])) / error);
  const lossOk = lossChance(later);
  const delayOk = RUNGS.map(([, , , roomy]) =>
    delayChance(later, capacity >= roomy ? MAX_ROUND_TRIP : MAX_ROUND_TRIP_FILLED),
  );
  const stopped = stoppedShare(later.slice(-LAST));
  const isCarried = lossOk >= 0.5 && stopped <= 0.5;
  const byRate = isCarried ? RUNGS.findIndex(([, , rate]) => capacity >= rate) : -1;
  const rung = byRate < 0 ? -1 : delayOk.findIndex((chance, index) => index >= byRate && chance >= 0.5);
  let confidence;
  if (stopped > 0.5) confidence = stopped;
  else if (lossOk < 0.5) confidence = 1 - lossOk;
  else if (byRate < 0) confidence = 1 - chance(RUNGS.length - 1, soon);
  else if (rung < 0) confidence = 1 - Math.max(...delayOk.slice(byRate));
  else {
    // That no larger size would do: it would be late, or it is too fast for the network.
    const largest = rung > byRate ? 1 - delayOk[byRate] : rung > 0 ? 1 - chance(rung - 1, soon) : 1;
    confidence = largest * chance(rung) * delayOk[rung] * lossOk;
  }
  const isComputer = rung >= 0 && isHeldBack(later.slice(-LAST));
  const size = RUNGS[rung + Number(isComputer)];
  return {
    recommended: size && `${size[0]}x${size[1]}`,
    capacity,
    confidence,
    basis: estimates.length > 0 ? 'availableOutgoingBitrate' : 'bitrate',
    limitedBy: isComputer ? 'computer' : size === RUNGS[0] ? undefined : 'network',
  };
}

/** @param {Array<number | undefined>} values */
function positive(values) {
  return /** @type {number[]} */ (values.filter((value) => value !== undefined && value > 0));
}

/** What was received of audio and video in each interval, in bit/s. @param {Sample[]} samples */
function received(samples) {
  const tracks = /** @type {const} */ (['audio', 'video']);
  return positive(
    pairs(samples).map((pair) =>
      tracks.reduce((sum, track) => {
        const found = interval(pair, track);
        return found ? sum + bitsPerSecond(found) : sum;
      }, 0),
    ),
  );
}

/** The chance that calls lose little enough. @param {Sample[]} samples */
function lossChance(samples) {
  const total = packets([samples[0], samples[samples.length - 1]]);
  if (total.sent === 0) return 1;
  // Half a packet more is lost than was counted, so that nothing lost is not taken for nothing ever.
  const share = (total.lost + 0.5) / (total.sent + 1);
  // Losses can come in bursts, so the shares of the seconds say how far that of all of them may be off.
  const seconds = pairs(samples).map(packets);
  const shares = seconds.filter(({ sent }) => sent > 0).map(({ lost, sent }) => lost / sent);
  const spread = shares.length > 0 ? meanAndError(shares, 0)[1] : 0;
  const error = Math.max(Math.sqrt((share * (1 - share)) / total.sent), spread);
  return normal((MAX_LOSS - share) / error);
}

/** The packets of audio between two samples: those that were sent, and those of them that were lost. @param {[Sample, Sample]} pair */
function packets(pair) {
  const { lost, received } = interval(pair, 'audio') ?? { lost: 0, received: 0 };
  return { lost, sent: received + lost };
}

/** The chance that round trips are no longer than this, in seconds. @param {Sample[]} samples @param {number} longest */
function delayChance(samples, longest) {
  const trips = samples.slice(-LAST).map(({ audio }) => known(audio?.roundTripTime));
  const told = trips.filter((trip) => trip !== undefined);
  if (told.length === 0) return 1;
  const [middle, error] = meanAndError(told, ROUND_TRIP_NOISE);
  return normal((longest - middle) / error);
}

/** The share of samples in which no frame came: a platform stops the video of a network that does not carry it. @param {Sample[]} last */
function stoppedShare(last) {
  const rates = frameRates(last);
  return rates.length > 0 ? rates.filter((rate) => rate === 0).length / rates.length : 0;
}

/** The frame rates that are known. @param {Sample[]} samples */
function frameRates(samples) {
  return samples.map(({ video }) => known(video?.frameRate)).filter((rate) => rate !== undefined);
}

/** Whether the computer does less than the network carries. @param {Sample[]} last */
function isHeldBack(last) {
  const held = last.filter(({ qualityLimitationReason }) => qualityLimitationReason === 'cpu');
  const frames = mean(frameRates(last).filter((rate) => rate > 0));
  return held.length * 2 > last.length || (frames ?? MIN_FRAME_RATE) < MIN_FRAME_RATE;
}

/**
 * The mean of values, of which there is one at least, and its standard error.
 * @param {number[]} values
 * @param {number} noise The least standard deviation.
 */
function meanAndError(values, noise) {
  const middle = mean(values) ?? 0;
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(values.length - 1, 1));
  return [middle, Math.max(deviation, noise) / Math.sqrt(values.length / COUNT_AS_ONE)];
}

/** The standard normal distribution, to 2e-4 (Page, "Approximations to the cumulative normal function", 1977). @param {number} z */
function normal(z) {
  return 1 / (1 + Math.exp(-1.5976 * z - 0.07056 * z ** 3));
}
