// One of two pages that publish and subscribe to each other.

import { connect, guarded, load, publish, sleep, subscribe, tell } from './client.js';

/** Tells what the console got as errors, and the network condition of its subscriber once that is known. */
export const run = guarded(async (/** @type {import('./client.js').Variables} */ variables) => {
  const { error } = console;
  console.error = (...all) => {
    const text = all.map(String).join(' ');
    // OpenTok.js says so wherever session info lists no relay, as here.
    if (!text.includes('No ice servers present')) tell('failed', { name: 'console', message: text });
    error(...all);
  };
  const OT = await load(variables);
  const session = OT.initSession(variables.apiKey, variables.sessionId);
  session.on(
    'streamCreated',
    guarded(async ({ stream }) => {
      const subscriber = await subscribe(session, stream);
      for (;;) {
        await sleep(500);
        const { mediaLink } = await subscriber.getStats();
        if (mediaLink.transport) return tell('measured', mediaLink.transport);
      }
    }),
  );
  await connect(session, variables.token);
  await publish(OT, session);
  tell('published');
});
