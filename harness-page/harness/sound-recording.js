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

/** A recording that begins with the next chunk of a sound. */
export function recording() {
  /** @type {{ factor: number, taps: Float32Array, began: number, heard: number } | undefined} */
  let source;
  let waiting = new Float32Array(0);
  let place = 0;
  /** @type {number[]} */
  let samples = [];
  let taken = 0;
  let isBroken = false;

  return {
    /** Whether it lacks a part, or is unfit. */
    isBroken: () => isBroken,

    /** Whether the rate of the sound is no multiple of that of a recording. */
    isUnfit: () => source !== undefined && !Number.isInteger(source.factor),

    /** Whether all of it has been taken. */
    isDone: () => taken >= LENGTH * RATE,

    /**
     * Takes a chunk of the sound.
     * @param {Float32Array} chunk @param {number} sampleRate @param {number} at When it begins, in seconds.
     */
    hear(chunk, sampleRate, at) {
      if (isBroken || taken + samples.length >= LENGTH * RATE) return;
      if (!source) {
        const factor = sampleRate / RATE;
        source = { factor, taps: lowPass(factor), began: at, heard: 0 };
        isBroken = !Number.isInteger(factor) || factor < 1;
        waiting = new Float32Array(isBroken ? 0 : HALF_TAPS * factor);
        place = waiting.length;
      }
      const { factor, taps, began, heard } = source;
      if (isBroken || Math.abs(at - began - heard / sampleRate) > MAX_GAP) {
        isBroken = true;
        return;
      }
      source.heard += chunk.length;
      const all = new Float32Array(waiting.length + chunk.length);
      all.set(waiting);
      all.set(chunk, waiting.length);
      const half = HALF_TAPS * factor;
      for (; place + half < all.length; place += factor) {
        let sum = 0;
        for (let tap = 0; tap < taps.length; tap += 1) sum += taps[tap] * all[place - half + tap];
        samples.push(Math.max(-32_768, Math.min(32_767, Math.round(sum * 32_768))));
      }
      const kept = place - half;
      waiting = all.slice(kept);
      place = half;
    },

    /** What came since the last time. @returns {Recorded | null} */
    take() {
      const first = taken;
      const part = samples.slice(0, LENGTH * RATE - first);
      samples = [];
      if (isBroken || part.length === 0) return null;
      taken += part.length;
      let text = '';
      for (const sample of part) text += String.fromCharCode(sample & 0xff, (sample >> 8) & 0xff);
      return { first, pcm: btoa(text) };
    },
  };
}
