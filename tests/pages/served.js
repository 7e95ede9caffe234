// A client that an application's server acts upon.

import { connect, guarded, load, publish, tell } from './client.js';

/** Connects and publishes, and tells what the server does to it. */
export const run = guarded(async (/** @type {import('./client.js').Variables} */ variables) => {
  const OT = await load(variables);
  const session = OT.initSession(variables.apiKey, variables.sessionId);
  session.on('signal', ({ type, data, from }) => tell('signal', { signal: type, data, isFromServer: !from }));
  session.on('sessionDisconnected', ({ reason }) => tell('disconnected', { reason }));
  session.on('streamPropertyChanged', ({ changedProperty, newValue }) =>
    tell('changed', { changedProperty, newValue }),
  );
  await connect(session, variables.token);
  const publisher = await publish(OT, session);
  const { id, data } = session.connection;
  tell('published', { stream: publisher.stream?.id, connection: id, data });
});
