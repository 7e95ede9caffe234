// A second way of counting frames and freezes: by the frames that the page presents, whatever the W3C statistics say.

/**
 * The frames of a video element.
 * @typedef {object} Frames
 * @property {HTMLVideoElement} video
 * @property {() => { timestamp: number, frames: number, dropped: number, frozen: number } | undefined} presented What was
 *   presented so far: the clock of the page in ms, the number of frames, how many came too late, and for how many seconds the
 *   video was frozen. Nothing before the first frame.
 * @property {() => void} stop
 */

/** As many of the last frames make the mean duration of a frame (W3C webrtc-stats, `freezeCount`). */
const MEAN_OF = 30;

/** Chrome looks for freezes from so many frames on, and counts the frame itself among those of the mean. */
const MIN_FRAMES = 5;

/** A frame that lasts so much longer than the mean, in milliseconds, is a freeze, or one that lasts three times as long. */
const FREEZE_MS = 150;

/**
 * Watches the frames of a video element.
 * @param {HTMLVideoElement} video
 * @param {() => void} [onFirst] Called with the first frame.
 * @returns {Frames}
 */
export function watchFrames(video, onFirst) {
  let isStopped = false;
  let count = 0;
  let frozen = 0;
  /** @type {number | undefined} */
  let last;
  /** @type {number[]} */
  const durations = [];

  /** @type {VideoFrameRequestCallback} */
  const onFrame = (_, { presentationTime, presentedFrames }) => {
    if (isStopped) return;
    if (count === 0) onFirst?.();
    count = presentedFrames;
    if (last !== undefined) note(presentationTime - last);
    last = presentationTime;
    video.requestVideoFrameCallback(onFrame);
  };

  /** Notes how long a frame was shown, in milliseconds. @param {number} duration */
  function note(duration) {
    durations.push(duration);
    if (durations.length > MEAN_OF) durations.shift();
    if (durations.length < MIN_FRAMES) return;
    const mean = durations.reduce((sum, one) => sum + one, 0) / durations.length;
    if (duration >= Math.max(3 * mean, mean + FREEZE_MS)) frozen += duration / 1000;
  }

  video.requestVideoFrameCallback(onFrame);
  return {
    video,
    presented: () => {
      if (last === undefined) return undefined;
      const dropped = video.getVideoPlaybackQuality().droppedVideoFrames;
      return { timestamp: performance.now(), frames: count, dropped, frozen };
    },
    stop() {
      isStopped = true;
    },
  };
}
