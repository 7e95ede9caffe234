// What precall adds to the page of an application: it watches peer connections and video elements, takes the steps of
// the scenario, and passes on what the application itself reports. It changes nothing that the application can see,
// except for `window.precall`. Judges nothing.
//
// precall joins this file and the modules that it imports to one script, which runs before those of the page.

import { describeError, emit } from './events.js';
import { watchFrames } from './frames.js';
import { endSteps, takeStep } from './page-steps.js';
import { release, reports, tell } from './reports.js';
import { watchPeerConnections } from './rtc-stats.js';

/** How often presented frames are reported, in milliseconds. */
const REPORT_MS = 1000;

/** How long the last statistics may take, in milliseconds. */
const LAST_REPORT_MS = 1000;

/**
 * The video elements that show a stream, and their frames.
 * @type {Map<HTMLVideoElement, import('./frames.js').Frames>}
 */
const shown = new Map();

/** @param {HTMLVideoElement} video */
function tracksOf(video) {
  return video.srcObject instanceof MediaStream ? video.srcObject.getTracks().map(({ id }) => id) : [];
}

/** Reports what a video element has presented. @param {HTMLVideoElement} video @param {boolean} [isFirst] */
function tellShown(video, isFirst = false) {
  const tracks = tracksOf(video);
  if (tracks.length > 0) emit({ type: 'displayed', tracks, presented: shown.get(video)?.presented(), isFirst });
}

/** Follows what a video element shows from now on. @param {HTMLVideoElement} video */
function watchVideo(video) {
  shown.get(video)?.stop();
  shown.delete(video);
  if (tracksOf(video).length === 0) return;
  // The frame that is reported is counted a moment later.
  const onFirst = () => queueMicrotask(() => tellShown(video, true));
  shown.set(video, watchFrames(video, onFirst));
}

/** Learns of each stream that an element is given, wherever the element is. */
function watchElements() {
  const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  if (!property?.set) return;
  const { set } = property;
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...property,
    set(stream) {
      set.call(this, stream);
      if (this instanceof HTMLVideoElement) watchVideo(this);
    },
  });
}

const connections = watchPeerConnections(window);
watchElements();
connections.start((report) => emit({ type: 'rtcStats', ...report }));
setInterval(() => {
  for (const video of shown.keys()) {
    if (tracksOf(video).length > 0) tellShown(video);
    else shown.delete(video);
  }
}, REPORT_MS);

/** Ends the page's part of the call: ends its steps, and reports the last counters. */
async function finish() {
  await endSteps();
  [...shown.keys()].forEach((video) => tellShown(video));
  await Promise.race([connections.tellAll(), new Promise((resolve) => setTimeout(resolve, LAST_REPORT_MS))]);
  connections.stop();
  emit({ type: 'done' });
}

/** Runs the scenario's own module. @param {string} url @param {string} participant */
async function run(url, participant) {
  try {
    const { default: script } = await import(url);
    await script({ participant, ...reports });
  } catch (error) {
    tell('error', { detail: 'script', error: describeError(error) });
  }
}

// What an application may say of itself: `window.precall?.mark('ready')`.
Object.assign(window, {
  precall: {
    ...reports,
    finish,
    run,
    step: takeStep,
    release,
  },
});

if (window === window.top) {
  emit({ type: 'loaded' });
  emit({ type: 'ready', userAgent: navigator.userAgent });
  // OpenTok.js that a page bundles defines no global, and its release is not known then.
  addEventListener('load', () => {
    const version = /** @type {any} */ (window).OT?.version ?? /** @type {any} */ (window).OT?.properties?.version;
    if (version) emit({ type: 'release', version: String(version) });
  });
}
