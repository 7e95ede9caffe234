// A publisher that hears itself, as in a network test.

import { connect, guarded, load, publish, subscribeToOwn, tell } from './client.js';

/**
 * Publishes with these options, and tells each second what the subscriber received.
 * @param {import('./client.js').Variables & { publisherOptions: object }} variables
 */
async function publishAndMeasure(variables) {
  const OT = await load(variables);
  const session = OT.initSession(variables.apiKey, variables.sessionId);
  await connect(session, variables.token);
  const subscriber = await subscribeToOwn(session, await publish(OT, session, variables.publisherOptions));
  tell('live');
  let last = 0;
  const sample = () =>
    subscriber.getStats((error, stats) => {
      if (error) return;
      const { video, audio } = stats;
      const bytes = video.bytesReceived + audio.bytesReceived;
      tell('sample', {
        bitsPerSecond: (bytes - last) * 8,
        packetsLost: video.packetsLost + audio.packetsLost,
        packetsReceived: video.packetsReceived + audio.packetsReceived,
      });
      last = bytes;
    });
  setInterval(sample, 1000);
}

export const run = guarded(publishAndMeasure);
