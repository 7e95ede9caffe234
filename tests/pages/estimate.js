// A publisher that tells the sender's estimate of the bandwidth.

import { emit } from '/harness/events.js';

import { connect, guarded, load, publish } from './client.js';

/** Publishes 1280x720, and tells the estimate each half second. */
export const run = guarded(async (/** @type {import('./client.js').Variables} */ variables) => {
  const OT = await load(variables);
  const session = OT.initSession(variables.apiKey, variables.sessionId);
  await connect(session, variables.token);
  const publisher = await publish(OT, session, { resolution: '1280x720', insertMode: 'append' });
  setInterval(async () => {
    const [{ rtcStatsReport }] = await publisher.getRtcStatsReport();
    rtcStatsReport.forEach((entry) => {
      if (entry.type !== 'candidate-pair' || !entry.nominated) return;
      emit({ bitsPerSecond: entry.availableOutgoingBitrate ?? 0 });
    });
  }, 500);
});
