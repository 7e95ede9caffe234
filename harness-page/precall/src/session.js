// What a test needs of a server: OpenTok.js, and a session of its own with a token.

/**
 * What a token endpoint answers. Unknown members are ignored.
 * @typedef {object} SessionAnswer
 * @property {string} [apiKey]
 * @property {string} [applicationId] In place of `apiKey`.
 * @property {string} sessionId A routed session of the test's own.
 * @property {string} token That may publish.
 * @property {string} [sdkUrl] Where OpenTok.js is, where the page has not loaded it.
 * @property {string} [proxyUrl] An IP proxy of OpenTok.js.
 * @property {string} [networkUrl] Where the network in between can be changed, by PUT.
 * @property {RTCIceServer[]} [iceServers] The relays, for a comparison of UDP and TCP.
 */

/**
 * Figures of a network that the endpoint is asked to put in between; only precall's own server can.
 * @typedef {{profile: string} | {kbps?: number, lossPercent?: number, delayMs?: number}} AsIf
 */

/** Why there is no session, or no OpenTok.js. Says nothing of the line. */
export class SetupError extends Error {
  /**
   * @param {'endpoint' | 'sdk'} what
   * @param {unknown} cause
   */
  constructor(what, cause) {
    super(String(/** @type {any} */ (cause)?.message ?? cause), { cause });
    this.name = 'SetupError';
    this.what = what;
  }
}

/** A server that does not answer must not keep the page waiting. OpenTok.js may have to be fetched there first. */
const ENDPOINT_LIMIT_MS = 60_000;

/**
 * Asks an endpoint for a session: one POST.
 * @param {string} endpoint
 * @param {AsIf} [asIf]
 * @returns {Promise<SessionAnswer>}
 */
export async function requestSession(endpoint, asIf) {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(asIf ? { network: asIf } : {}),
      signal: AbortSignal.timeout(ENDPOINT_LIMIT_MS),
    });
    if (!response.ok) throw new Error(`${response.status}: ${(await response.text()).slice(0, 300)}`);
    return checked(await response.json());
  } catch (error) {
    throw new SetupError('endpoint', error);
  }
}

/**
 * Changes the network in between. One that is not taken leaves the network as it is.
 * @param {string} networkUrl
 * @param {AsIf} network
 */
export async function changeNetwork(networkUrl, network) {
  const body = JSON.stringify(network);
  await fetch(networkUrl, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body }).catch(() => {});
}

/** @param {any} answer @returns {SessionAnswer} */
export function checked(answer) {
  const isText = (/** @type {unknown} */ value) => typeof value === 'string' && value !== '';
  const key = answer?.apiKey ?? answer?.applicationId;
  if (!isText(key) || !isText(answer?.sessionId) || !isText(answer?.token)) {
    throw new SetupError('endpoint', 'the answer needs apiKey (or applicationId), sessionId and token');
  }
  return answer;
}

/** A script that neither loads nor fails. */
const SCRIPT_LIMIT_MS = 30_000;

/** What this page has loaded by itself, for which proxy. @type {{url: string, proxyUrl: string | undefined} | undefined} */
let loaded;

/**
 * OpenTok.js: the page's own, or that of a URL. It takes only its first proxy, so it is loaded again for another one.
 * @param {string | undefined} url
 * @param {string | undefined} proxyUrl
 * @returns {Promise<any>}
 */
export async function loadOpenTok(url, proxyUrl) {
  const page = /** @type {any} */ (window);
  const isOther = loaded !== undefined && loaded.url === url && loaded.proxyUrl !== proxyUrl;
  if (page.OT && !isOther) return page.OT;
  if (!url) throw new SetupError('sdk', 'the page has no OT, and there is no sdk-url');
  if (isOther) {
    delete page.OT;
    // Its former name, which OpenTok.js complains about where it finds it.
    delete page.TB;
  }
  try {
    await loadScript(url);
  } catch (error) {
    throw new SetupError('sdk', error);
  }
  if (!page.OT) throw new SetupError('sdk', `${url} defines no OT`);
  loaded = { url, proxyUrl };
  return page.OT;
}

/** @param {string} url @returns {Promise<void>} */
function loadScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    const timer = setTimeout(() => {
      script.remove();
      reject(new Error(`${url} did not load within ${SCRIPT_LIMIT_MS / 1000} s`));
    }, SCRIPT_LIMIT_MS);
    script.onload = () => {
      clearTimeout(timer);
      resolve();
    };
    script.onerror = () => {
      clearTimeout(timer);
      script.remove();
      reject(new Error(`${url} could not be loaded`));
    };
    script.charset = 'utf-8';
    script.src = url;
    document.head.append(script);
  });
}
