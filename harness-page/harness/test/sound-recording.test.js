import assert from 'node:assert/strict';
import { test } from 'node:test';

import { recording } from '../sound-recording.js';

/** Samples per second of the sound, and the length of its chunks, as Chrome has them. */
const SOUND_RATE = 48_000;
const CHUNK = 480;

/** The samples of a part of a recording. @param {string} pcm */
function samplesOf(pcm) {
  const bytes = Buffer.from(pcm, 'base64');
  return Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readInt16LE(2 * index));
}

/** A recording of a tone, in so many chunks. @param {number} frequency @param {number} chunks @param {number} [rate] */
function recorded(frequency, chunks, rate = SOUND_RATE) {
  const made = recording();
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const from = chunk * CHUNK;
    const samples = Float32Array.from({ length: CHUNK }, (_, index) =>
      Math.sin((2 * Math.PI * frequency * (from + index)) / rate),
    );
    made.hear(samples, rate, 5 + from / rate);
  }
  return made;
}

/** The loudness of samples, with 1 for a tone of full scale. @param {number[]} samples */
function level(samples) {
  const energy = samples.reduce((sum, sample) => sum + (sample / 32_768) ** 2, 0) / samples.length;
  return Math.sqrt(2 * energy);
}

test('a tone keeps its loudness and its pitch across the seams of chunks', () => {
  const part = recorded(1_000, 100).take();
  assert.ok(part);
  const samples = samplesOf(part.pcm);
  assert.equal(part.first, 0);
  assert.ok(Math.abs(samples.length - 16_000) <= 16, `${samples.length} samples of a second`);
  for (let index = 100; index < samples.length; index += 1) {
    const expected = 32_768 * Math.sin((2 * Math.PI * 1_000 * index) / 16_000);
    assert.ok(Math.abs(samples[index] - expected) < 200, `${index}: ${samples[index]} instead of ${expected}`);
  }
});

test('what is above half of the rate is left out', () => {
  const levels = [6_000, 9_000, 12_000].map((frequency) => {
    const part = recorded(frequency, 50).take();
    assert.ok(part);
    return level(samplesOf(part.pcm).slice(100));
  });
  assert.ok(levels[0] > 0.9 && levels[1] < 0.02 && levels[2] < 0.001, String(levels));
});

test('parts follow one another, and end with the recording', () => {
  const made = recorded(300, 700);
  const first = made.take();
  assert.ok(first && first.first === 0);
  const length = samplesOf(first.pcm).length;
  assert.equal(made.take(), null);
  made.hear(new Float32Array(CHUNK), SOUND_RATE, 5 + 700 * 0.01);
  assert.equal(made.take()?.first, length);
  const whole = recorded(300, 1_300);
  assert.equal(samplesOf(whole.take()?.pcm ?? '').length, 12 * 16_000);
  assert.ok(whole.isDone() && !whole.isBroken());
  assert.equal(whole.take(), null);
});

test('a recording that lacks a part is broken', () => {
  const made = recorded(300, 10);
  made.hear(new Float32Array(CHUNK), SOUND_RATE, 5.3);
  assert.ok(made.isBroken() && !made.isUnfit());
  assert.equal(made.take(), null);
});

test('a sound whose rate is no multiple is unfit', () => {
  const made = recorded(300, 1, 44_100);
  assert.ok(made.isBroken() && made.isUnfit());
  assert.ok(!recorded(300, 1, 16_000).isUnfit() && !recorded(300, 1, 32_000).isBroken());
});
