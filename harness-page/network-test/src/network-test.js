// The class: arguments are checked, one test runs at a time, and every test is let go whole.

import { browserName, isSupported } from './browser.js';
import { testConnectivity } from './connectivity.js';
import { ErrorNames, TestError } from './errors.js';
import { checkArguments, checkCallback, warnings } from './options.js';
import { Stop, testQuality } from './quality.js';
import { createRun } from './run.js';

/**
 * Of a routed session of the test's own, and a token that may publish.
 * @typedef {object} Credentials
 * @property {string} [apiKey]
 * @property {string} [applicationId] In place of `apiKey` with unified accounts.
 * @property {string} sessionId
 * @property {string} token
 */

/**
 * How to stop the test that an object is running. Beside the class: declarations of private fields cannot be read for ES5.
 * @type {WeakMap<NetworkTest, () => void>}
 */
const stops = new WeakMap();

/** Tests whether this browser, on this network, works with OpenTok. */
export class NetworkTest {
  /**
   * @param {{initSession: (...args: any[]) => any}} OT OpenTok.js.
   * @param {Credentials} credentials
   * @param {import('./options.js').NetworkTestOptions} [options]
   */
  constructor(OT, credentials, options) {
    checkArguments(OT, credentials);
    /** @type {any} */
    this.OT = OT;
    this.credentials = credentials;
    /** @type {import('./options.js').NetworkTestOptions} */
    this.options = options ?? {};
    for (const warning of warnings(this.options)) console.warn(warning);
    if (this.options.proxyServerUrl && typeof this.OT.setProxyUrl === 'function') {
      this.OT.setProxyUrl(this.options.proxyServerUrl);
    }
  }

  /** OpenTok.js, under the name that it has since 4.0. */
  get OTInstance() {
    return this.OT;
  }

  /**
   * Whether each server that OpenTok needs can be reached. Resolves with what could not.
   * @param {(update: import('./steps.js').StepUpdate) => void} [stepCallback] Called when a step begins and when it is over.
   * @returns {Promise<import('./connectivity.js').ConnectivityTestResults>}
   */
  testConnectivity(stepCallback) {
    const run = createRun(this.OT, this.credentials, this.options);
    const stopped = new TestError(ErrorNames.CONNECTIVITY_ERROR, 'The test was stopped.');
    return runOne(
      this,
      () => testConnectivity(run, stepCallback),
      () => run.ending.with(stopped),
    );
  }

  /**
   * How well audio and video get through, and what to publish.
   * @param {((stats: import('./stats.js').Sample) => void) | null} [updateCallback] Called once a second while it measures.
   * @returns {Promise<import('./scoring/score.js').QualityTestResults>}
   */
  testQuality(updateCallback) {
    checkCallback(updateCallback);
    const name = browserName(globalThis.window);
    if (!isSupported(name)) {
      const message = `The quality test does not support this browser (${name}).`;
      return Promise.reject(new TestError(ErrorNames.UNSUPPORTED_BROWSER, message));
    }
    const run = createRun(this.OT, this.credentials, this.options);
    const stop = new Stop();
    return runOne(
      this,
      () => testQuality(run, stop, updateCallback ?? undefined),
      () => stop.request(),
    );
  }

  /** Ends the running test: connectivity with the step under way, quality as soon as a phase has measured for five seconds. */
  stop() {
    stops.get(this)?.();
  }
}

/**
 * Runs one test. It counts as running before it begins: OpenTok.js may call the page back at once, and the page may then stop it
 * or ask for another.
 * @template T
 * @param {NetworkTest} networkTest
 * @param {() => Promise<T>} test
 * @param {() => void} stop
 * @returns {Promise<T>}
 */
async function runOne(networkTest, test, stop) {
  if (stops.has(networkTest)) {
    throw new TestError(ErrorNames.NETWORK_TEST_ERROR, 'A test is running already; wait for it, or stop it.');
  }
  stops.set(networkTest, stop);
  try {
    return await test();
  } finally {
    stops.delete(networkTest);
  }
}
