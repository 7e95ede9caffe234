// The plain page: the element, with its options from the page's own URL, so that a link can carry them.

import './src/index.js';

/** What a link may set. Neither the endpoint nor where reports go: a link must not send people's reports elsewhere. */
const FROM_LINK = ['lang', 'theme', 'audio-only', 'transports', 'duration'];

/** Relative to this page: a server that hosts it answers there. */
const OWN = { endpoint: 'session', transports: '' };

/**
 * What the server can do besides sessions; a server need not say.
 * @returns {Promise<{networksUrl?: string, collectUrl?: string, ecdsaOnly?: boolean}>}
 */
async function serverOptions() {
  try {
    const response = await fetch('options.json');
    return response.ok ? await response.json() : {};
  } catch {
    return {};
  }
}

// OpenTok.js writes its styles into the page. A policy that forbids inline styles lets those in that have its nonce.
const nonce = document.querySelector('meta[name="style-nonce"]')?.getAttribute('content');
if (nonce) {
  const create = document.createElement.bind(document);
  document.createElement = (/** @type {string} */ name, /** @type {ElementCreationOptions} */ options) => {
    const made = create(name, options);
    if (made instanceof HTMLStyleElement) made.nonce = nonce;
    return made;
  };
}

const parameters = new URL(location.href).searchParams;
const element = document.createElement('precall-test');
for (const [name, value] of Object.entries(OWN)) element.setAttribute(name, value);
const { networksUrl, collectUrl, ecdsaOnly } = await serverOptions();
if (networksUrl) element.setAttribute('networks-url', networksUrl);
// In Firefox, OpenTok.js asks for an RSA certificate where it can, which an embedded platform's DTLS does not take.
if (ecdsaOnly && 'RTCPeerConnection' in window) Object.assign(RTCPeerConnection, { generateCertificate: undefined });
// An invitation is a code that the server knows; it goes nowhere else.
const invitation = parameters.get('invitation');
const asInvited = invitation && /^[\dA-Z]{4}-[\dA-Z]{4}$/.test(invitation) ? `?invitation=${invitation}` : '';
if (collectUrl) element.setAttribute('collect-url', `${collectUrl}${asInvited}`);
for (const name of FROM_LINK) {
  const value = parameters.get(name);
  if (value === 'false') element.removeAttribute(name);
  else if (value !== null) element.setAttribute(name, value);
}
const theme = parameters.get('theme');
if (theme === 'light' || theme === 'dark') document.body.classList.add(theme);
document.querySelector('main')?.append(element);
