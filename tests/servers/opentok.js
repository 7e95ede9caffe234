// What an application's server does with npm's `opentok`. The command's answer is one line of JSON.
const OpenTok = require('opentok');

const [command, sessionId, other] = process.argv.slice(2);
const { API_URL: url, API_KEY: key, API_SECRET: secret } = process.env;
const opentok = new OpenTok(key, secret, url);
const call = (start) => new Promise((resolve, reject) => {
  start((error, value) => (error ? reject(error) : resolve(value)));
});

const commands = {
  async create() {
    const session = await call((done) => opentok.createSession({ mediaMode: 'routed' }, done));
    return { sessionId: session.sessionId, token: session.generateToken({ role: 'moderator', data: 'from=node' }) };
  },
  async streams() {
    const streams = await call((done) => opentok.listStreams(sessionId, done));
    return streams.map(({ id, videoType }) => ({ id, videoType }));
  },
  signal: () => call((done) => opentok.signal(sessionId, null, { type: 'greeting', data: 'hello' }, done)),
  mute: () => call((done) => opentok.forceMuteStream(sessionId, other, done)),
  disconnect: () => call((done) => opentok.forceDisconnect(sessionId, other, done)),
};

commands[command]().then(
  (value) => console.log(JSON.stringify(value ?? null)),
  (error) => { console.error(error.message); process.exitCode = 1; },
);
