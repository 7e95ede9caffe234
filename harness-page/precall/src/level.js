// The level of a microphone, and a tone for the loudspeaker.

/** Below this nobody speaks: -60 dBFS, as the noise floor of a quiet room through a common microphone. */
const QUIET = 0.001;

/** Below this not even a room is heard: -80 dBFS. A microphone that is muted gives zeros, or next to it. */
const MUTE = 0.0001;

/** How long a microphone is listened to before its silence means something. */
export const SILENCE_MS = 3000;

/** How loud full scale is shown: speech has a root mean square of about a tenth of it. */
const SHOWN = 5;

const INTERVAL_MS = 100;

/**
 * A microphone that is listened to.
 * @typedef {object} LevelWatch
 * @property {() => boolean} heard Whether anybody has spoken.
 * @property {() => boolean} isMute Whether it has given nothing at all, for so long that this means something.
 * @property {() => void} stop
 */

/**
 * Watches the level of a stream's sound. `onLevel` is given 0 to 1, ten times a second.
 * @param {MediaStream} stream
 * @param {(level: number) => void} onLevel
 * @returns {LevelWatch}
 */
export function watchLevel(stream, onLevel) {
  let loudest = 0;
  let heardMs = 0;
  if (stream.getAudioTracks().length === 0) return { heard: () => false, isMute: () => false, stop() {} };
  const context = new AudioContext();
  // Browsers start it asleep where the person has not touched the page yet.
  context.resume().catch(() => {});
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  context.createMediaStreamSource(stream).connect(analyser);
  const wave = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    // A context that sleeps, as without a loudspeaker in some browsers, hears nothing: that is not the microphone's silence.
    if (context.state !== 'running') return;
    heardMs += INTERVAL_MS;
    analyser.getFloatTimeDomainData(wave);
    const level = Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
    loudest = Math.max(loudest, level);
    onLevel(Math.min(1, level * SHOWN));
  }, INTERVAL_MS);
  return {
    heard: () => loudest > QUIET,
    isMute: () => loudest < MUTE && heardMs >= SILENCE_MS,
    stop() {
      clearInterval(timer);
      context.close().catch(() => {});
    },
  };
}

/** Three notes: easier to hear than one, for people who hear some pitches badly. */
const NOTES_HZ = [440, 660, 880];
const NOTE_SECONDS = 0.35;
const VOLUME = 0.2;

/** A browser that finds no loudspeaker may never begin to play. */
const START_LIMIT_MS = 2000;

/** Plays the tone. @returns {Promise<void>} When it is over; rejected where the browser plays nothing. */
export async function playTone() {
  const context = new AudioContext();
  try {
    await Promise.race([
      context.resume(),
      new Promise((_, reject) => {
        setTimeout(() => reject(new Error('the browser plays nothing')), START_LIMIT_MS);
      }),
    ]);
    const volume = context.createGain();
    volume.gain.value = VOLUME;
    volume.connect(context.destination);
    NOTES_HZ.forEach((frequency, index) => {
      const note = context.createOscillator();
      note.frequency.value = frequency;
      note.connect(volume);
      note.start(context.currentTime + index * NOTE_SECONDS);
      note.stop(context.currentTime + (index + 1) * NOTE_SECONDS);
    });
    await new Promise((resolve) => {
      setTimeout(resolve, NOTES_HZ.length * NOTE_SECONDS * 1000);
    });
  } finally {
    context.close().catch(() => {});
  }
}
