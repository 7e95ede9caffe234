// Whether this page, in this browser, can have calls at all.

/**
 * What stands in the way, or may.
 * @typedef {object} Problem
 * @property {string} key A text `problem.<key>`.
 * @property {boolean} blocks Whether the test cannot be run.
 * @property {Record<string, string>} [values] What the text is filled in with.
 */

/** Apps that open pages in a browser of their own, by what they add to its user agent. @type {Array<[RegExp, string]>} */
const IN_APP = [
  [/\bFB(AN|AV|_IAB)\b/, 'Facebook'],
  [/\bInstagram\b/, 'Instagram'],
  [/\bLine\//, 'LINE'],
  [/\bMicroMessenger\b/, 'WeChat'],
  [/\b(musical_ly|BytedanceWebview|TikTok)\b/, 'TikTok'],
  [/\bLinkedInApp\b/, 'LinkedIn'],
  [/\bSnapchat\b/, 'Snapchat'],
  [/\bTwitter for\b/, 'X'],
  [/\bGSA\//, 'Google'],
  // Android's own view inside any other app.
  [/; wv\)/, 'Android WebView'],
];

/**
 * Everything that stands in the way, what blocks first.
 * @param {Window & typeof globalThis} view
 * @returns {Problem[]}
 */
export function problems(view) {
  const { navigator } = view;
  const agent = navigator.userAgent;
  /** @type {Problem[]} */
  const found = [];
  const app = IN_APP.find(([pattern]) => pattern.test(agent))?.[1];
  if (!view.isSecureContext) found.push({ key: 'insecure', blocks: true });
  else if (typeof view.RTCPeerConnection !== 'function' || !navigator.mediaDevices?.getUserMedia) {
    // WebKit's Lockdown Mode takes WebRTC away from a browser that has it otherwise.
    found.push({ key: isWebKit(agent) ? 'lockdown' : 'webrtc', blocks: true });
  } else if (isBarredByFrame(view)) found.push({ key: 'frame', blocks: true });
  if (app) found.push({ key: 'inApp', blocks: false, values: { app } });
  else if (!isTested(agent)) found.push({ key: 'engine', blocks: false });
  return found;
}

/** @param {string} agent */
function isWebKit(agent) {
  return /AppleWebKit\//.test(agent) && !/(Chrome|Chromium)\//.test(agent);
}

/** The browsers that OpenTok.js names. @param {string} agent */
function isTested(agent) {
  return (
    /(Chrome|Chromium|CriOS|Firefox|FxiOS|Edg\w*|OPR|SamsungBrowser)\//.test(agent) || /Version\/.*Safari\//.test(agent)
  );
}

/** @param {Window & typeof globalThis} view */
function isBarredByFrame(view) {
  const policy =
    /** @type {any} */ (view.document).permissionsPolicy ?? /** @type {any} */ (view.document).featurePolicy;
  // Chrome alone tells; elsewhere the refusal comes when the devices are opened.
  return view.self !== view.top && policy?.allowsFeature?.('microphone') === false;
}

/** Where a browser has its switch for the camera: the key `denied.<key>`. @param {string} agent */
export function browserFamily(agent) {
  if (/(Firefox|FxiOS)\//.test(agent)) return 'firefox';
  if (/(Chrome|Chromium|CriOS|Edg\w*|OPR)\//.test(agent)) return 'chrome';
  return isWebKit(agent) ? 'safari' : 'other';
}

/** A browser in a few words, for reports: no fingerprint. @param {string} agent */
export function browserName(agent) {
  const names = /** @type {const} */ ([
    [/Edg\w*\/(\d+)/, 'Edge'],
    [/OPR\/(\d+)/, 'Opera'],
    [/SamsungBrowser\/(\d+)/, 'Samsung Internet'],
    [/(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
    [/(?:Chrome|Chromium|CriOS)\/(\d+)/, 'Chrome'],
    [/Version\/(\d+).*Safari\//, 'Safari'],
  ]);
  for (const [pattern, name] of names) {
    const version = pattern.exec(agent)?.[1];
    if (version) return `${name} ${version}`;
  }
  return 'unknown';
}
