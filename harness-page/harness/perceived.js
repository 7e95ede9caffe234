// What a page shows and plays of streams whose film precall knows: its own camera's, and those that it subscribes to.

import { emit } from './events.js';
import { capturedFrames, presentedFrames } from './film-frames.js';
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

/** After so many milliseconds the next sound has its turn: a recording of twelve seconds is complete, or is being made anew. */
const RECORDING_MS = 13_000;

/** Once each sound has been recorded, one of them is recorded again so often, in milliseconds. */
const AGAIN_MS = 30_000;

/** Times are reported in tenths of a millisecond. @param {number} time */
const rounded = (time) => Math.round(time * 10) / 10;

/**
 * A track, and who reads it; undefined where the browser lets no script do so.
 * @template Reader
 * @typedef {{ track: MediaStreamTrack, reader: Reader | undefined }} Source
 */

/**
 * The first track of a kind that an element plays, which is read from now on. What it had before is returned if it is the same.
 * @template {{ stop: () => void }} Reader
 * @param {HTMLVideoElement} video @param {'audio' | 'video'} kind @param {Source<Reader> | undefined} known
 * @param {(track: MediaStreamTrack) => Reader | undefined} read
 * @returns {Source<Reader> | undefined}
 */
function sourceOf(video, kind, known, read) {
  const tracks = video.srcObject instanceof MediaStream ? video.srcObject.getTracks() : [];
  const track = tracks.find((one) => one.kind === kind && one.readyState === 'live');
  if (track === known?.track) return known;
  known?.reader?.stop();
  return track && { track, reader: read(track) };
}

/** Watches elements, and reports of them whenever it is told which there are. */
export function perception() {
  /**
   * @typedef {object} Watched
   * @property {Source<import('./film-frames.js').FrameReader>} [captured] Of the page's own camera, where it can be read.
   * @property {import('./film-frames.js').FrameReader} [presented] In all other cases.
   * @property {Source<import('./sound.js').Listener>} [sound]
   * @property {boolean} [isOwn]
   * @property {number} [recorded] When its last recording began.
   */
  /** @type {Map<HTMLVideoElement, Watched>} */
  const watched = new Map();

  /** Records one after another of the sounds that come from others: first each once, and then one every while. */
  function record() {
    const others = [...watched.values()].filter(({ isOwn, sound }) => !isOwn && sound?.reader?.canRecord());
    const last = Math.max(...others.map(({ recorded }) => recorded ?? -Infinity));
    const now = performance.now();
    const isNew = others.some(({ recorded }) => recorded === undefined);
    if (now - last < (isNew ? RECORDING_MS : AGAIN_MS)) return;
    const [next] = others.sort((one, other) => (one.recorded ?? -Infinity) - (other.recorded ?? -Infinity));
    if (!next) return;
    next.recorded = now;
    next.sound?.reader?.record();
  }

  const canRead = typeof VideoFrame === 'function' && 'requestVideoFrameCallback' in HTMLVideoElement.prototype;

  return {
    /** Reports what was shown and heard since the last time. @param {Shown[]} shown */
    report(shown) {
      if (!canRead) return;
      for (const { from, stream, strip, video } of shown) {
        if (!strip || !video) continue;
        const known = watched.get(video) ?? {};
        watched.set(video, known);
        known.sound = sourceOf(video, 'audio', known.sound, listenTo);
        const isOwn = from === null;
        known.isOwn = isOwn;
        if (isOwn) {
          known.captured = sourceOf(video, 'video', known.captured, (track) => capturedFrames(track, video, strip));
        }
        const frames = known.captured?.reader ?? known.presented ?? presentedFrames(video, strip, isOwn);
        if (frames !== known.presented) known.presented?.stop();
        known.presented = frames === known.captured?.reader ? undefined : frames;
        const { times, ...read } = frames.take();
        const heard = known.sound?.reader?.take() ?? nothingHeard();
        emit({
          type: 'perceived',
          from,
          stream,
          origin: performance.timeOrigin,
          times: times.map(rounded),
          onsets: heard.onsets.map(rounded),
          sound: heard.sound,
          recorded: heard.recorded,
          ...read,
        });
      }
      record();
      const present = new Set(shown.map(({ video }) => video));
      for (const [video, { captured, presented, sound }] of watched) {
        if (present.has(video)) continue;
        [captured?.reader, presented, sound?.reader].forEach((reader) => reader?.stop());
        watched.delete(video);
      }
    },
  };
}
