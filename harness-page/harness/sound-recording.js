// Records stretches of a received sound, so that precall can hold them against what the microphone played.

/** Samples per second of a recording: wideband speech, as ITU-T P.862.2 compares it. */
const RATE = 16_000;

/** The length of a recording, in seconds. */
const LENGTH = 12;

/** Half the length of the low-pass filter before samples are left out, in samples of a recording. */
const HALF_TAPS = 16;

/** The filter lets half of the amplitude through at this share of the highest frequency that a recording can have. */
const CUTOFF = 0.9;

/** A sound whose time runs away from its samples by so many seconds lacks some: the page was too busy to read them. */
const MAX_GAP = 0.06;

/**
 * A part of a recording.
 * @typedef {object} Recorded
 * @property {number} first How many samples of the recording came before it.
 * @property {string} pcm Its samples as base64 of 16-bit integers, the low byte first.
 */

/** The low-pass filter before all but every n-th sample is left out: a sinc under a Blackman window. @param {number} factor */
function lowPass(factor) {
  const half = HALF_TAPS * factor;
  const taps = Array.from({ length: 2 * half + 1 }, (_, index) => {
    const at = (index - half) / factor;
    const sinc = at === 0 ? CUTOFF : Math.sin(Math.PI * CUTOFF * at) / (Math.PI * at);
    const turn = (2 * Math.PI * index) / (2 * half);
    return sinc * (0.42 - 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn));
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return Float32Array.from(taps, (tap) => tap / sum);
}

/** So many bytes are turned into text at once: a call takes a limited number of arguments. */
const BYTES_AT_ONCE = 8_192;

/** @param {Int16Array} samples Base64 of the samples, the low byte first, as on every processor that browsers run on. */
function base64(samples) {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  let text = '';
  for (let from = 0; from < bytes.length; from += BYTES_AT_ONCE) {
    text += String.fromCharCode(...bytes.subarray(from, from + BYTES_AT_ONCE));
  }
  return btoa(text);
}

/** A recording that begins with the next chunk of a sound. */
export function recording() {
  /** @type {{ factor: number, taps: Float32Array, began: number, heard: number } | undefined} */
  let source;
  // What was heard and is not left behind by the filter yet, and how much of it is filled.
  let waiting = new Float32Array(0);
  let filled = 0;
  const samples = new Int16Array(LENGTH * RATE);
  let made = 0;
  let taken = 0;
  let isBroken = false;

  return {
    /** Whether it lacks a part, or is unfit. */
    isBroken: () => isBroken,

    /** Whether the rate of the sound is no multiple of that of a recording. */
    isUnfit: () => source !== undefined && !Number.isInteger(source.factor),

    /** Whether all of it has been taken. */
    isDone: () => taken === samples.length,

    /**
     * Takes a chunk of the sound.
     * @param {Float32Array} chunk @param {number} sampleRate @param {number} at When it begins, in seconds.
     */
    hear(chunk, sampleRate, at) {
      if (isBroken || made === samples.length) return;
      if (!source) {
        const factor = sampleRate / RATE;
        isBroken = !Number.isInteger(factor);
        source = { factor, taps: lowPass(factor), began: at, heard: 0 };
        // The first sample has silence before it.
        filled = isBroken ? 0 : HALF_TAPS * factor;
      }
      const { factor, taps, began, heard } = source;
      if (isBroken || Math.abs(at - began - heard / sampleRate) > MAX_GAP) {
        isBroken = true;
        return;
      }
      source.heard += chunk.length;
      if (waiting.length < filled + chunk.length) {
        const longer = new Float32Array(2 * (filled + chunk.length));
        longer.set(waiting.subarray(0, filled));
        waiting = longer;
      }
      waiting.set(chunk, filled);
      filled += chunk.length;
      const half = HALF_TAPS * factor;
      let first = 0;
      for (; first + 2 * half < filled && made < samples.length; first += factor) {
        const centre = first + half;
        let sum = taps[half] * waiting[centre];
        // Both halves of the filter are alike.
        for (let away = 1; away <= half; away += 1) {
          sum += taps[half - away] * (waiting[centre - away] + waiting[centre + away]);
        }
        samples[made] = Math.max(-32_768, Math.min(32_767, Math.round(sum * 32_768)));
        made += 1;
      }
      waiting.copyWithin(0, first, filled);
      filled -= first;
    },

    /** What came since the last time. @returns {Recorded | null} */
    take() {
      if (isBroken || made === taken) return null;
      const first = taken;
      taken = made;
      return { first, pcm: base64(samples.subarray(first, made)) };
    },
  };
}
