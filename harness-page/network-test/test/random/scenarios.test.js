// Thousands of random scenarios, see `run.js`. SEED=… repeats a run, SCENARIOS=… changes how many there are.

import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCENARIOS = Number(process.env.SCENARIOS ?? 20_000);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const PROCESSES = Math.min(availableParallelism(), 4);

const program = fileURLToPath(new URL('run.js', import.meta.url));

test(`${SCENARIOS} random scenarios from seed ${SEED}`, async () => {
  const share = Math.ceil(SCENARIOS / PROCESSES);
  const run = (/** @type {unknown} */ _, /** @type {number} */ n) =>
    promisify(execFile)(process.execPath, [program, String(SEED + n * share), String(share)]);
  await Promise.all(Array.from({ length: PROCESSES }, run));
});
