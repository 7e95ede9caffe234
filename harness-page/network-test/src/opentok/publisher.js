// The publisher: what there is to publish from, the publisher itself, and what may happen to it on the way.

import { LIMITS_MS, called } from '../deadline.js';
import { ErrorNames, TestError, streamLost } from '../errors.js';
import { deviceKind, mediaLost, mediaTracks } from '../media.js';
import { wantsVideo } from '../options.js';
import { until } from '../resources.js';

/** @typedef {import('../run.js').Run} Run */

/**
 * Which kinds of device there are, and whether one that the caller chose is not listed. Rejects with OpenTok.js' own error.
 *
 * A device that is not listed may be there all the same: before the user has agreed, browsers list no ids or temporary ones, and
 * some do not list `default`. Whether it is missing is decided when it is opened.
 * @param {Run} run
 */
export async function listDevices(run) {
  const { OT, options } = run;
  /** @type {Array<{kind: string, deviceId?: string}>} */
  const listed = (await called((done) => OT.getDevices(done))) ?? [];
  const ids = (/** @type {string} */ kind) =>
    listed.filter((device) => device.kind === kind).map((device) => device.deviceId);
  const audio = chosen(options.audioSource, ids('audioInput'));
  const video = chosen(options.videoSource, ids('videoInput'));
  run.devices = {
    audio: ids('audioInput').length > 0,
    video: ids('videoInput').length > 0,
    audioSource: audio.source,
    videoSource: video.source,
    unlistedMicrophone: audio.isUnlisted,
    unlistedCamera: wantsVideo(options) && video.isUnlisted,
  };
}

/**
 * What to hand to OpenTok.js for a source that the caller chose. Chrome lists the default microphone by the id `default`; where
 * there is no such id, the default device is the one that is opened without an id.
 * @param {any} source
 * @param {Array<string | undefined>} ids The devices that are listed.
 */
function chosen(source, ids) {
  const isUnlisted = typeof source === 'string' && !ids.includes(source);
  return isUnlisted && source === 'default' ? { source: undefined, isUnlisted: false } : { source, isUnlisted };
}

/**
 * An element that nobody sees, for as long as the resources are held.
 * @param {import('../resources.js').Resources} resources
 */
export function hiddenElement(resources) {
  const element = document.createElement('div');
  element.style.cssText = 'position:fixed;bottom:-1px;width:1px;height:1px;opacity:0.01;pointer-events:none';
  element.setAttribute('aria-hidden', 'true');
  // What OpenTok.js puts into it can take the focus.
  element.setAttribute('inert', '');
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
      // A success stands, whatever is called back after it.
      isOpen ||= !error;
      // The user agreed after all, when nobody waited any more: the camera goes off again.
      if (isReleased && isOpen) resources.add(() => publisher?.destroy());
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
    const ended = async () => ending.with(await mediaLost(deviceKind(track), deviceKinds, ending));
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
    ending.with(isMedia ? await mediaLost('camera or microphone', deviceKinds, ending) : streamLost(event?.reason));
  });
}

/**
 * Publishes. Rejects with OpenTok.js' own error.
 * @param {Run} run
 */
export async function publish(run) {
  const { session, publisher, resources } = run;
  // Listened to from the beginning: the stream may come before the callback, or after it.
  run.streamCreated = new Promise((resolve) => {
    resources.listen(publisher, 'streamCreated', (event) => resolve(event?.stream ?? publisher.stream));
  });
  await called((done) => session.publish(publisher, done));
  // Not before: when publishing fails, a stream that never was is said to be gone before the error is.
  watchStream(run, publisher);
}
