// testQuality: a phase with video where there is a camera, a second one without when audio suffered, then the result.

import { LIMITS_MS } from './deadline.js';
import {
  ErrorNames,
  TestError,
  connectError,
  devicesError,
  fullHdError,
  named,
  publishError,
  publisherError,
  statsError,
  subscribeError,
} from './errors.js';
import { measure } from './measure.js';
import { probeFullHd } from './media.js';
import { listDevices, openPublisher, publish } from './opentok/publisher.js';
import { connect } from './opentok/session.js';
import { subscribe } from './opentok/subscriber.js';
import { phaseLimit, scoringProfile, wantsVideo } from './options.js';
import { Resources } from './resources.js';
import { walk } from './run.js';
import { isSure } from './scoring/capacity.js';
import { scoreQuality } from './scoring/score.js';
import { isSteady } from './scoring/steady-state.js';

/** @typedef {import('./run.js').Run} Run */
/** @typedef {import('./scoring/score.js').QualityTestResults} QualityTestResults */

/**
 * A part of a quality test with a publisher and a subscriber of its own.
 * @typedef {Run & {phase: import('./stats.js').Phase, limit: number, samples: import('./stats.js').Sample[],
 *   isEnough: (samples: import('./stats.js').Sample[]) => boolean, stop: Stop, onUpdate?: (sample: import('./stats.js').Sample) => void, element?: HTMLElement}} PhaseRun
 */

const initPublisherError = publisherError(ErrorNames.INIT_PUBLISHER_ERROR);

/**
 * Every way in and out: the next line on success, out with the named error otherwise.
 * @type {Array<import('./run.js').State<Run>>}
 */
const BEFORE = [
  { state: 'connecting', enter: connect, limit: LIMITS_MS.connect, failure: connectError },
  { state: 'listing devices', enter: needMicrophone, limit: LIMITS_MS.getDevices, failure: devicesError },
  { state: 'trying full HD', enter: tryFullHd, limit: LIMITS_MS.initPublisher, failure: fullHdError },
];

/** Once a phase. @type {Array<import('./run.js').State<PhaseRun>>} */
const PHASE = [
  { state: 'opening devices', enter: open, limit: LIMITS_MS.initPublisher, failure: initPublisherError },
  { state: 'publishing', enter: publish, limit: LIMITS_MS.publish, failure: publishError },
  { state: 'subscribing', enter: subscribeBeside, limit: LIMITS_MS.subscribe, failure: subscribeError },
  { state: 'measuring', enter: measure, failure: statsError },
];

/** Somebody's wish that the test end as soon as it may. */
export class Stop {
  constructor() {
    this.isRequested = false;
    /** @type {() => void} */
    this._resolve = () => {};
    /** @type {Promise<void>} */
    this.promise = new Promise((resolve) => {
      this._resolve = resolve;
    });
  }

  request() {
    this.isRequested = true;
    this._resolve();
  }
}

/**
 * @param {Run} run
 * @param {Stop} stop
 * @param {(sample: import('./stats.js').Sample) => void} [onUpdate]
 * @returns {Promise<QualityTestResults>}
 */
export async function testQuality(run, stop, onUpdate) {
  try {
    return await test(run, stop, onUpdate);
  } catch (error) {
    throw named(error, ErrorNames.QUALITY_TEST_ERROR);
  } finally {
    run.ending.with(new Error('the test is over'));
    await run.resources.release();
  }
}

/** @type {typeof testQuality} */
async function test(run, stop, onUpdate) {
  const scoring = scoringProfile(run.options);
  await walk(BEFORE, run);
  const noCamera = !run.devices?.video;
  const score = (/** @type {import('./stats.js').Sample[]} */ samples) => scoreQuality(samples, { scoring, noCamera });
  if (noCamera || !wantsVideo(run.options)) return score(await phase(run, 'audio-only', stop, onUpdate));
  const first = await phase(run, 'audio-video', stop, onUpdate);
  const result = score(first);
  if (result.audio.supported || stop.isRequested) return result;
  return score([...first, ...(await phase(run, 'audio-only', stop, onUpdate))]);
}

/**
 * Publishes, subscribes and measures; what it holds is let go before anything else begins.
 * @param {Run} run
 * @param {import('./stats.js').Phase} name
 * @param {Stop} stop
 * @param {(sample: import('./stats.js').Sample) => void} [onUpdate]
 */
async function phase(run, name, stop, onUpdate) {
  const resources = new Resources();
  const limit = phaseLimit(name, run.options);
  const isEnough = name === 'audio-video' && run.options.scoring === 'capacity' ? isSure : isSteady;
  /** @type {PhaseRun} */
  const own = { ...run, resources, phase: name, limit, samples: [], isEnough, stop, onUpdate };
  try {
    await walk(PHASE, own);
  } finally {
    await resources.release();
  }
  return own.samples;
}

/** @param {Run} run */
async function needMicrophone(run) {
  await listDevices(run);
  if (!run.devices?.audio) throw new TestError(ErrorNames.NO_AUDIO_CAPTURE_DEVICES, 'No microphone was found.');
}

/** @param {Run} run */
async function tryFullHd(run) {
  if (run.options.fullHd && wantsVideo(run.options)) await probeFullHd(run);
}

/** @param {PhaseRun} run */
async function open(run) {
  const { devices, options, phase } = run;
  run.element = await openPublisher(run, {
    resolution: options.fullHd ? '1920x1080' : '1280x720',
    scalableVideo: Boolean(options.scalableVideo),
    audioSource: devices?.audioSource,
    videoSource: phase === 'audio-only' ? null : devices?.videoSource,
  });
}

/** @param {PhaseRun} run */
async function subscribeBeside(run) {
  await subscribe(run, /** @type {HTMLElement} */ (run.element));
}
