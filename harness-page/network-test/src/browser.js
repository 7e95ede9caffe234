// Which browser this is, and whether the quality test supports it. Pure: the window is an argument.

const SUPPORTED = new Set(['Chrome', 'Edge', 'Opera', 'Firefox', 'Safari']);

/**
 * The browser's name, by the features and words that tell browsers apart.
 * @param {any} window
 * @returns {string}
 */
export function browserName(window) {
  const name = nameOf(window);
  // Safari in Lockdown Mode, and any browser with WebRTC switched off by policy.
  const hasWebRtc = Boolean(window?.RTCPeerConnection || window?.webkitRTCPeerConnection);
  return SUPPORTED.has(name) && !hasWebRtc ? `${name} without WebRTC` : name;
}

/** @param {any} window */
function nameOf(window) {
  const navigator = window?.navigator;
  if (!navigator) return 'not a browser';
  const agent = String(navigator.userAgent ?? '');
  if (navigator.mozGetUserMedia || /Firefox\/\d/.test(agent)) return 'Firefox';
  if (/Edge\/\d/.test(agent)) return 'non-Chromium Edge';
  if (/MSIE |Trident\/.*rv:11/.test(agent)) return 'Internet Explorer';
  // By the words: a Chromium may drop its prefixed names one day, and is then still one.
  if (/Chrome\/\d/.test(agent)) {
    if (/Edg/.test(agent)) return 'Edge';
    return /Opera|OPR\//.test(agent) ? 'Opera' : 'Chrome';
  }
  // On iOS every browser is WebKit underneath, whatever it calls itself.
  if (navigator.mediaDevices && /AppleWebKit\/\d+\./.test(agent)) return 'Safari';
  if (navigator.webkitGetUserMedia) {
    return /Version\/\d+\.\d+/.test(agent) ? 'Safari' : 'WebKit browser without WebRTC support';
  }
  return 'unsupported browser';
}

/** @param {string} name */
export function isSupported(name) {
  return SUPPORTED.has(name);
}
