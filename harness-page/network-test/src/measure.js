// The measuring itself: a sample a second until the rate is steady, the time is up, or somebody stops it.

import { within } from './deadline.js';
import { ErrorNames, TestError, messageOf } from './errors.js';
import { isSteady } from './scoring/steady-state.js';
import { takeSample } from './stats.js';

const INTERVAL_MS = 1000;

/** Neither a stop nor a steady rate ends a test before this. */
const EARLIEST_END_MS = 5000;

/** So many readings in a row may fail; then there is nothing to measure. */
const MAX_FAILURES = 5;

/**
 * @param {object} test
 * @param {any} test.publisher
 * @param {any} test.subscriber
 * @param {'audio-video' | 'audio-only'} test.phase
 * @param {number} test.limit In ms.
 * @param {AbortSignal} test.signal
 * @param {(sample: import('./stats.js').Sample) => void} [test.onUpdate]
 * @param {{requested: boolean}} test.stopping
 * @returns {Promise<import('./stats.js').Sample[]>}
 */
export async function measure({ publisher, subscriber, phase, limit, signal, onUpdate, stopping }) {
  const began = performance.now();
  /** @type {import('./stats.js').Sample[]} */
  const samples = [];
  let failures = 0;
  for (let tick = 1; ; tick += 1) {
    await sleep(Math.max(0, Math.min(tick * INTERVAL_MS, limit) - (performance.now() - began)), signal);
    const elapsed = performance.now() - began;
    try {
      const sample = await within(
        takeSample(publisher, subscriber, { phase, elapsed, limit }),
        EARLIEST_END_MS,
        'reading statistics',
        signal,
      );
      failures = 0;
      if ((sample.audio?.bytesReceived ?? 0) < 0 || (sample.video?.bytesReceived ?? 0) < 0) return samples;
      samples.push(sample);
      if (onUpdate) notify(onUpdate, sample);
    } catch (error) {
      if (signal.aborted) throw error;
      failures += 1;
      if (failures >= MAX_FAILURES) {
        throw new TestError(ErrorNames.SUBSCRIBER_GET_STATS_ERROR, `No statistics: ${messageOf(error)}`);
      }
    }
    const isEarly = elapsed < EARLIEST_END_MS;
    if (elapsed >= limit || (!isEarly && (stopping.requested || isSteady(samples)))) return samples;
  }
}

/** @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} */
function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal.addEventListener('abort', abort);
  });
}

/** A callback that throws is the caller's fault and ends no test; it is reported where uncaught errors are. @param {(sample: any) => void} onUpdate @param {any} sample */
function notify(onUpdate, sample) {
  try {
    onUpdate(sample);
  } catch (error) {
    if (typeof reportError === 'function') reportError(error);
    else console.error(error);
  }
}
