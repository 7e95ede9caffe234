// When the test itself failed, or the device has no connection: neither says anything of the line.

import { h } from '../dom.js';
import { actions, button, section } from './screen.js';

/**
 * @param {import('../texts.js').Texts} texts
 * @param {object} given
 * @param {'endpoint' | 'sdk' | 'credentials' | 'test'} given.what A text `failure.<what>`.
 * @param {string} given.message As the error says it.
 * @param {() => void} given.onAgain
 * @returns {import('./screen.js').Screen}
 */
export function failureScreen(texts, { what, message, onAgain }) {
  const element = section(
    texts.get('failure.title'),
    h('p', { text: texts.get('failure.text') }),
    h('p', { class: 'note', 'data-name': what, text: texts.get(`failure.${what}`, { message }) }),
    what !== 'test' && h('p', { class: 'error', lang: 'en', dir: 'ltr', text: message }),
    actions(button(texts.get('again'), onAgain, { primary: true, name: 'again' })),
  );
  return { element };
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {() => void} onAgain
 * @returns {import('./screen.js').Screen}
 */
export function offlineScreen(texts, onAgain) {
  const element = section(
    texts.get('offline.title'),
    h('p', { class: 'note', text: texts.get('offline.text') }),
    actions(button(texts.get('again'), onAgain, { primary: true, name: 'again' })),
  );
  return { element };
}
