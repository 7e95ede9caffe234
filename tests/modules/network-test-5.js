// A double of the interface that `opentok-network-test-js` 5.x has, for the harness: the built-in module measures, and this class
// gives what it found in the ways of 5.x. No release of 5.x is on the registry.

import NetworkTest, { ErrorNames } from '/network-test/src/index.js';

export { ErrorNames };

export default class NetworkTest5 {
  #test;

  /**
   * The package under the Vonage name takes no `apiKey`.
   * @param {ConstructorParameters<typeof NetworkTest>[0]} OT
   * @param {{ applicationId: string, sessionId: string, token: string }} credentials
   * @param {ConstructorParameters<typeof NetworkTest>[2]} options
   */
  constructor(OT, { applicationId, sessionId, token }, options) {
    if (!applicationId || !sessionId || !token) {
      const message = 'NetworkConnectivity requires an applicationId, sessionId, and token.';
      throw Object.assign(new Error(message), { name: ErrorNames.INCOMPLETE_SESSON_CREDENTIALS });
    }
    this.#test = new NetworkTest(OT, { applicationId, sessionId, token }, options);
  }

  /** Rejects with the result, a plain object, when anything failed. */
  async testConnectivity() {
    const { success, failedTests } = await this.#test.testConnectivity();
    if (!success) throw { success, failedTests };
    return { success, failedTests };
  }

  /** Without video, the callback is given null for it. @param {(stats: object) => void} updateCallback */
  testQuality(updateCallback) {
    return this.#test.testQuality((stats) =>
      updateCallback({
        phase: stats.phase,
        timestamp: stats.timestamp,
        audio: five(stats.audio),
        video: stats.video
          ? { ...five(stats.video), frameRate: stats.video.frameRate, mediaRouting: stats.video.mediaRouting }
          : null,
      }),
    );
  }

  stop() {
    this.#test.stop();
  }
}

/**
 * The counters of a track that 5.x passes on.
 * @param {Partial<import('/network-test/src/stats.js').AudioCounters>} [counters]
 */
function five({ bytesSent, bytesReceived, packetsLost, packetsReceived } = {}) {
  return { bytesSent, bytesReceived, packetsLost, packetsReceived };
}
