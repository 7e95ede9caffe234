// Which network of precall's catalogue a line is about as good as. Pure.

import { NETWORKS } from './networks.js';

/**
 * What a line was measured to be.
 * @typedef {object} Line
 * @property {number} bitrate What it can send, in bit/s.
 * @property {number} [roundTripTime] In seconds.
 * @property {number} [loss] A share.
 */

/** One camera in 720p asks for no more: above it, all lines look the same to a test. */
const MOST_BITRATE = 2_500_000;

/** A line that is worse than the worst of the catalogue, or unlike all, is not compared: one doubling in each figure. */
const MOST_DISTANCE = 2.5;

/** Delays below this look the same to people. */
const DELAY_FLOOR_MS = 20;

/**
 * The network that is nearest in rate, delay and loss; undefined where none is near.
 * @param {Line} line
 * @returns {string | undefined} Its name in the catalogue.
 */
export function likeness(line) {
  const distances = NETWORKS.map((network) => ({ name: network.name, distance: distance(line, network) }));
  const nearest = distances.reduce((best, one) => (one.distance < best.distance ? one : best));
  return nearest.distance <= MOST_DISTANCE ? nearest.name : undefined;
}

/**
 * Doublings of the rate and of the delay; 5 % of loss count as one.
 * @param {Line} line
 * @param {import('./networks.js').NetworkFigures} network
 */
function distance({ bitrate, roundTripTime, loss = 0 }, network) {
  const rate = Math.log2(capped(bitrate) / capped(network.kbps * 1000));
  const delay =
    roundTripTime === undefined
      ? 0
      : Math.log2((roundTripTime * 1000 + DELAY_FLOOR_MS) / (2 * network.delayMs + DELAY_FLOOR_MS));
  return Math.abs(rate) + Math.abs(delay) + Math.abs(loss * 100 - network.lossPercent) / 5;
}

/** @param {number} bitrate */
function capped(bitrate) {
  return Math.min(Math.max(bitrate, 1000), MOST_BITRATE);
}
