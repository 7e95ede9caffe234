// The camera and microphone before the test: opened once, shown, and let go of for certain.

/**
 * Why devices could not be opened: the screen that says so.
 * @typedef {'denied' | 'deniedBySystem' | 'missing' | 'busy'} CaptureFailure
 */

export class CaptureError extends Error {
  /**
   * @param {CaptureFailure} failure
   * @param {unknown} cause
   */
  constructor(failure, cause) {
    super(String(/** @type {any} */ (cause)?.message ?? cause), { cause });
    this.name = 'CaptureError';
    this.failure = failure;
  }
}

/**
 * A person's choice of devices; absent for the browser's own.
 * @typedef {{camera?: string, microphone?: string}} Choice
 */

/** The streams of one element. Whatever it has opened, `release` switches off. */
export class Capture {
  /** @type {MediaStream | undefined} */
  stream;

  /** Counts the requests: an answer to one that is not wanted any more is let go at once. */
  #request = 0;

  /**
   * Opens the devices, in place of those that are open.
   * @param {{audioOnly: boolean, choice: Choice}} options
   * @returns {Promise<MediaStream | undefined>} Undefined when it was released or asked again in the meantime.
   */
  async open({ audioOnly, choice }) {
    this.release();
    const request = this.#request;
    const stream = await opened(audioOnly, choice);
    if (request !== this.#request) {
      stop(stream);
      return undefined;
    }
    this.stream = stream;
    return stream;
  }

  release() {
    this.#request += 1;
    if (this.stream) stop(this.stream);
    this.stream = undefined;
  }
}

/** @param {MediaStream} stream */
function stop(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/**
 * A device that was remembered may be gone: then any other will do.
 * @param {boolean} audioOnly
 * @param {Choice} choice
 */
async function opened(audioOnly, choice) {
  const wanted = (/** @type {Choice} */ { camera, microphone }) => ({
    audio: microphone ? { deviceId: { exact: microphone } } : true,
    video: audioOnly
      ? false
      : { ...(camera ? { deviceId: { exact: camera } } : {}), width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  try {
    return await navigator.mediaDevices.getUserMedia(wanted(choice));
  } catch (error) {
    const isChosen = Boolean(choice.camera || choice.microphone);
    if (isChosen && ['OverconstrainedError', 'NotFoundError'].includes(/** @type {any} */ (error)?.name)) {
      return await navigator.mediaDevices.getUserMedia(wanted({})).catch((again) => {
        throw failed(again);
      });
    }
    throw failed(error);
  }
}

/** @param {any} error Of `getUserMedia` (W3C Media Capture and Streams, 10.3.1). */
function failed(error) {
  const { name = '', message = '' } = error ?? {};
  if (name === 'NotAllowedError' || name === 'SecurityError') {
    // Chrome's and Safari's words for a block by macOS, Windows or ChromeOS.
    return new CaptureError(/system|OS/.test(message) ? 'deniedBySystem' : 'denied', error);
  }
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return new CaptureError('missing', error);
  return new CaptureError('busy', error);
}

/**
 * The devices that a person can choose from; labels are there once they have agreed.
 * @returns {Promise<{cameras: MediaDeviceInfo[], microphones: MediaDeviceInfo[]}>}
 */
export async function devices() {
  const listed = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const of = (/** @type {string} */ kind) => listed.filter((device) => device.kind === kind && device.deviceId !== '');
  return { cameras: of('videoinput'), microphones: of('audioinput') };
}

/** Whether the browser lists a microphone; it does so before the person has agreed, too. */
export async function hasMicrophone() {
  const listed = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return listed.some(({ kind }) => kind === 'audioinput');
}

/** Where the choice is remembered. */
const KEY = 'precall-test:devices';

/** @returns {Choice} */
export function rememberedChoice() {
  try {
    const { camera, microphone } = JSON.parse(localStorage.getItem(KEY) ?? '{}') ?? {};
    const text = (/** @type {unknown} */ value) => (typeof value === 'string' ? value : undefined);
    return { camera: text(camera), microphone: text(microphone) };
  } catch {
    // Storage may be full, refused or of another's making.
    return {};
  }
}

/** @param {Choice} choice */
export function rememberChoice(choice) {
  try {
    localStorage.setItem(KEY, JSON.stringify(choice));
  } catch {
    // The next visit starts with the browser's own devices.
  }
}
