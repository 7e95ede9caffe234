// The publisher: what there is to publish from, the publisher itself, and what may happen to it on the way.

import { LIMITS_MS, called } from '../deadline.js';
import { ErrorNames, TestError, streamLost } from '../errors.js';
import { deviceKind, mediaLost, mediaTracks } from '../media.js';
import { until } from '../resources.js';

/** @typedef {import('../run.js').Run} Run */

/**
 * Which kinds of device there are. Rejects with OpenTok.js' own error, or when a device that the caller chose is missing.
 * @param {Run} run
 */
export async function listDevices(run) {
  const { OT, options } = run;
  /** @type {Array<{kind: string, deviceId?: string}>} */
  const listed = (await called((done) => OT.getDevices(done))) ?? [];
  const has = (/** @type {string} */ kind, /** @type {unknown} */ chosen) => {
    const ids = listed.filter((device) => device.kind === kind).map((device) => device.deviceId);
    // Before the user has agreed, browsers may list devices without their ids.
    const isChosenMissing = typeof chosen === 'string' && ids.some(Boolean) && !ids.includes(chosen);
    return { found: ids.length > 0, isChosenMissing };
  };
  const [audio, video] = [has('audioInput', options.audioSource), has('videoInput', options.videoSource)];
  if (audio.isChosenMissing) {
    throw new TestError(ErrorNames.NO_AUDIO_CAPTURE_DEVICES, 'The microphone of the option audioSource was not found.');
  }
  if (video.isChosenMissing && !options.audioOnly) {
    throw new TestError(ErrorNames.NO_VIDEO_CAPTURE_DEVICES, 'The camera of the option videoSource was not found.');
  }
  run.devices = { audio: audio.found, video: video.found };
}

/**
 * An element that nobody sees, for as long as the resources are held.
 * @param {import('../resources.js').Resources} resources
 */
export function hiddenElement(resources) {
  const element = document.createElement('div');
  element.style.cssText = 'position:fixed;bottom:-1px;width:1px;height:1px;opacity:0.01;pointer-events:none';
  element.setAttribute('aria-hidden', 'true');
  document.body.appendChild(element);
  resources.add(() => element.remove());
  return element;
}

/**
 * Makes a publisher. Rejects with OpenTok.js' own error.
 * @param {Run} run
 * @param {object} properties
 */
export async function openPublisher(run, properties) {
  const { OT, resources } = run;
  const element = hiddenElement(resources);
  const all = { width: '100%', height: '100%', insertMode: 'append', showControls: false, ...properties };
  /** @type {any} */
  let publisher;
  let isOpen = false;
  let isReleased = false;
  resources.add(() => {
    isReleased = true;
    // One that never opened may be destroyed already, and then no event will tell.
    if (isOpen) return until(publisher, 'destroyed', () => publisher.destroy());
    return publisher?.destroy();
  });
  await called((done) => {
    publisher = OT.initPublisher(element, all, (/** @type {any} */ error) => {
      isOpen = !error;
      // The user agreed after all, when nobody waited any more: the camera goes off again.
      if (isReleased && isOpen) publisher?.destroy();
      done(error);
    });
  });
  if (!publisher) throw new Error('OT.initPublisher gave no publisher');
  run.publisher = publisher;
  resources.listen(publisher, 'destroyed', () => {
    isOpen = false;
    const error = new TestError(
      ErrorNames.PUBLISH_TO_SESSION_ERROR,
      'The test publisher was destroyed during the test.',
    );
    resources.later(LIMITS_MS.afterDestroyed, () => run.ending.with(error));
  });
  const tracks = mediaTracks(publisher, element);
  run.deviceKinds = [...new Set(tracks.map(deviceKind))];
  watchTracks(run, tracks);
  return element;
}

/**
 * Ends the test when a camera or microphone stops before it does.
 * @param {Run} run
 * @param {MediaStreamTrack[]} tracks
 */
function watchTracks({ ending, resources, deviceKinds = [] }, tracks) {
  for (const track of tracks) {
    const ended = async () => ending.with(await mediaLost(deviceKind(track), deviceKinds));
    track.addEventListener('ended', ended);
    resources.add(() => track.removeEventListener('ended', ended));
  }
}

/**
 * Ends the test when its stream ends before it does.
 * @param {Run} run
 * @param {any} publisher
 */
function watchStream({ ending, resources, deviceKinds = [] }, publisher) {
  resources.listen(publisher, 'streamDestroyed', async (event) => {
    const isMedia = event?.reason === 'mediaStopped';
    ending.with(isMedia ? await mediaLost('camera or microphone', deviceKinds) : streamLost(event?.reason));
  });
}

/**
 * Publishes. Rejects with OpenTok.js' own error.
 * @param {Run} run
 */
export async function publish(run) {
  const { session, publisher } = run;
  await called((done) => session.publish(publisher, done));
  // Not before: when publishing fails, a stream that never was is said to be gone before the error is.
  watchStream(run, publisher);
}
