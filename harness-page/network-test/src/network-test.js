// The class: arguments are checked, one test runs at a time, and every test is let go whole.

import { browserName, isSupported } from './browser.js';
import { testConnectivity } from './connectivity.js';
import { ErrorNames, TestError } from './errors.js';
import { checkArguments } from './options.js';
import { testQuality } from './quality.js';
import { Resources } from './resources.js';

/** Tests whether this browser, on this network, works with OpenTok. */
export class NetworkTest {
  /** Set while a test runs. @type {{stop: () => void} | undefined} */
  #running;

  /**
   * @param {any} OT OpenTok.js.
   * @param {{apiKey: string, sessionId: string, token: string}} credentials Of a routed session of its own, and a
   *   token that may publish.
   * @param {{audioOnly?: boolean, timeout?: number, audioSource?: string, videoSource?: string,
   *   initSessionOptions?: {ipWhitelist?: boolean, iceConfig?: object}, proxyServerUrl?: string,
   *   scalableVideo?: boolean, fullHd?: boolean, scoring?: 'classic' | 'bandwidth'}} [options]
   */
  constructor(OT, credentials, options) {
    checkArguments(OT, credentials);
    this.OT = OT;
    this.credentials = credentials;
    this.options = options ?? {};
    if (this.options.proxyServerUrl && typeof OT.setProxyUrl === 'function') {
      OT.setProxyUrl(this.options.proxyServerUrl);
    }
  }

  /** Whether each server that OpenTok needs can be reached. Resolves with what could not. */
  testConnectivity() {
    return this.#run((context, end) => {
      const stopped = new TestError(ErrorNames.NETWORK_TEST_ERROR, 'The test was stopped.');
      return { done: testConnectivity(context), stop: () => end(stopped) };
    });
  }

  /**
   * How well audio and video get through, and what to publish.
   * @param {((stats: import('./stats.js').Sample) => void) | null} [updateCallback] Called once a second.
   */
  testQuality(updateCallback) {
    if (updateCallback && (typeof updateCallback !== 'function' || updateCallback.length !== 1)) {
      throw new TestError(
        ErrorNames.INVALID_ON_UPDATE_CALLBACK,
        'The onUpdate callback must be a function that accepts a single parameter.',
      );
    }
    const name = browserName(globalThis.window);
    if (!isSupported(name)) {
      const message = `The quality test does not support this browser (${name}).`;
      return Promise.reject(new TestError(ErrorNames.UNSUPPORTED_BROWSER, message));
    }
    return this.#run((context) => {
      const stopping = { requested: false };
      const stop = () => {
        stopping.requested = true;
      };
      return { done: testQuality(context, { onUpdate: updateCallback ?? undefined, stopping }), stop };
    });
  }

  /** Ends the running test: connectivity at once, quality as soon as it has measured for five seconds. */
  stop() {
    this.#running?.stop();
  }

  /**
   * @template T
   * @param {(context: import('./opentok.js').Context, end: (error: Error) => void) =>
   *   {done: Promise<T>, stop: () => void}} start
   * @returns {Promise<T>}
   */
  async #run(start) {
    if (this.#running) {
      throw new TestError(ErrorNames.NETWORK_TEST_ERROR, 'A test is running already; wait for it, or stop it.');
    }
    const controller = new AbortController();
    const end = (/** @type {Error} */ error) => controller.abort(error);
    const { OT, credentials, options } = this;
    const context = { OT, credentials, options, signal: controller.signal, fail: end, resources: new Resources() };
    const test = start(context, end);
    this.#running = test;
    try {
      return await test.done;
    } finally {
      this.#running = undefined;
    }
  }
}
