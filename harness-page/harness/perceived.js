// What a page shows and plays of streams whose film precall knows: its own camera's, and those that it subscribes to.

import { emit } from './events.js';
import { readNumbers } from './film.js';
import { listenTo, nothingHeard } from './sound.js';

/** @typedef {import('./film.js').Strip} Strip */

/**
 * An element that shows a stream.
 * @typedef {object} Shown
 * @property {string | null} from The participant that publishes the stream; null of the page's own.
 * @property {string} stream
 * @property {Strip | undefined} strip The film of the stream's camera; undefined where it plays none.
 * @property {HTMLVideoElement | null | undefined} video
 */

/** Times are reported in tenths of a millisecond. @param {number} time */
const rounded = (time) => Math.round(time * 10) / 10;

/** Watches elements, and reports of them whenever it is told which there are. */
export function perception() {
  /** @type {Map<HTMLVideoElement, { frames: ReturnType<typeof readNumbers>, sound: Sound | undefined }>} */
  const watched = new Map();
  /** @typedef {{ track: MediaStreamTrack, listener: ReturnType<typeof listenTo> }} Sound */

  const canRead = typeof VideoFrame === 'function' && 'requestVideoFrameCallback' in HTMLVideoElement.prototype;

  /** The first sound track of an element, which is watched from now on. @param {HTMLVideoElement} video @param {Sound | undefined} known */
  function sound(video, known) {
    const track = video.srcObject instanceof MediaStream ? video.srcObject.getAudioTracks()[0] : undefined;
    if (track === known?.track) return known;
    known?.listener?.stop();
    return track && { track, listener: listenTo(track) };
  }

  return {
    /** Reports what was shown and heard since the last time. @param {Shown[]} shown */
    report(shown) {
      if (!canRead) return;
      for (const { from, stream, strip, video } of shown) {
        if (!strip || !video) continue;
        const known = watched.get(video);
        const frames = known?.frames ?? readNumbers(video, strip, from === null);
        const source = sound(video, known?.sound);
        watched.set(video, { frames, sound: source });
        const { times, ...read } = frames.take();
        const heard = source?.listener?.take() ?? nothingHeard();
        emit({
          type: 'perceived',
          from,
          stream,
          origin: performance.timeOrigin,
          times: times.map(rounded),
          onsets: heard.onsets.map(rounded),
          sound: heard.sound,
          ...read,
        });
      }
      const present = new Set(shown.map(({ video }) => video));
      for (const [video, { frames, sound }] of watched) {
        if (present.has(video)) continue;
        frames.stop();
        sound?.listener?.stop();
        watched.delete(video);
      }
    },
  };
}
