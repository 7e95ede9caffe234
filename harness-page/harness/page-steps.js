// The steps of the scenario in a page of an application: clicks, texts and checks. Judges nothing.

import { describeError, emit } from './events.js';
import { tell } from './reports.js';

/**
 * A step of the scenario.
 * @typedef {object} PageStep
 * @property {number} number By which its end is reported.
 * @property {string} do
 * @property {string | null} element A CSS selector.
 * @property {string | null} data
 */

/** How long an element may take to be there, and how often it is looked for, in milliseconds. */
const FIND_LIMIT_MS = 5000;
const FIND_MS = 50;

/** How long the last steps may take when the call ends, in milliseconds. */
const LAST_STEPS_MS = 1000;

/** The steps that have not ended. @type {Set<Promise<void>>} */
const taken = new Set();

let isOver = false;

/** @type {() => void} */
let endWaiting = () => {};
const over = new Promise((resolve) => (endWaiting = () => resolve(undefined)));

/** Before a page has loaded, its own scripts may not know what to do with a click. */
const loaded = new Promise((resolve) => {
  if (document.readyState === 'complete') resolve(undefined);
  else addEventListener('load', resolve);
});

/** @param {number} milliseconds */
const passed = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Returns an element that is there, or will soon be. When the call ends it looks once more.
 * @param {string} selector
 * @param {(element: Element) => boolean} isGood
 */
async function find(selector, isGood) {
  await Promise.race([loaded, over]);
  const until = performance.now() + FIND_LIMIT_MS;
  for (;;) {
    const isLast = isOver || performance.now() > until;
    const found = [...document.querySelectorAll(selector)].find(isGood);
    if (found || isLast) return found;
    await Promise.race([passed(FIND_MS), over]);
  }
}

/** Whether a person could see an element. @param {Element} element */
const isVisible = (element) => element.checkVisibility();

/** Whether a person could use an element: it is visible, enabled, and nothing covers it. @param {Element} element */
function isUsable(element) {
  if (!isVisible(element) || element.matches(':disabled')) return false;
  element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  const { left, top, width, height } = element.getBoundingClientRect();
  const root = element.getRootNode();
  const above = /** @type {Document | ShadowRoot} */ (root).elementFromPoint(left + width / 2, top + height / 2);
  return above !== null && (element.contains(above) || above.contains(element));
}

/** @param {string} selector */
async function needed(selector) {
  const element = await find(selector, isUsable);
  if (element) return element;
  const when = isOver ? 'before the call ended' : `within ${FIND_LIMIT_MS / 1000} s`;
  throw new Error(`no element ${selector} could be used ${when}`);
}

/** The events of a click in their order; `click` itself follows. */
const PRESSES = ['pointerdown', 'mousedown', 'pointerup', 'mouseup'];

/** Clicks an element, with the events that a mouse causes. @param {Element} element */
function click(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  const at = { clientX: left + width / 2, clientY: top + height / 2 };
  const options = { bubbles: true, cancelable: true, composed: true, view: window, detail: 1, button: 0, ...at };
  for (const name of PRESSES) {
    const isPointer = name.startsWith('pointer');
    const event = isPointer
      ? new PointerEvent(name, { ...options, pointerType: 'mouse', isPrimary: true })
      : new MouseEvent(name, options);
    element.dispatchEvent(event);
    if (name === 'mousedown' && element instanceof HTMLElement) element.focus();
  }
  if (element instanceof HTMLElement) element.click();
  else element.dispatchEvent(new MouseEvent('click', options));
}

/** Puts a text into a field, with the events that frameworks listen to. @param {Element} element @param {string} text */
function type(element, text) {
  if (element instanceof HTMLElement) element.focus();
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) element.select();
  if (!document.execCommand('insertText', false, text)) throw new Error('the element takes no text');
}

/**
 * Presses a key in an element. A script cannot cause what a browser itself does with a key, but for the most common case:
 * Enter in a field submits its form.
 * @param {Element} element
 * @param {string} key
 */
function press(element, key) {
  if (element instanceof HTMLElement) element.focus();
  const options = { key, bubbles: true, cancelable: true, composed: true };
  const isTaken = !element.dispatchEvent(new KeyboardEvent('keydown', options));
  if (!isTaken && key === 'Enter' && element instanceof HTMLInputElement) element.form?.requestSubmit();
  element.dispatchEvent(new KeyboardEvent('keyup', options));
}

/** @type {Record<string, (selector: string, data: string | null) => unknown>} */
const actions = {
  click: async (selector) => click(await needed(selector)),
  type: async (selector, data) => type(await needed(selector), data ?? ''),
  press: async (selector, data) => press(await needed(selector), data ?? ''),
  check: async (selector, data) => {
    const has = (/** @type {Element} */ element) =>
      isVisible(element) && (element.textContent ?? '').includes(data ?? '');
    const name = data === null ? selector : `${selector}: ${data}`;
    tell('check', { detail: name, passed: Boolean(await find(selector, has)) });
  },
};

/** @param {PageStep} step */
async function act(step) {
  const name = `${step.do} ${step.element}`;
  tell('step', { detail: name });
  try {
    await actions[step.do]?.(step.element ?? '', step.data);
  } catch (error) {
    tell('error', { detail: `step ${name}`, error: describeError(error) });
  }
  emit({ type: 'stepEnded', number: step.number });
}

/** Takes a step, and reports its end. @param {PageStep} step */
export function takeStep(step) {
  const end = act(step);
  taken.add(end);
  end.then(() => taken.delete(end));
}

/** Ends the steps that still wait for an element. */
export async function endSteps() {
  isOver = true;
  endWaiting();
  await Promise.race([Promise.all(taken), passed(LAST_STEPS_MS)]);
}
