// testQuality: one phase with video where there is a camera, a second without when audio suffered, then the result.
//
//   connect → devices → [phase: publisher → publish → subscribe → measure] → (audio poor? → phase without video) → result
//      └────────┴───────────────┴──────────┴──────────┴──────────┘ any failure: everything is let go, then reject

import { ErrorNames, TestError, connectError, messageOf } from './errors.js';
import { measure } from './measure.js';
import { connect, createPublisher, devices, hiddenElement, publish, subscribe } from './opentok.js';
import { phaseLimit } from './options.js';
import { Resources } from './resources.js';
import { scoreQuality } from './scoring/score.js';

/** @typedef {import('./stats.js').Sample} Sample */

/**
 * @param {import('./opentok.js').Context} context
 * @param {{onUpdate?: (sample: Sample) => void, stopping: {requested: boolean}}} run
 */
export async function testQuality(context, run) {
  try {
    return await test(context, run);
  } finally {
    await context.resources.release();
  }
}

/** @type {typeof testQuality} */
async function test(context, run) {
  const { options, signal } = context;
  const session = await named(signal, connect(context), connectError);
  session.on('sessionDisconnected', () =>
    context.fail(new TestError(ErrorNames.CONNECT_TO_SESSION_NETWORK_ERROR, 'The session was disconnected.')),
  );
  const found = await named(
    signal,
    devices(context),
    (error) => new TestError(ErrorNames.FAILED_TO_OBTAIN_MEDIA_DEVICES, messageOf(error)),
  );
  if (!found.audio) throw new TestError(ErrorNames.NO_AUDIO_CAPTURE_DEVICES, 'No microphone was found.');
  const hasVideo = found.video && !options.audioOnly;
  if (hasVideo && options.fullHd) await probeFullHd();
  const samples = await phase(context, session, hasVideo ? 'audio-video' : 'audio-only', run);
  let result = scoreQuality(samples, options);
  if (hasVideo && !result.audio.supported && !run.stopping.requested) {
    samples.push(...(await phase(context, session, 'audio-only', run)));
    result = scoreQuality(samples, options);
  }
  if (!found.video) result.video.reason = 'No camera was found.';
  return result;
}

/**
 * Publishes, subscribes and measures; what it holds is let go before the next phase begins.
 * @param {import('./opentok.js').Context} context
 * @param {any} session
 * @param {'audio-video' | 'audio-only'} name
 * @param {{onUpdate?: (sample: Sample) => void, stopping: {requested: boolean}}} run
 */
async function phase(context, session, name, run) {
  const resources = new Resources();
  context.resources.add(() => resources.release());
  const own = { ...context, resources };
  const { options, signal } = context;
  const element = hiddenElement(own);
  const publisher = await named(
    signal,
    createPublisher(own, element, {
      resolution: options.fullHd ? '1920x1080' : '1280x720',
      scalableVideo: Boolean(options.scalableVideo),
      audioSource: options.audioSource,
      videoSource: name === 'audio-only' ? null : options.videoSource,
    }),
    (error) => new TestError(ErrorNames.INIT_PUBLISHER_ERROR, messageOf(error)),
  );
  const stream = await publish(own, session, publisher);
  const subscriber = await subscribe(own, session, stream, element);
  const lost = watch(context, publisher, subscriber);
  const samples = await measure({
    publisher,
    subscriber,
    phase: name,
    limit: phaseLimit(name, options.timeout),
    signal,
    onUpdate: run.onUpdate,
    stopping: run.stopping,
  });
  lost.stop();
  await resources.release();
  return samples;
}

/** Ends the test when its publisher or subscriber ends before it. @param {import('./opentok.js').Context} context @param {any} publisher @param {any} subscriber */
function watch(context, publisher, subscriber) {
  let isWatching = true;
  const lost = (/** @type {string} */ name, /** @type {string} */ message) => () => {
    if (isWatching) context.fail(new TestError(name, message));
  };
  const published = lost(ErrorNames.PUBLISH_TO_SESSION_NETWORK_ERROR, 'The test stream ended before the test did.');
  publisher.on('streamDestroyed', published);
  publisher.on('destroyed', published);
  subscriber.on('destroyed', lost(ErrorNames.SUBSCRIBE_TO_SESSION_ERROR, 'The test subscriber ended before the test did.'));
  return {
    stop() {
      isWatching = false;
    },
  };
}

/** Whether the camera can do 1920x1080. */
async function probeFullHd() {
  try {
    const video = { width: { exact: 1920 }, height: { exact: 1080 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    stream.getTracks().forEach((track) => track.stop());
  } catch (error) {
    const name = /** @type {any} */ (error)?.name;
    if (name === 'OverconstrainedError') {
      throw new TestError(ErrorNames.UNSUPPORTED_RESOLUTION_ERROR, 'The camera has no 1920x1080.');
    }
    if (name === 'NotAllowedError') throw new TestError(ErrorNames.PERMISSION_DENIED_ERROR, messageOf(error));
    throw error;
  }
}

/**
 * Gives an error of OpenTok.js its name; one that ended the whole test has its name already.
 * @template T
 * @param {AbortSignal} signal
 * @param {Promise<T>} step
 * @param {(error: any) => Error} name
 */
async function named(signal, step, name) {
  try {
    return await step;
  } catch (error) {
    throw signal.aborted ? error : name(error);
  }
}
