// A client with an `iceConfig`, which may reach media only through the relay.

import { connect, guarded, load, playing, publish, selectedCandidate, subscribe, tell } from './client.js';

/**
 * Publishes, or subscribes to the first stream of another client, or does both with its own stream. Tells by which
 * candidates the media travels, or what failed.
 * @param {import('./client.js').Variables & { role: 'publisher' | 'subscriber' | 'both', iceConfig: object }} variables
 */
async function join(variables) {
  const { apiKey, sessionId, token, role, iceConfig } = variables;
  const OT = await load(variables);
  const session = OT.initSession(apiKey, sessionId, { iceConfig });
  /** @type {Promise<import('./opentok.js').Stream>} */
  const first = new Promise((resolve) => session.on('streamCreated', ({ stream }) => resolve(stream)));
  await connect(session, token);
  const publisher = role === 'subscriber' ? undefined : await publish(OT, session);
  if (role === 'publisher') return tell('published');
  const subscriber = await subscribe(session, publisher?.stream ?? (await first), { testNetwork: true });
  await playing();
  const [published] = (await publisher?.getRtcStatsReport()) ?? [];
  tell('playing', {
    publisher: published && selectedCandidate(published.rtcStatsReport),
    subscriber: selectedCandidate(await subscriber.getRtcStatsReport()),
  });
}

export const run = guarded(join);
