// The tests of a line, one after the other: connectivity, relays beside each other, quality.

import NetworkTest from '../../network-test/src/index.js';

/**
 * @typedef {import('./session.js').SessionAnswer} SessionAnswer
 * @typedef {import('./verdict.js').Connectivity} Connectivity
 * @typedef {import('./verdict.js').Quality} Quality
 * @typedef {import('../../network-test/src/stats.js').Sample} Sample
 */

/**
 * The state of one step.
 * @typedef {object} Step
 * @property {string} step A text `step.<step>`.
 * @property {'idle' | 'running' | 'passed' | 'warned' | 'failed' | 'skipped'} state A text `state.<state>`.
 * @property {number} [seconds] How long it took, once it is over.
 * @property {string} [error] Why it failed, as the network test says it.
 */

/**
 * What the screen is told while it runs.
 * @typedef {object} Listener
 * @property {(steps: Step[]) => void} onSteps
 * @property {(sample: Sample) => void} onSample
 */

/**
 * @typedef {object} LineTestOptions
 * @property {any} OT
 * @property {SessionAnswer} session
 * @property {boolean} audioOnly
 * @property {boolean} compareTransports Whether media is also tried through each relay.
 * @property {string} [audioSource]
 * @property {string} [videoSource]
 * @property {number} seconds How long quality is measured at most.
 */

/** Steps of the network test's connectivity test, in their order. */
const CONNECTIVITY = ['api', 'messaging', 'devices', 'media', 'logging'];

/** How long quality is measured at most, by default: time enough for the sender to find its rate. */
export const QUALITY_SECONDS = 20;

/** One test of a line. It runs once. */
export class LineTest {
  /** @type {Step[]} */
  steps;

  /** @type {Sample[]} */
  samples = [];

  /** @type {Connectivity | undefined} */
  connectivity;

  /** @type {Quality | undefined} */
  quality;

  wasStopped = false;

  /** @type {NetworkTest | undefined} */
  #running;

  /**
   * @param {LineTestOptions} options
   * @param {Listener} listener
   */
  constructor(options, listener) {
    this.options = options;
    this.listener = listener;
    const transports = this.#transports().map(({ step }) => step);
    this.steps = [...CONNECTIVITY, ...transports, 'quality'].map((step) => ({ step, state: 'idle' }));
  }

  /** Ends the test as soon as it has a result. */
  stop() {
    this.wasStopped = true;
    this.#running?.stop();
  }

  /**
   * Runs everything. The results are in `connectivity` and `quality`.
   * @returns {Promise<void>} Rejects with the network test's error of a quality test.
   */
  async run() {
    this.listener.onSteps(this.steps);
    await this.#testConnectivity();
    if (this.wasStopped || this.connectivity?.failedTests.some(({ type }) => type !== 'logging')) {
      this.#skipRest();
      return;
    }
    for (const transport of this.#transports()) {
      if (!this.wasStopped) await this.#testTransport(transport);
    }
    if (this.wasStopped) {
      this.#skipRest();
      return;
    }
    await this.#testQuality();
  }

  /** @param {object} [more] */
  #networkTest(more = {}) {
    const { OT, session, audioOnly, audioSource, videoSource } = this.options;
    const options = {
      audioOnly,
      scoring: /** @type {const} */ ('bandwidth'),
      timeout: this.options.seconds * 1000,
      ...(audioSource ? { audioSource } : {}),
      ...(videoSource && !audioOnly ? { videoSource } : {}),
      ...(session.proxyUrl ? { proxyServerUrl: session.proxyUrl } : {}),
      ...more,
    };
    return new NetworkTest(OT, session, options);
  }

  async #testConnectivity() {
    const began = new Map();
    const test = this.#networkTest();
    this.#running = test;
    const result = await test.testConnectivity(({ step, state }) => {
      if (state === 'running') began.set(step, performance.now());
      this.#set(step, { state, seconds: state === 'running' ? undefined : since(began.get(step)) });
    });
    for (const { type, error } of result.failedTests) {
      const step = type === 'OpenTok.js' ? 'devices' : type;
      this.#set(step, { state: type === 'logging' ? 'warned' : 'failed', error: error.message });
    }
    this.connectivity = result;
  }

  /** The relays to compare: one test for each transport that the session has relays for. */
  #transports() {
    const { compareTransports, session } = this.options;
    if (!compareTransports) return [];
    const servers = session.iceServers ?? [];
    const of = (/** @type {RegExp} */ kind) =>
      servers
        .map((server) => ({ ...server, urls: [server.urls].flat().filter((url) => kind.test(url)) }))
        .filter(({ urls }) => urls.length > 0);
    const [udp, tcp] = [of(/^turn:(?!.*transport=tcp)/), of(/^turns:|transport=tcp/)];
    if (udp.length === 0 && tcp.length === 0) {
      return [{ step: 'relay', iceConfig: { includeServers: 'all', transportPolicy: 'relay' } }];
    }
    return [
      { step: 'udp', customServers: udp },
      { step: 'tcp', customServers: tcp },
    ]
      .filter(({ customServers }) => customServers.length > 0)
      .map(({ step, customServers }) => ({
        step,
        iceConfig: { includeServers: 'custom', transportPolicy: 'relay', customServers },
      }));
  }

  /** @param {{step: string, iceConfig: object}} transport */
  async #testTransport({ step, iceConfig }) {
    const began = performance.now();
    this.#set(step, { state: 'running' });
    const test = this.#networkTest({ initSessionOptions: { iceConfig } });
    this.#running = test;
    const { failedTests } = await test.testConnectivity();
    const failed = failedTests.find(({ type }) => type !== 'logging');
    this.#set(step, { state: failed ? 'failed' : 'passed', seconds: since(began), error: failed?.error.message });
  }

  async #testQuality() {
    const began = performance.now();
    this.#set('quality', { state: 'running' });
    const test = this.#networkTest();
    this.#running = test;
    try {
      this.quality = await test.testQuality((sample) => {
        this.samples.push(sample);
        this.listener.onSample(sample);
      });
    } catch (error) {
      this.#set('quality', { state: 'failed', seconds: since(began), error: /** @type {Error} */ (error).message });
      throw error;
    } finally {
      this.#running = undefined;
    }
    const { audio, video } = this.quality;
    const isWhole = audio.supported && (this.options.audioOnly || video.supported);
    this.#set('quality', { state: isWhole ? 'passed' : audio.supported ? 'warned' : 'failed', seconds: since(began) });
  }

  /**
   * @param {string} step
   * @param {Partial<Step>} change
   */
  #set(step, change) {
    this.steps = this.steps.map((one) => (one.step === step ? { ...one, ...change } : one));
    this.listener.onSteps(this.steps);
  }

  #skipRest() {
    this.steps = this.steps.map((one) => (one.state === 'idle' ? { ...one, state: 'skipped' } : one));
    this.listener.onSteps(this.steps);
  }
}

/** @param {number | undefined} began */
function since(began) {
  return began === undefined ? undefined : (performance.now() - began) / 1000;
}
