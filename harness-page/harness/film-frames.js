// Which frames of precall's film a page presents, and which ones its own camera captures, with the time of each.

import { filmReader } from './film.js';

/** @typedef {import('./film.js').Strip} Strip */
/** @typedef {import('./film.js').Patch} Patch */

/**
 * The frames since the last report.
 * @typedef {object} ReadFrames
 * @property {number[]} numbers
 * @property {number[]} times When each was captured (of the page's own camera) or presented, in ms of the page's clock.
 * @property {Array<number | null>} rtpTimestamps The RTP timestamp of each; null of captured frames, and where the browser reports none.
 * @property {number} unread The number of frames whose number could not be read.
 * @property {Patch | null} patch Null of captured frames.
 */

/**
 * A source of frames.
 * @typedef {object} FrameReader
 * @property {() => ReadFrames} take Returns what was read since the last time.
 * @property {() => void} stop
 */

/** A page that is too busy holds back as many frames at most: a browser has a few, and decodes no further without them. */
const MAX_WAITING = 3;

/** How often a patch is taken, in milliseconds. */
const PATCH_MS = 1000;

/** @returns {ReadFrames} */
const nothing = () => ({ numbers: [], times: [], rtpTimestamps: [], unread: 0, patch: null });

/**
 * Reads the numbers of the frames that a video element presents.
 * @param {HTMLVideoElement} video
 * @param {Strip} strip
 * @param {boolean} isOwn Whether it shows the page's own camera: then the times are those of the capture, where the browser says them.
 * @returns {FrameReader}
 */
export function presentedFrames(video, strip, isOwn) {
  const film = filmReader(strip);
  let isStopped = false;
  let patchDue = performance.now() + PATCH_MS;
  let seen = nothing();

  /** @param {VideoFrame} frame @param {VideoFrameCallbackMetadata} metadata */
  async function read(frame, { presentationTime, captureTime, rtpTimestamp }) {
    try {
      const number = await film.numberOf(frame);
      if (number === undefined) {
        seen.unread += 1;
        return;
      }
      seen.numbers.push(number);
      seen.times.push((isOwn && captureTime) || presentationTime);
      seen.rtpTimestamps.push(rtpTimestamp ?? null);
      if (!isOwn && performance.now() >= patchDue) {
        patchDue = performance.now() + PATCH_MS;
        seen.patch = await film.patchOf(frame, number);
      }
    } catch {
      seen.unread += 1;
    } finally {
      frame.close();
    }
  }

  let reading = Promise.resolve();
  let waiting = 0;
  /** @type {VideoFrameRequestCallback} */
  const onFrame = (_, metadata) => {
    if (isStopped) return;
    video.requestVideoFrameCallback(onFrame);
    try {
      if (waiting >= MAX_WAITING) {
        seen.unread += 1;
        return;
      }
      // At once: a moment later the element may show the next frame.
      const frame = new VideoFrame(video);
      waiting += 1;
      reading = reading
        .then(() => read(frame, metadata))
        .then(() => {
          waiting -= 1;
        });
    } catch {
      // The element has lost its stream in between.
    }
  };
  video.requestVideoFrameCallback(onFrame);
  return {
    take() {
      const taken = seen;
      seen = nothing();
      return taken;
    },
    stop() {
      isStopped = true;
    },
  };
}

/**
 * Reads the numbers of the frames that the page's own camera captures. They come from the track and not from the element that
 * shows it: a callback for each presented frame makes the page render.
 * @param {MediaStreamTrack} track
 * @param {HTMLVideoElement} video An element that shows it.
 * @param {Strip} strip
 * @returns {FrameReader | undefined} Undefined in a browser that gives scripts no frames of a track (Firefox).
 */
export function capturedFrames(track, video, strip) {
  const Processor = /** @type {any} */ (window).MediaStreamTrackProcessor;
  if (!Processor) return undefined;
  const reader = new Processor({ track, maxBufferSize: MAX_WAITING }).readable.getReader();
  const film = filmReader(strip);
  const clock = captureClock(video);
  /** @type {Array<{ number: number, timestamp: number }>} */
  let seen = [];
  let unread = 0;

  void (async () => {
    for (;;) {
      /** @type {{ value: VideoFrame, done: boolean }} */
      const { value: frame, done } = await reader.read();
      if (done) return;
      try {
        const timestamp = frame.timestamp / 1000;
        clock.note(timestamp);
        const number = await film.numberOf(frame);
        if (number === undefined) unread += 1;
        else seen.push({ number, timestamp });
      } catch {
        unread += 1;
      } finally {
        frame.close();
      }
    }
  })().catch(() => {});

  return {
    take() {
      const taken = { seen, unread };
      [seen, unread] = [[], 0];
      return {
        ...nothing(),
        numbers: taken.seen.map(({ number }) => number),
        times: taken.seen.map(({ timestamp }) => timestamp + clock.offset()),
        rtpTimestamps: taken.seen.map(() => null),
        unread: taken.unread,
      };
    },
    stop() {
      clock.stop();
      reader.cancel().catch(() => {});
    },
  };
}

/** So many presented frames say by which clock a track counts. */
const COMPARED_FRAMES = 5;

/** A presented frame and one of the track are the same if their times differ by less, in milliseconds. */
const SAME_FRAME_MS = 12;

/**
 * Finds the difference between the page's clock and that of a track. A presented frame has the time of its capture by the page's
 * clock, and the same frame of the track has it by that of the track. No frame comes before it is captured, so the difference is
 * at most the smallest one between its arrival and its time. Until a frame is found, that stands for it.
 * @param {HTMLVideoElement} video An element that shows the track.
 */
function captureClock(video) {
  /** @type {number[]} The differences that were found. */
  const found = [];
  /** @type {number[]} The last times of the track. */
  const timestamps = [];
  let arrival = Infinity;
  let isStopped = false;

  /** @type {VideoFrameRequestCallback} */
  const onFrame = (_, { captureTime }) => {
    if (isStopped || found.length >= COMPARED_FRAMES) return;
    video.requestVideoFrameCallback(onFrame);
    if (captureTime === undefined) return;
    const distance = (/** @type {number} */ timestamp) => Math.abs(captureTime - timestamp - arrival);
    const [nearest] = timestamps.toSorted((one, other) => distance(one) - distance(other));
    if (nearest === undefined || distance(nearest) >= SAME_FRAME_MS || captureTime - nearest > arrival) return;
    found.push(captureTime - nearest);
  };
  video.requestVideoFrameCallback(onFrame);
  return {
    /** Takes the time of a frame of the track, which came just now. @param {number} timestamp In milliseconds. */
    note(timestamp) {
      arrival = Math.min(arrival, performance.now() - timestamp);
      timestamps.push(timestamp);
      if (timestamps.length > COMPARED_FRAMES) timestamps.shift();
    },
    /** The page's clock less that of the track, in milliseconds. */
    offset: () =>
      Math.min(arrival, found.toSorted((one, other) => one - other)[Math.floor(found.length / 2)] ?? arrival),
    stop() {
      isStopped = true;
    },
  };
}
