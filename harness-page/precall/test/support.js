// Results as the network test gives them.

/** @typedef {import('../src/verdict.js').Quality} Quality */

export const CONNECTED = { success: true, failedTests: [] };

/** @param {string[]} types */
export function notConnected(...types) {
  return { success: false, failedTests: types.map((type) => ({ type, error: { name: 'x', message: `no ${type}` } })) };
}

/**
 * A good line, with these changes.
 * @param {object} [audio]
 * @param {object} [video]
 * @returns {Quality}
 */
export function quality(audio = {}, video = {}) {
  return /** @type {any} */ ({
    audio: {
      supported: true,
      mos: 4.3,
      bitrate: 32_000,
      packetLossRatio: 0,
      roundTripTime: 0.04,
      jitter: 0.003,
      ...audio,
    },
    video: {
      supported: true,
      mos: 4.1,
      bitrate: 1_500_000,
      packetLossRatio: 0,
      frameRate: 30,
      recommendedResolution: '1280x720',
      recommendedFrameRate: 30,
      mediaRouting: 'Routed',
      ...video,
    },
  });
}
