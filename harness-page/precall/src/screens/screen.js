// What all screens are made of.

import { h } from '../dom.js';

/**
 * A screen that is shown: its element, and what has to be ended when another takes its place.
 * @typedef {object} Screen
 * @property {HTMLElement} element With one `h2` that takes the focus.
 * @property {() => void} [dispose]
 */

/**
 * @param {import('../dom.js').Child | import('../dom.js').Child[]} title
 * @param {import('../dom.js').Child[]} children
 * @returns {HTMLElement}
 */
export function section(title, ...children) {
  const heading = h('h2', { id: 'heading', tabindex: -1 }, ...[title].flat());
  return h('section', { 'aria-labelledby': 'heading' }, heading, ...children);
}

/**
 * @param {string} text
 * @param {() => void} onClick
 * @param {{primary?: boolean, name?: string}} [options] `name` is for themes and tests.
 */
export function button(text, onClick, { primary = false, name } = {}) {
  return h('button', {
    type: 'button',
    text,
    onclick: onClick,
    part: primary ? 'button primary' : 'button',
    'data-name': name,
  });
}

/** @param {import('../dom.js').Child[]} buttons */
export function actions(...buttons) {
  return h('p', { class: 'actions' }, ...buttons);
}

/** Shapes beside the words of a state: colour alone tells nothing. @type {Record<string, string>} */
const MARKS = {
  pass: '✓',
  passed: '✓',
  warn: '!',
  warned: '!',
  fail: '✕',
  failed: '✕',
  running: '…',
  idle: '·',
  skipped: '–',
};

/** @param {string} state */
export function mark(state) {
  return h('span', { class: `mark ${state}`, 'aria-hidden': 'true', text: MARKS[state] ?? '·' });
}
