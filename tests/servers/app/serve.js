// The server of the sample application: its page, and a session and a token for each room. Which server SDK makes them
// is up to the caller.
const { createServer } = require('node:http');
const { readFile } = require('node:fs/promises');
const { join } = require('node:path');

/** The files of the page, and their types. @type {Record<string, [string, string]>} */
const FILES = { '/': ['index.html', 'text/html'], '/app.js': ['app.js', 'text/javascript'] };

const PAGE = join(__dirname, '../../app');

/**
 * @typedef {object} Sdk
 * @property {string} apiKey The API key or the application id that the page needs.
 * @property {() => Promise<string>} createSession
 * @property {(sessionId: string, participant: string) => string} createToken
 */

/**
 * Serves the application on the port of the environment.
 * @param {Sdk} sdk
 */
exports.serve = ({ apiKey, createSession, createToken }) => {
  /** The session of each room. @type {Map<string, Promise<string>>} */
  const rooms = new Map();

  /** @param {URL} url */
  async function answer({ pathname, searchParams }) {
    if (pathname === '/health') return { status: 200, type: 'text/plain', body: 'ok' };
    if (pathname === '/credentials') {
      const room = searchParams.get('room') ?? '';
      const session = rooms.get(room) ?? createSession();
      rooms.set(room, session);
      const sessionId = await session;
      const token = createToken(sessionId, searchParams.get('name') ?? '');
      return { status: 200, type: 'application/json', body: JSON.stringify({ apiKey, sessionId, token }) };
    }
    const file = FILES[pathname];
    if (!file) return { status: 404, type: 'text/plain', body: 'not found' };
    return { status: 200, type: `${file[1]}; charset=utf-8`, body: await readFile(join(PAGE, file[0])) };
  }

  const server = createServer((request, response) => {
    answer(new URL(request.url ?? '/', 'http://localhost'))
      .catch((error) => {
        console.error(error.message);
        return { status: 500, type: 'text/plain', body: 'the server failed' };
      })
      .then(({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body));
  });
  server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log(`listening on port ${process.env.PORT}`));
};
