// Cameras and microphones, as the browser sees them.

import { LIMITS_MS, within } from './deadline.js';
import { ErrorNames, TestError } from './errors.js';

/**
 * The tracks that a publisher sends. Older releases of OpenTok.js do not tell all, but show them.
 * @param {any} publisher
 * @param {HTMLElement} element Where it shows them.
 * @returns {MediaStreamTrack[]}
 */
export function mediaTracks(publisher, element) {
  const shown = element.querySelector('video')?.srcObject;
  return [
    ...new Set([
      publisher.getAudioSource?.(),
      publisher.getVideoSource?.()?.track,
      ...(shown && 'getTracks' in shown ? shown.getTracks() : []),
    ]),
  ].filter(Boolean);
}

/**
 * What a track comes from, in words.
 * @param {MediaStreamTrack} track
 */
export function deviceKind({ kind }) {
  return kind === 'video' ? 'camera' : 'microphone';
}

/**
 * Why a camera or microphone stopped: the user took the permission back, or the device went.
 * @param {string} kind What stopped, in words.
 * @param {string[]} used The kinds that were in use. All are asked about: taking one back, Chrome may stop both.
 * @param {import('./deadline.js').Ending} ending Of the test.
 * @returns {Promise<TestError>}
 */
export async function mediaLost(kind, used, ending) {
  const states = await Promise.all(used.map((name) => permission(name, ending)));
  const denied = used.filter((_, index) => states[index] === 'denied');
  return denied.length > 0
    ? new TestError(ErrorNames.PERMISSION_DENIED_ERROR, `The ${denied.join(' and ')} may not be used any more.`)
    : new TestError(ErrorNames.MEDIA_DEVICE_ERROR, `The ${kind} stopped during the test.`);
}

/**
 * What the browser says of a permission; undefined where it does not.
 * @param {string} name
 * @param {import('./deadline.js').Ending} ending
 * @returns {Promise<string | undefined>}
 */
async function permission(name, ending) {
  try {
    const query = navigator.permissions.query({ name: /** @type {any} */ (name) });
    return (await within(query, LIMITS_MS.queryPermission, 'asking for the permission', ending)).state;
  } catch {
    return undefined;
  }
}

/**
 * Opens the camera with 1920x1080 and closes it again. Rejects with the browser's own error.
 * @param {import('./run.js').Run} run
 */
export async function probeFullHd({ devices }) {
  if (!devices?.video) throw new TestError(ErrorNames.NO_VIDEO_CAPTURE_DEVICES, 'No camera was found for fullHd.');
  const { videoSource } = devices;
  const deviceId = typeof videoSource === 'string' ? { deviceId: { exact: videoSource } } : {};
  const video = { ...deviceId, width: { exact: 1920 }, height: { exact: 1080 } };
  // However late the user agrees, the camera goes off again.
  const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
  stream.getTracks().forEach((track) => track.stop());
}
