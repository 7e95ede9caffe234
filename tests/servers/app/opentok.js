// The sample application with npm's `opentok`.
const OpenTok = require('opentok');
const { serve } = require('./serve');

const { OPENTOK_API_URL: url = '', OPENTOK_API_KEY: key = '', OPENTOK_API_SECRET: secret = '' } = process.env;
const opentok = new OpenTok(key, secret, url);

serve({
  apiKey: key,
  createSession: () =>
    new Promise((resolve, reject) => {
      opentok.createSession({ mediaMode: 'routed' }, (error, session) =>
        error || !session ? reject(error) : resolve(session.sessionId),
      );
    }),
  createToken: (sessionId, name) => opentok.generateToken(sessionId, { role: 'publisher', data: name }),
});
