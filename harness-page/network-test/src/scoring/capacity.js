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
 * Width, height, and the bit/s that a call of that size takes, sound included: the least at which calls of a picture full of
 * detail keep their size, their frame rate and a quality above the next smaller size.
 */
const RUNGS = /** @type {const} */ ([
  [1280, 720, 1_250_000],
  [640, 360, 325_000],
  [320, 180, 290_000],
]);

/** The first samples tell of the browser's start, not of the network. */
const SKIPPED_MS = 2000;

/** As many of the last rates are looked at. */
const RATES = 6;

/** Estimates vary by so much on a network that does not: the least standard deviation of their logarithms. */
const RATE_NOISE = 0.1;

/** Consecutive rates depend on each other: so many count as one. */
const RATES_AS_ONE = 2;

/** A call conceals the audio that is lost; more than this is heard. */
const MAX_LOSS = 0.02;

/** Delay between two people: a round trip to the router, and what their computers take. Together 400 ms are bearable. */
const MAX_ROUND_TRIP = 0.3;

/** Round trips vary by so much: their standard deviation, in seconds. */
const ROUND_TRIP_NOISE = 0.02;

/** Fewer frames per second on a network that carries them are the computer's fault. */
const MIN_FRAME_RATE = 20;

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
  const estimated = later.map((sample) => known(sample.availableOutgoingBitrate)).filter(isPositive);
  const basis = estimated.length > 0 ? 'availableOutgoingBitrate' : 'bitrate';
  const rates = (estimated.length > 0 ? estimated : received(later)).slice(-RATES);
  if (rates.length < MIN_RATES) return undefined;
  const logarithms = rates.map(Math.log);
  const middle = mean(logarithms) ?? 0;
  const spread = Math.max(deviation(logarithms, middle), RATE_NOISE) / Math.sqrt(rates.length / RATES_AS_ONE);
  const capacity = Math.exp(middle);
  const rung = RUNGS.findIndex(([, , rate]) => capacity >= rate);
  const [above, below] = [RUNGS[rung < 0 ? RUNGS.length - 1 : rung - 1]?.[2], rung < 0 ? undefined : RUNGS[rung][2]];
  const chance =
    normal((above === undefined ? Infinity : Math.log(above) - middle) / spread) -
    normal((below === undefined ? -Infinity : Math.log(below) - middle) / spread);
  const others = [lossChance(later), delayChance(later)];
  // A network that no size suits, for one reason alone, is known as surely as that reason.
  const isBad = others.some((good) => good < 0.5);
  const confidence = isBad
    ? Math.max(...others.map((good) => 1 - good))
    : others.reduce((all, good) => all * good, chance);
  const network = isBad || rung < 0 ? undefined : RUNGS[rung];
  const own = network && byComputer(samples, later, network);
  const recommended = own ?? network;
  return {
    recommended: recommended && `${recommended[0]}x${recommended[1]}`,
    capacity,
    confidence,
    basis,
    limitedBy: own ? 'computer' : recommended === RUNGS[0] ? undefined : 'network',
  };
}

/** @param {number | undefined} value @returns {value is number} */
function isPositive(value) {
  return value !== undefined && value > 0;
}

/** What was received of audio and video in each interval, in bit/s. @param {Sample[]} samples */
function received(samples) {
  const rate = (/** @type {[Sample, Sample]} */ pair, /** @type {'audio' | 'video'} */ track) => {
    const found = interval(pair, track);
    return found && bitsPerSecond(found);
  };
  return pairs(samples)
    .map((pair) => (rate(pair, 'audio') ?? 0) + (rate(pair, 'video') ?? 0))
    .filter(isPositive);
}

/** The chance that calls lose little enough. @param {Sample[]} samples */
function lossChance(samples) {
  const [first, last] = [samples[0], samples[samples.length - 1]];
  const found = interval([first, last], 'audio');
  const packets = found ? found.received + found.lost : 0;
  if (!found || packets === 0) return 1;
  // Half a packet more is lost than was counted, so that nothing lost is not taken for nothing ever.
  const share = (found.lost + 0.5) / (packets + 1);
  return normal((MAX_LOSS - share) / Math.sqrt((share * (1 - share)) / packets));
}

/** The chance that calls are without too much delay. @param {Sample[]} samples */
function delayChance(samples) {
  const trips = samples
    .slice(-RATES)
    .map(({ audio }) => known(audio?.roundTripTime))
    .filter((trip) => trip !== undefined);
  const middle = mean(trips);
  if (middle === undefined) return 1;
  const spread = Math.max(deviation(trips, middle), ROUND_TRIP_NOISE) / Math.sqrt(trips.length / RATES_AS_ONE);
  return normal((MAX_ROUND_TRIP - middle) / spread);
}

/**
 * The size that the computer manages, where that is less than the network carries.
 * @param {Sample[]} samples
 * @param {Sample[]} later
 * @param {typeof RUNGS[number]} network
 */
function byComputer(samples, later, network) {
  const last = later.slice(-RATES);
  const newest = samples[samples.length - 1].video;
  const isHeld =
    last.filter(({ qualityLimitationReason }) => qualityLimitationReason === 'cpu').length * 2 > last.length;
  const frames = mean(last.map(({ video }) => known(video?.frameRate)).filter((rate) => rate !== undefined));
  const pixels = (known(newest?.frameWidth) ?? 0) * (known(newest?.frameHeight) ?? 0);
  if (!isHeld && !(frames !== undefined && frames < MIN_FRAME_RATE)) return undefined;
  const below = RUNGS.slice(RUNGS.indexOf(network) + 1);
  const kept = below.find(([width, height]) => isHeld && width * height <= pixels);
  return kept ?? below[0];
}

/** The standard deviation of a sample. @param {number[]} values @param {number} middle */
function deviation(values, middle) {
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
}

/** The standard normal distribution, to 2e-7 (Abramowitz and Stegun, 1964, 7.1.26). @param {number} z */
function normal(z) {
  if (z === Infinity) return 1;
  if (z === -Infinity) return 0;
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const sum = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const error = 1 - sum * Math.exp(-x * x);
  return z < 0 ? (1 - error) / 2 : (1 + error) / 2;
}
