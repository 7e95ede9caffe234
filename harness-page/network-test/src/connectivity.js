// testConnectivity: state after state, the first failure in its place; then the logging server, and everything is let go.

import { LIMITS_MS } from './deadline.js';
import {
  ErrorNames,
  TestError,
  connectivityConnectError,
  devicesError,
  failureType,
  named,
  publishError,
  publisherError,
  subscribeError,
} from './errors.js';
import { probeLogging } from './opentok/logging.js';
import { listDevices, openPublisher, publish } from './opentok/publisher.js';
import { connect } from './opentok/session.js';
import { subscribe } from './opentok/subscriber.js';
import { wantsVideo } from './options.js';
import { walk } from './run.js';
import { Steps } from './steps.js';

/** @typedef {import('./run.js').Run} Run */
/** @typedef {{type: string, error: Error}} FailedTest `type`: api, messaging, media, logging or OpenTok.js. */
/** @typedef {{success: boolean, failedTests: FailedTest[]}} ConnectivityTestResults */

const localPublisherError = publisherError(ErrorNames.FAILED_TO_CREATE_LOCAL_PUBLISHER);

/**
 * Every way in and out: the next line on success, out with the named error otherwise.
 * @type {Array<import('./run.js').State<Run>>}
 */
const STATES = [
  { state: 'connecting', enter: connect, limit: LIMITS_MS.connect, failure: connectivityConnectError },
  { state: 'listing devices', enter: needAnyDevice, limit: LIMITS_MS.getDevices, failure: devicesError },
  { state: 'opening devices', enter: open, limit: LIMITS_MS.initPublisher, failure: localPublisherError },
  { state: 'publishing', enter: publish, limit: LIMITS_MS.publish, failure: publishError },
  { state: 'subscribing', enter: subscribeApart, limit: LIMITS_MS.subscribe, failure: subscribeError },
];

/**
 * @param {Run} run
 * @param {(update: import('./steps.js').StepUpdate) => void} [onStep]
 * @returns {Promise<ConnectivityTestResults>} Never rejects.
 */
export async function testConnectivity(run, onStep) {
  const steps = new Steps(onStep);
  /** @type {FailedTest[]} */
  const failedTests = [];
  const fail = (/** @type {Error} */ error) => failedTests.push({ type: failureType(error.name), error });
  try {
    run.steps = steps;
    await walk(STATES, run);
    steps.succeed();
  } catch (error) {
    const failure = named(error, ErrorNames.CONNECTIVITY_ERROR);
    fail(failure);
    // A test that is stopped fails where it is.
    steps.fail(isStopped(run) ? undefined : failureType(failure.name));
  }
  const probe = isStopped(run) ? undefined : probeLogging(run);
  steps.logging(probe ? 'running' : 'skipped');
  run.ending.with(new Error('the test is over'));
  // A logging server that hangs must not keep the camera on.
  const [notLogged] = await Promise.all([probe, run.resources.release()]);
  if (notLogged) fail(notLogged);
  if (probe) steps.logging(notLogged ? 'failed' : 'passed');
  if (failedTests.some(({ type }) => type === 'messaging' || type === 'api')) {
    const message = 'The media server was not tested, since the messaging server was not reached.';
    fail(new TestError(ErrorNames.FAILED_MESSAGING_SERVER_TEST, message));
  }
  return { success: failedTests.length === 0, failedTests };
}

/** @param {Run} run */
function isStopped({ ending }) {
  return ending.error?.name === ErrorNames.CONNECTIVITY_ERROR;
}

/** @param {Run} run */
async function needAnyDevice(run) {
  await listDevices(run);
  const { devices, options } = run;
  if (!devices?.audio && !devices?.video) throw new Error('the browser lists none');
  if (options.audioOnly && !devices.audio) {
    throw new TestError(ErrorNames.NO_AUDIO_CAPTURE_DEVICES, 'No microphone was found.');
  }
}

/** @param {Run} run */
async function open(run) {
  const { devices, options } = run;
  await openPublisher(run, {
    scalableVideo: Boolean(options.scalableVideo),
    audioSource: devices?.audio ? devices.audioSource : null,
    videoSource: devices?.video && wantsVideo(options) ? devices.videoSource : null,
  });
}

/** Into an element that is no part of the page. @param {Run} run */
async function subscribeApart(run) {
  await subscribe(run, document.createElement('div'));
}
