// A participant of a call, which publishes and hears itself, or subscribes to the streams of others.

import { completed, connect, guarded, load, playing, publish, subscribe, subscribeToOwn, tell } from './client.js';

/** @typedef {import('./client.js').Variables} Variables */

/** @type {import('./opentok.js').Session} */
let session;
/** @type {import('./opentok.js').Publisher} */
let publisher;

/** Connects, and tells what happens in the session. @param {Variables} variables */
async function join(variables) {
  const OT = await load(variables);
  session = OT.initSession(variables.apiKey, variables.sessionId);
  session.on('signal', ({ data }) => tell('signal', { data }));
  session.on('streamDestroyed', ({ reason }) => tell('streamDestroyed', { reason }));
  session.on(
    'streamCreated',
    guarded(async ({ stream }) => {
      await subscribe(session, stream);
      tell('playing', { width: (await playing()).videoWidth });
    }),
  );
  await connect(session, variables.token);
  tell('connected', { canMute: typeof session.forceMuteAll === 'function' });
  return OT;
}

/** Subscribes to the streams of others. */
export const subscribeToOthers = guarded(join);

/** Publishes, and subscribes to its own stream. */
export const publishAndHear = guarded(async (/** @type {Variables} */ variables) => {
  publisher = await publish(await join(variables), session);
  publisher.on('muteForced', () => tell('muteForced'));
  await subscribeToOwn(session, publisher);
  tell('published');
});

/** Only tells when a stream of another client ends, and why. */
export const listen = guarded(async (/** @type {Variables} */ variables) => {
  const OT = await load(variables);
  session = OT.initSession(variables.apiKey, variables.sessionId);
  session.on('streamDestroyed', ({ reason }) => tell('streamDestroyed', { reason }));
  await connect(session, variables.token);
  tell('connected');
});

/** Ends the stream. */
export const leave = () => session.unpublish(publisher);

/** Mutes all streams of the session. */
export const mute = guarded(async () => session.forceMuteAll?.([]));

/** Sends a signal to everyone. */
export const greet = guarded(() => completed((done) => session.signal({ data: 'hello' }, done)));
