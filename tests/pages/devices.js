// Network tests with microphones that the browser does not list.

import { emit } from '/harness/events.js';
import { connectivityResult } from '/harness/results.js';
import NetworkTest from '/network-test/src/index.js';

/**
 * Runs a connectivity test with each of these microphones in a page that has loaded OpenTok.js.
 * @param {import('./client.js').Variables & { audioSources: string[] }} variables
 */
export async function run({ apiKey, sessionId, token, proxyUrl, audioSources }) {
  for (const audioSource of audioSources) {
    const options = { audioOnly: true, audioSource, videoSource: undefined, proxyServerUrl: proxyUrl };
    const test = new NetworkTest(window.OT, { apiKey, sessionId, token }, options);
    emit({ type: audioSource, result: await connectivityResult(() => test.testConnectivity()) });
  }
  emit({ type: 'done' });
}
