// Listens to a sound track: notes when speech begins after a silence, as a mark by which precall finds the same moment at
// the microphone and at a listener, counts what is silent and what is clipped, and records a part of it.

import { recording } from './sound-recording.js';

/** A block so loud is sound, as the root of its mean energy: the speech of precall's microphone is at 0.05. */
const LOUD = 0.01;

/** A block so quiet is silent, as the root of its mean energy: -60 dB of full scale. */
const SILENT = 0.001;

/** A sample so large is clipped: 16 bits cannot hold more. */
const CLIPPED = 0.9999;

/** Speech that begins after so much silence is noted, in seconds. Between its syllables the pauses are shorter. */
const MIN_SILENCE = 0.5;

/** The length of the blocks that are looked at, in seconds. */
const BLOCK = 0.0025;

/**
 * Chunks are read until one has to be waited for, and then the browser gathers the next ones for so many milliseconds. Chrome
 * makes a chunk of 10 ms, and waking up for each of them was most of what listening costs.
 */
const PAUSE_MS = 230;

/** A chunk that took longer was waited for, in milliseconds: all that came before it have been read. */
const WAITED_MS = 1;

/** A recording that lacks a part is begun anew for so many milliseconds after it was asked for. */
const RETRY_MS = 12_000;

/** The browser keeps so many chunks for a page that is busy. */
const MAX_CHUNKS = 300;

/** The delay of a chunk is taken for the smallest of so many: others were held up on their way to this script. */
const DELAYS_OF = 500;

/**
 * What was heard since the last time.
 * @typedef {object} Heard
 * @property {number[]} onsets When speech began, in ms of the page's clock.
 * @property {{ samples: number, silent: number, clipped: number }} sound How many samples there were, how many of them in silent
 *   blocks, and how many clipped.
 * @property {import('./sound-recording.js').Recorded | null} recorded What was recorded; null while nothing is.
 */

/** @returns {Heard} */
export const nothingHeard = () => ({ onsets: [], sound: { samples: 0, silent: 0, clipped: 0 }, recorded: null });

/**
 * @typedef {object} Listener
 * @property {() => Heard} take
 * @property {() => void} record Begins a recording, in place of one that is being made.
 * @property {() => boolean} canRecord False once the sound has turned out to have a rate that cannot be recorded.
 * @property {() => void} stop
 */

/**
 * @param {MediaStreamTrack} track Of sound.
 * @returns {Listener | undefined} Undefined in a browser that gives scripts no samples (Firefox).
 */
export function listenTo(track) {
  const Processor = /** @type {any} */ (window).MediaStreamTrackProcessor;
  if (!Processor) return undefined;
  const reader = new Processor({ track, maxBufferSize: MAX_CHUNKS }).readable.getReader();
  let heard = nothingHeard();
  /** @type {number[]} */
  const delays = [];
  let silence = 0;
  let samples = new Float32Array(0);
  /** @type {ReturnType<typeof recording> | undefined} */
  let recorder;
  let canRecord = true;
  let retriesUntil = 0;

  /** @param {AudioData} data */
  function listen(data) {
    const { numberOfFrames, sampleRate, timestamp } = data;
    delays.push(performance.now() - timestamp / 1000);
    if (delays.length > DELAYS_OF) delays.shift();
    if (samples.length < numberOfFrames) samples = new Float32Array(numberOfFrames);
    data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
    recorder?.hear(samples.subarray(0, numberOfFrames), sampleRate, timestamp / 1e6);
    const length = Math.round(BLOCK * sampleRate);
    for (let from = 0; from + length <= numberOfFrames; from += length) {
      let energy = 0;
      for (let index = from; index < from + length; index += 1) {
        energy += samples[index] ** 2;
        if (Math.abs(samples[index]) >= CLIPPED) heard.sound.clipped += 1;
      }
      const level = Math.sqrt(energy / length);
      heard.sound.samples += length;
      if (level < SILENT) heard.sound.silent += length;
      if (level < LOUD) {
        silence += BLOCK;
        continue;
      }
      if (silence >= MIN_SILENCE) {
        heard.onsets.push(timestamp / 1000 + Math.min(...delays) + (from / sampleRate) * 1000);
      }
      silence = 0;
    }
  }

  void (async () => {
    for (;;) {
      const asked = performance.now();
      const { value, done } = await reader.read();
      if (done) return;
      const isCaughtUp = performance.now() - asked > WAITED_MS;
      try {
        listen(value);
      } finally {
        value.close();
      }
      if (isCaughtUp) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })().catch(() => {});

  return {
    take() {
      const taken = heard;
      heard = nothingHeard();
      taken.recorded = recorder?.take() ?? null;
      if (recorder?.isUnfit()) canRecord = false;
      if (recorder?.isDone()) recorder = undefined;
      else if (recorder?.isBroken()) {
        recorder = canRecord && performance.now() < retriesUntil ? recording() : undefined;
      }
      return taken;
    },
    record() {
      recorder = recording();
      retriesUntil = performance.now() + RETRY_MS;
    },
    canRecord: () => canRecord,
    stop: () => void reader.cancel().catch(() => {}),
  };
}
