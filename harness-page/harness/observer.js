// What precall adds to the page of an application: it watches peer connections and video elements, takes the steps of
// the scenario, and passes on what the application itself reports. It changes nothing that the application can see,
// except for `window.precall`. Judges nothing.
//
// precall joins this file and the modules that it imports to one script, which runs before those of the page.

import { describeError, emit } from './events.js';
import { watchFrames } from './frames.js';
import { watchPeerConnections } from './rtc-stats.js';

/**
 * A step of the scenario.
 * @typedef {object} PageStep
 * @property {string} do
 * @property {string | null} element A CSS selector.
 * @property {string | null} data
 */

/** How often presented frames are reported, in milliseconds. */
const REPORT_MS = 1000;

/** How long an element may take to be there, and how often it is looked for, in milliseconds. */
const FIND_LIMIT_MS = 5000;
const FIND_MS = 50;

/** How long the last statistics may take, in milliseconds. */
const LAST_REPORT_MS = 1000;

/**
 * The video elements that show a stream, and their frames.
 * @type {Map<HTMLVideoElement, import('./frames.js').Frames>}
 */
const shown = new Map();

/** The tracks whose first frame was reported: a page may give a stream to an element twice. @type {Set<string>} */
const begun = new Set();

/** What waits at a barrier. @type {Map<string, () => void>} */
const waiting = new Map();

/** @param {HTMLVideoElement} video */
function tracksOf(video) {
  return video.srcObject instanceof MediaStream ? video.srcObject.getTracks().map(({ id }) => id) : [];
}

/** Reports what a video element has presented. @param {HTMLVideoElement} video */
function tellShown(video) {
  const tracks = tracksOf(video);
  const presented = shown.get(video)?.presented();
  if (tracks.length === 0) return;
  const isFirst = presented !== undefined && !tracks.some((track) => begun.has(track));
  if (isFirst) tracks.forEach((track) => begun.add(track));
  emit({ type: 'displayed', tracks, presented, isFirst });
}

/** Follows what a video element shows from now on. @param {HTMLVideoElement} video */
function watchVideo(video) {
  shown.get(video)?.stop();
  shown.delete(video);
  if (tracksOf(video).length > 0)
    shown.set(
      video,
      watchFrames(video, () => queueMicrotask(() => tellShown(video))),
    );
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

/** Reports an event. @param {string} what @param {object} more */
const tell = (what, more) => emit({ type: 'call', event: { what, ...more } });

/** Waits until the page has loaded: before that its own scripts may not know what to do with a click. */
const loaded = new Promise((resolve) => {
  if (document.readyState === 'complete') resolve(undefined);
  else addEventListener('load', resolve);
});

/**
 * Returns an element that is there, or will soon be.
 * @param {string} selector
 * @param {(element: Element) => boolean} isGood
 */
async function find(selector, isGood) {
  await loaded;
  const until = performance.now() + FIND_LIMIT_MS;
  for (;;) {
    const found = [...document.querySelectorAll(selector)].find(isGood);
    if (found || performance.now() > until) return found;
    await new Promise((resolve) => setTimeout(resolve, FIND_MS));
  }
}

/** Whether a person could see an element. @param {Element} element */
const isVisible = (element) => element.checkVisibility();

/** Whether a person could use an element. @param {Element} element */
const isUsable = (element) => isVisible(element) && !element.matches(':disabled');

/** @param {string} selector @param {(element: Element) => boolean} isGood */
async function needed(selector, isGood) {
  const element = await find(selector, isGood);
  if (!(element instanceof HTMLElement))
    throw new Error(`no element ${selector} could be used within ${FIND_LIMIT_MS / 1000} s`);
  return element;
}

/**
 * Puts a text into a field as a person would: with the events that frameworks listen to.
 * @param {HTMLElement} element
 * @param {string} text
 */
function type(element, text) {
  element.focus();
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) element.select();
  if (!document.execCommand('insertText', false, text)) throw new Error('the element takes no text');
}

/** @type {Record<string, (selector: string, data: string | null) => unknown>} */
const steps = {
  click: async (selector) => (await needed(selector, isUsable)).click(),
  type: async (selector, data) => type(await needed(selector, isUsable), data ?? ''),
  check: async (selector, data) => {
    const has = (/** @type {Element} */ element) =>
      isVisible(element) && (element.textContent ?? '').includes(data ?? '');
    const name = data === null ? selector : `${selector}: ${data}`;
    tell('check', { detail: name, passed: Boolean(await find(selector, has)) });
  },
};

/** Takes a step. @param {PageStep} step */
async function take(step) {
  const name = step.element === null ? step.do : `${step.do} ${step.element}`;
  tell('step', { detail: name });
  try {
    await steps[step.do]?.(step.element ?? '', step.data);
  } catch (error) {
    tell('error', { detail: `step ${name}`, error: describeError(error) });
  }
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

/** Ends the page's part of the call: reports the last counters. */
async function finish() {
  [...shown.keys()].forEach((video) => tellShown(video));
  await Promise.race([connections.tellAll(), new Promise((resolve) => setTimeout(resolve, LAST_REPORT_MS))]);
  connections.stop();
  emit({ type: 'done' });
}

/** What an application may say of itself: `window.precall?.mark('ready')`. */
const reports = {
  mark: (/** @type {string} */ name) => tell('mark', { detail: String(name) }),
  measure: (/** @type {string} */ name, /** @type {number} */ value) =>
    tell('measure', { detail: String(name), value: Number(value) }),
  check: (/** @type {string} */ name, /** @type {unknown} */ passed) =>
    tell('check', { detail: String(name), passed: Boolean(passed) }),
  barrier: (/** @type {string} */ name) =>
    new Promise((resolve) => {
      waiting.set(String(name), () => resolve(undefined));
      emit({ type: 'barrier', name: String(name) });
    }),
};

/** Runs the scenario's own module. @param {string} url @param {string} participant */
async function run(url, participant) {
  try {
    const { default: script } = await import(url);
    await script({ participant, ...reports });
  } catch (error) {
    tell('error', { detail: 'script', error: describeError(error) });
  }
}

Object.assign(window, {
  precall: {
    ...reports,
    finish,
    run,
    step: take,
    release: (/** @type {string} */ name) => {
      waiting.get(name)?.();
      waiting.delete(name);
    },
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
