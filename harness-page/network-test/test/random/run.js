// Random scenarios on a virtual clock: `node test/random/run.js SEED COUNT`. Whatever happens: every promise settles, nothing is
// left behind, no callback comes later, and all figures are finite and in range.
//
// A program of its own: the test runner watches every promise, which makes this three times as slow.

import assert from 'node:assert/strict';

import NetworkTest, { ErrorNames } from '../../src/index.js';
import { fakeClock } from '../support/clock.js';
import { installPage } from '../support/page.js';
import { randomActs, randomOptions, randomScript } from '../support/random-script.js';
import { random } from '../support/random.js';
import { NOTHING_LEFT, scriptedOT } from '../support/scripted-ot.js';
import { CREDENTIALS } from '../support/world.js';

const [SEED, COUNT] = process.argv.slice(2).map(Number);

/** The longest that a test may take, in ms: every step's limit, two phases, and their clean-up, with timers that hardly run. */
const LONGEST_MS = 1_200_000;
/** What comes late, comes within this. */
const LATER_MS = 150_000;

/** @type {Set<string>} */
const NAMES = new Set(Object.values(ErrorNames));
const TYPES = new Set(['api', 'messaging', 'media', 'logging', 'OpenTok.js']);
const ROUTINGS = /^(Routed|Relayed \((TURN|STUN)\/(TLS|UDP)\)|Unknown)$/;

/** @typedef {import('../support/clock.js').Clock} Clock */
/** @typedef {import('../support/page.js').Page} Page */
/** @typedef {import('../support/random.js').Dice} Dice */

/** Runs something in a page and a time of its own. @param {(clock: Clock, page: Page) => Promise<void>} act */
async function inPage(act) {
  /** @type {Array<() => void>} */
  const undo = [];
  /** @type {import('../support/page.js').Test} */
  const t = {
    after: (done) => undo.push(done),
    mock: {
      method(object, name, replacement) {
        const original = object[name];
        object[name] = replacement;
        undo.push(() => (object[name] = original));
      },
    },
  };
  try {
    await act(fakeClock(t), installPage(t));
  } finally {
    for (const done of undo.reverse()) done();
  }
}

/** What a figure is at most, where that is known. */
const HIGHEST = new Map([
  ['mos', 4.5],
  ['packetLossRatio', 1],
]);

/** Every number in a value, at any depth, is finite and in its range; nothing in it is undefined. @param {any} value @returns {void} */
function assertSound(value, name = 'value') {
  if (typeof value === 'number') {
    const highest = HIGHEST.get(name) ?? Number.MAX_VALUE;
    const lowest = name === 'mos' ? 1 : 0;
    // Not by assert.ok, whose message would be built for each of millions of numbers.
    if (!(value >= lowest && value <= highest)) assert.fail(`${name} is ${value}`);
  } else if (value && typeof value === 'object') {
    for (const key of Object.keys(value)) assertSound(value[key], key);
  } else if (value === undefined) {
    assert.fail(`${name} is undefined`);
  }
}

/** @param {any} error */
function assertNamed(error) {
  assert.ok(error instanceof Error && NAMES.has(error.name) && error.message.length > 10, `${error?.name}: ${error}`);
}

/** @param {{value: any, error: any}} outcome */
function assertConnectivity({ value, error }) {
  assert.equal(error, undefined, `rejected with ${error}`);
  assert.equal(value.success, value.failedTests.length === 0);
  for (const failed of value.failedTests) {
    assert.ok(TYPES.has(failed.type), failed.type);
    assertNamed(failed.error);
  }
}

/** @param {{value: any, error: any}} outcome */
function assertQuality({ value, error }) {
  if (error) return assertNamed(error);
  assertSound(value);
  for (const { supported, reason } of [value.audio, value.video]) assert.ok(!supported || reason === undefined, reason);
  const { mediaRouting } = value.video;
  return assert.ok(mediaRouting === undefined || ROUTINGS.test(mediaRouting), mediaRouting);
}

/** The update callback, of one of the kinds that people write; counts its calls. @param {Dice} dice @param {NetworkTest} networkTest */
function callbackOf(dice, networkTest) {
  const seen = { calls: 0, callback };
  const kind = dice.pick(['plain', 'plain', 'plain', 'throws', 'converts', 'stops', 'again']);
  /** @param {import('../../src/stats.js').Sample} sample */
  function callback(sample) {
    seen.calls += 1;
    assertSound(sample);
    if (kind === 'throws') throw new Error('by the callback');
    if (kind === 'converts') {
      if (sample.video) sample.video.bytesReceived = NaN;
      sample.audio = undefined;
    }
    if (kind === 'stops') networkTest.stop();
    if (kind === 'again') networkTest.testConnectivity().catch(() => {});
  }
  return seen;
}

/** What throws here is the page's own fault. @param {() => void} act */
function attempt(act) {
  try {
    act();
  } catch (error) {
    assert.equal(error instanceof Error && error.name, 'OT_INVALID_PARAMETER');
  }
}

/** @param {number} seed */
async function runScenario(seed) {
  const dice = random(seed);
  await inPage(async (clock, page) => {
    if (dice.chance(0.1))
      page.logging = dice.pick([() => new Promise(() => {}), async () => ({ ok: false, status: 500 })]);
    if (dice.chance(0.1)) globalThis.navigator.permissions.query = () => new Promise(() => {});
    const OT = scriptedOT({ clock, page }, randomScript(dice));
    const networkTest = new NetworkTest(OT, CREDENTIALS, randomOptions(dice));
    const world = { clock, page, OT, log: OT.log, networkTest };
    for (const [atMs, act] of randomActs(dice)) clock.after(atMs, () => attempt(() => act(world)));
    const isQuality = dice.chance(0.65);
    const seen = callbackOf(dice, networkTest);
    /** @type {Promise<any>} */
    const result = isQuality ? networkTest.testQuality(seen.callback) : networkTest.testConnectivity();
    const outcome = await clock.settled(result, LONGEST_MS);
    const calls = seen.calls;
    const { timers, elements } = OT.left;
    assert.deepEqual({ timers, elements }, { timers: 0, elements: 0 });
    (isQuality ? assertQuality : assertConnectivity)(outcome);
    // An assertion in the callback shows here.
    assert.deepEqual(
      page.reported.filter(({ message }) => message !== 'by the callback'),
      [],
    );
    await clock.pass(LATER_MS);
    assert.equal(seen.calls, calls, 'called back after it settled');
    assert.deepEqual(OT.left, NOTHING_LEFT);
  });
}

// Thousands of errors are made; the one that matters is repeated alone.
if (COUNT > 1) Error.stackTraceLimit = 0;

let seed = SEED;
// What is thrown outside of any promise shows here.
process.on('uncaughtException', (error) => failed(error));
process.on('unhandledRejection', (error) => failed(error));

/** @param {any} error */
function failed(error) {
  console.error(`a scenario failed; \`node test/random/run.js ${seed} 1\` repeats it: ${error?.stack ?? error}`);
  process.exit(1);
}

for (; seed < SEED + COUNT; seed += 1) {
  try {
    await runScenario(seed);
  } catch (error) {
    failed(error);
  }
}
