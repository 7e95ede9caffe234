// Which browser this is, and whether the quality test supports it. Pure: the window is an argument.

const SUPPORTED = new Set(['Chrome', 'Edge', 'Opera', 'Firefox', 'Safari']);

/** The browser's name, by the features and words that tell them apart. @param {any} window */
export function browserName(window) {
  const navigator = window?.navigator;
  if (!navigator) return 'not a browser';
  const agent = String(navigator.userAgent ?? '');
  if (navigator.mozGetUserMedia || /Firefox\/\d/.test(agent)) return 'Firefox';
  if (/Edge\/\d+\.\d+$/.test(agent)) return 'non-Chromium Edge';
  if (navigator.webkitGetUserMedia) {
    if (Object.hasOwn(window, 'webkitRTCPeerConnection')) {
      if (/Edg/.test(agent)) return 'Edge';
      return /Opera|OPR\//.test(agent) ? 'Opera' : 'Chrome';
    }
    return /Version\/\d+\.\d+/.test(agent) ? 'Safari' : 'WebKit browser without WebRTC support';
  }
  if (/MSIE |Trident\/.*rv:11/.test(agent)) return 'Internet Explorer';
  // A Chromium that dropped its prefixed names is still one.
  if (/Chrome\/\d/.test(agent)) return 'Chrome';
  if (navigator.mediaDevices && /AppleWebKit\/\d+\./.test(agent)) return 'Safari';
  return 'unsupported browser';
}

/** @param {string} name */
export function isSupported(name) {
  return SUPPORTED.has(name);
}
