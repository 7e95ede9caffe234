// The page that a case runs in. precall calls `precall.prepare(setup)`, applies the case's network, then calls
// `precall.run()`, or `precall.join()` where the page is that of a participant of a call; everything that happens goes back as
// events. Judges nothing.

import { participant } from './call.js';
import { describeError, emit } from './events.js';
import { applyPolicy } from './policy.js';
import { connectivityResult } from './results.js';
import { watchPeerConnections } from './rtc-stats.js';

/**
 * What precall hands over. The token in it must never appear in an event.
 * @typedef {object} Setup
 * @property {string} sdkUrl OpenTok.js, on this page's own origin.
 * @property {string} moduleUrl The network-test module: an ES module, or a script that defines the published global.
 * @property {{apiKey: string, applicationId: string, sessionId: string, token: string}} credentials The key under both of its
 *   names: modules take one or the other.
 * @property {object} options The options of the network test's constructor.
 * @property {{connectivity: boolean, quality: boolean}} tests
 * @property {string} [policy] What the page may load and reach; anything, where it is absent.
 * @property {import('./call.js').CallSetup} [call] The participant of a call, instead of a network test.
 */

/** @type {{setup: Setup, NetworkTest: any} | undefined} */
let prepared;

/** @type {ReturnType<typeof participant> | undefined} */
let caller;

// Before OpenTok.js is loaded, so that it uses the watched constructor.
const peerConnections = watchPeerConnections(window);

/** @param {string} url */
function loadScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.charset = 'utf-8';
    script.onload = () => resolve(undefined);
    script.onerror = () => reject(new Error(`could not load ${url}`));
    document.head.append(script);
  });
}

/** The global that published builds define when a script tag loads them. */
const MODULE_GLOBAL = 'OpenTokNetworkConnectivity';

/** The class `NetworkTest` of a module, whatever it was built as. @param {string} url */
async function loadNetworkTest(url) {
  const before = new Set(Object.keys(window));
  const found = (/** @type {any} */ exports) => (typeof exports?.default === 'function' ? exports.default : undefined);
  // A build under another name may define another global: whatever is new and has a class to give.
  const ofGlobal = () =>
    [MODULE_GLOBAL, ...Object.keys(window).filter((name) => !before.has(name))]
      .map((name) => found(/** @type {any} */ (window)[name]))
      .find((one) => one !== undefined);
  // A script of the universal kind may run as a module, or refuse to.
  const asModule = found(await import(url).catch(() => undefined)) ?? ofGlobal();
  if (asModule) return asModule;
  await loadScript(url);
  const asScript = ofGlobal();
  if (!asScript) throw new Error(`${url} has no default export, and defines no ${MODULE_GLOBAL}`);
  return asScript;
}

/** Loads OpenTok.js and the module under test. @param {Setup} setup */
async function prepare(setup) {
  try {
    if (setup.policy) applyPolicy(setup.policy);
    await loadScript(setup.sdkUrl);
    const OT = /** @type {any} */ (window).OT;
    if (!OT) throw new Error('OpenTok.js was loaded but did not define OT');
    if (setup.call) caller = participant(OT, setup.call, setup.credentials);
    else prepared = { setup, NetworkTest: await loadNetworkTest(setup.moduleUrl) };
    emit({ type: 'ready', sdkVersion: OT.version ?? OT.properties?.version, userAgent: navigator.userAgent });
  } catch (error) {
    emit({ type: 'failed', phase: 'prepare', error: describeError(error) });
  }
}

/** Runs the tests asked for, one after the other. */
async function run() {
  if (!prepared) throw new Error('prepare was not called, or failed');
  const { setup, NetworkTest } = prepared;
  const OT = /** @type {any} */ (window).OT;
  peerConnections.start((report) => emit({ type: 'rtcStats', ...report }));
  let phase = 'prepare';
  try {
    const test = new NetworkTest(OT, setup.credentials, setup.options);
    if (setup.tests.connectivity) {
      phase = 'connectivity';
      emit({ type: 'phase', phase });
      emit({ type: 'connectivity', result: await connectivityResult(() => test.testConnectivity()) });
    }
    if (setup.tests.quality) {
      phase = 'quality';
      emit({ type: 'phase', phase });
      await runQuality(test);
    }
  } catch (error) {
    emit({ type: 'failed', phase, error: describeError(error) });
  } finally {
    peerConnections.stop();
    emit({ type: 'done' });
  }
}

/** Joins the call. */
async function join() {
  if (!caller) throw new Error('prepare was not called for a call, or failed');
  peerConnections.start((report) => emit({ type: 'rtcStats', ...report }));
  try {
    await caller.start();
  } catch (error) {
    emit({ type: 'failed', phase: 'call', error: describeError(error) });
  }
}

/** How long the last statistics may take, in milliseconds. */
const LAST_STATISTICS_MS = 1000;

/** Ends the participant's part of the call: reports the last counters, and leaves. */
async function finish() {
  caller?.tellSubscriptions();
  await Promise.race([peerConnections.tellAll(), new Promise((resolve) => setTimeout(resolve, LAST_STATISTICS_MS))]);
  peerConnections.stop();
  caller?.leave();
  emit({ type: 'done' });
}

/** @param {any} test */
async function runQuality(test) {
  let result;
  try {
    // The module insists on a function of exactly one parameter.
    result = await test.testQuality((/** @type {object} */ sample) => emit({ type: 'sample', sample }));
  } catch (error) {
    // A rejection is a result of the test, not a fault of the page.
    emit({ type: 'qualityError', error: describeError(error) });
    return;
  }
  emit({ type: 'quality', result });
}

Object.assign(window, {
  precall: {
    prepare,
    run,
    join,
    finish,
    step: (/** @type {import('./call.js').Step} */ step) => caller?.take(step),
    release: (/** @type {string} */ name) => caller?.release(name),
  },
});
emit({ type: 'loaded' });
