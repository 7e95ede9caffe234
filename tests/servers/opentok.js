// What an application's server does with npm's `opentok`. The command's answer is one line of JSON.
const OpenTok = require('opentok');
const { answer } = require('./answer');

const [command, sessionId, other] = process.argv.slice(2);
const { API_URL: url = '', API_KEY: key = '', API_SECRET: secret = '' } = process.env;
const opentok = new OpenTok(key, secret, url);

/** @typedef {import('opentok').Stream} Stream */
/** @typedef {import('opentok').Session} Session */
/** @template T @typedef {import('opentok').Done<T>} Done */

/**
 * The value that a call of the SDK gives to its callback.
 * @template T
 * @param {(done: Done<T>) => void} start
 * @returns {Promise<T>}
 */
const call = (start) =>
  new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(/** @type {T} */ (value))));
  });

answer(command, {
  async create() {
    const session = await call((/** @type {Done<Session>} */ done) =>
      opentok.createSession({ mediaMode: 'routed' }, done),
    );
    return { sessionId: session.sessionId, token: session.generateToken({ role: 'moderator', data: 'from=node' }) };
  },
  async streams() {
    const streams = await call((/** @type {Done<Stream[]>} */ done) => opentok.listStreams(sessionId, done));
    return streams.map(({ id, videoType }) => ({ id, videoType }));
  },
  signal: () => call((done) => opentok.signal(sessionId, null, { type: 'greeting', data: 'hello' }, done)),
  mute: () => call((done) => opentok.forceMuteStream(sessionId, other, done)),
  disconnect: () => call((done) => opentok.forceDisconnect(sessionId, other, done)),
});
