// The session: connected, watched while the test runs, disconnected when it is over.

import { called } from '../deadline.js';
import { sessionLost } from '../errors.js';
import { until } from '../resources.js';
import { watchApi } from './api-watch.js';

/** @typedef {import('../run.js').Run} Run */

/**
 * On a session: who tried last to connect it. OpenTok.js has one object for a session id, and calls back an attempt that was
 * given up when a later one succeeds; that connection belongs to the later one.
 */
const LAST_ATTEMPT = Symbol.for('network-test: last attempt');

/**
 * The caller's session options, which are theirs: a copy is used.
 * @param {Run} run
 */
function sessionOptions({ OT, options }) {
  const copy = { ...options.initSessionOptions };
  // OpenTok.js before 2.17.4 takes the proxy here.
  return options.proxyServerUrl && typeof OT.setProxyUrl !== 'function'
    ? { ...copy, proxyUrl: options.proxyServerUrl }
    : copy;
}

/**
 * Connects. Rejects with OpenTok.js' own error.
 * @param {Run} run
 */
export async function connect(run) {
  const { OT, credentials, resources, steps } = run;
  const { sessionId, token } = credentials;
  const apiKey = credentials.apiKey || credentials.applicationId;
  const session = OT.initSession(apiKey, sessionId, sessionOptions(run));
  run.session = session;
  // One that is connected already is not this test's, and is left connected.
  if (!session.connection) {
    const api = watchApi(sessionId, () => steps?.apiAnswered());
    run.api = api;
    resources.add(api.stop);
    await connectOwn(run, token);
  }
  resources.listen(session, 'sessionDisconnected', (event) => run.ending.with(sessionLost(event)));
}

/**
 * @param {Run} run
 * @param {string} token
 */
async function connectOwn({ session, resources }, token) {
  /** @type {'connecting' | 'connected' | 'gone'} */
  let state = 'connecting';
  let isReleased = false;
  const attempt = called((done) =>
    session.connect(token, (/** @type {any} */ error) => {
      // A success stands, whatever is called back after it.
      if (!error) state = 'connected';
      else if (state === 'connecting') state = 'gone';
      // It got through after all, when nobody waited any more.
      if (isReleased && !error && session[LAST_ATTEMPT] === attempt) resources.add(() => session.disconnect());
      done(error);
    }),
  );
  session[LAST_ATTEMPT] = attempt;
  resources.add(() => {
    isReleased = true;
    const isOwn = session.connection && session[LAST_ATTEMPT] === attempt;
    if (state === 'connected' || isOwn) return until(session, 'sessionDisconnected', () => session.disconnect());
    // Without a connection no event will tell; still an attempt under way must be called off.
    if (state === 'connecting') session.disconnect();
    return undefined;
  });
  await attempt;
  resources.listen(session, 'sessionDisconnected', () => {
    state = 'gone';
  });
}
