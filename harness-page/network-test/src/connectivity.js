// testConnectivity: step after step, each named failure in its place, then everything is let go.
//
//   connect → devices → publisher → publish → subscribe → logging → result
//      └────────┴──────────┴──────────┴──────────┘ a failure goes on at logging

import { ErrorNames, TestError, connectivityConnectError, failureType, messageOf } from './errors.js';
import { canLog, connect, createPublisher, devices, hiddenElement, publish, subscribe } from './opentok.js';

/**
 * @param {import('./opentok.js').Context} context
 * @returns {Promise<{success: boolean, failedTests: Array<{type: string, error: Error}>}>}
 */
export async function testConnectivity(context) {
  /** @type {Array<{type: string, error: Error}>} */
  const failedTests = [];
  const fail = (/** @type {Error} */ error) => failedTests.push({ type: failureType(error.name), error });
  try {
    await reachMedia(context);
  } catch (error) {
    fail(/** @type {Error} */ (error));
  }
  if (!(await canLog(context))) {
    fail(new TestError(ErrorNames.LOGGING_SERVER_CONNECTION_ERROR, 'The logging server could not be reached.'));
  }
  await context.resources.release();
  if (failedTests.some(({ type }) => type === 'messaging')) {
    const message = 'The media server was not tested, since the messaging server could not be reached.';
    fail(new TestError(ErrorNames.FAILED_MESSAGING_SERVER_TEST, message));
  }
  return { success: failedTests.length === 0, failedTests };
}

/** Goes as far as a stream that comes back. @param {import('./opentok.js').Context} context */
async function reachMedia(context) {
  const { options, signal } = context;
  /** Names an error of OpenTok.js; one that ended the whole test has its name already. */
  const named = async (/** @type {Promise<any>} */ step, /** @type {(error: any) => Error} */ name) => {
    try {
      return await step;
    } catch (error) {
      throw signal.aborted ? error : name(error);
    }
  };
  const session = await named(connect(context), (error) =>
    error.name === 'OT_TIMEOUT'
      ? new TestError(ErrorNames.CONNECT_TO_SESSION_NETWORK_ERROR, messageOf(error))
      : connectivityConnectError(error),
  );
  const noDevices = (/** @type {any} */ error) =>
    new TestError(ErrorNames.FAILED_TO_OBTAIN_MEDIA_DEVICES, `No camera or microphone: ${messageOf(error)}`);
  const found = await named(devices(context), noDevices);
  if (!found.audio && !found.video) throw noDevices('the browser lists none');
  const element = hiddenElement(context);
  const publisher = await named(
    createPublisher(context, element, {
      scalableVideo: Boolean(options.scalableVideo),
      audioSource: found.audio ? options.audioSource : null,
      videoSource: found.video && !options.audioOnly ? options.videoSource : null,
    }),
    (error) => new TestError(ErrorNames.FAILED_TO_CREATE_LOCAL_PUBLISHER, messageOf(error)),
  );
  const stream = await publish(context, session, publisher);
  await subscribe(context, session, stream, document.createElement('div'));
}
