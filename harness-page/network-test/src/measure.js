// The measuring itself: a sample a second until enough is known, the time is up, or somebody stops it.

import { DeadlineError, Ending, LIMITS_MS, sleep, within } from './deadline.js';
import { defined } from './defined.js';
import { ErrorNames, TestError } from './errors.js';
import { Reported, takeSample } from './stats.js';

const INTERVAL_MS = 1000;

/** Neither a stop nor what is known ends a phase before this. */
const EARLIEST_END_MS = 5000;

/** Without a reading for so long there is nothing to measure. */
const MAX_SILENCE_MS = 5000;

/** A figure takes two samples. */
const MIN_SAMPLES = 2;

/**
 * Fills the phase's samples. Rejects when there are no statistics.
 *
 * It ends by itself: whatever its parts do, the loop and all its timers are gone when it settles. A page whose timers hardly run
 * (hidden, or asleep) has a result all the same when there are two samples.
 * @param {import('./quality.js').PhaseRun} run
 */
export async function measure(run) {
  if (!run.subscriber) throw new TestError(ErrorNames.MISSING_SUBSCRIBER_ERROR, 'The session gave no subscriber.');
  const longestMs = run.limit + LIMITS_MS.measureMargin;
  const late = new DeadlineError('measuring', longestMs);
  const over = new Ending();
  const timer = setTimeout(() => over.with(late), longestMs);
  run.ending.promise.catch((error) => over.with(error));
  try {
    await sampleUntilDone({ ...run, ending: over });
  } catch (error) {
    if (error !== late || run.samples.length < MIN_SAMPLES) throw error;
  } finally {
    clearTimeout(timer);
    over.with(new Error('measuring is over'));
  }
  if (run.samples.length < MIN_SAMPLES) throw new Error(`only ${run.samples.length} could be read`);
}

/** @param {import('./quality.js').PhaseRun} run */
async function sampleUntilDone(run) {
  const { samples, limit, ending, stop } = run;
  const began = performance.now();
  const elapsed = () => performance.now() - began;
  const reported = new Reported();
  let lastRead = 0;
  let due = INTERVAL_MS;
  for (;;) {
    const mayEnd = due > EARLIEST_END_MS;
    if (mayEnd && stop.isRequested) return;
    await sleep(Math.max(0, Math.min(due, limit) - elapsed()), ending, mayEnd ? stop.promise : undefined);
    if (due > limit || (mayEnd && stop.isRequested)) return;
    try {
      const reading = takeSample(run, { elapsed: elapsed(), limit }, reported);
      const sample = await within(reading, LIMITS_MS.getStats, 'reading statistics', ending);
      if (!sample) return;
      lastRead = elapsed();
      samples.push(sample);
      notify(run, sample);
    } catch (error) {
      if (ending.error) throw ending.error;
      if (elapsed() - lastRead >= MAX_SILENCE_MS) throw error;
    }
    if (elapsed() >= limit || (due >= EARLIEST_END_MS && (stop.isRequested || run.isEnough(samples)))) return;
    // A slow reading skips the seconds that it took.
    due = Math.max(due + INTERVAL_MS, Math.ceil(elapsed() / INTERVAL_MS) * INTERVAL_MS);
  }
}

/**
 * Calls back with a copy, so that a callback that converts its numbers does not change the result. A callback that throws is
 * the caller's fault and ends no test; it is reported where uncaught errors are.
 * @param {import('./quality.js').PhaseRun} run
 * @param {import('./stats.js').Sample} sample
 */
function notify({ onUpdate }, sample) {
  if (!onUpdate) return;
  const { audio, video } = sample;
  try {
    onUpdate({ ...sample, ...defined({ audio: audio && { ...audio }, video: video && { ...video } }) });
  } catch (error) {
    if (typeof reportError === 'function') reportError(error);
    else console.error(error);
  }
}
