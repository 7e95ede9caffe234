// A client whose WebSocket breaks under OpenTok.js.

import { completed, connect, guarded, load, tell } from './client.js';

/** Connects, closes the socket, and sends a signal to itself once the session is back. */
export const run = guarded(async (/** @type {import('./client.js').Variables} */ variables) => {
  /** @type {WebSocket[]} */
  const sockets = [];
  window.WebSocket = class extends WebSocket {
    /** @param {ConstructorParameters<typeof WebSocket>} all */
    constructor(...all) {
      super(...all);
      sockets.push(this);
    }
  };
  const OT = await load(variables);
  const session = OT.initSession(variables.apiKey, variables.sessionId);
  session.on('sessionDisconnected', ({ reason }) => tell('failed', { reason }));
  session.on('connectionDestroyed', ({ reason }) => tell('failed', { reason }));
  session.on('signal', ({ data }) => tell('signal', { data, sockets: sockets.length }));
  session.on(
    'sessionReconnected',
    guarded(() => completed((done) => session.signal({ data: 'back' }, done))),
  );
  await connect(session, variables.token);
  tell('connected');
  sockets.forEach((socket) => socket.close(4000));
});
