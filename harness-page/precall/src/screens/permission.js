// While the browser asks for the devices, and when they cannot be had.

import { h } from '../dom.js';
import { actions, button, section } from './screen.js';

/**
 * @param {import('../texts.js').Texts} texts
 * @param {boolean} audioOnly
 * @returns {import('./screen.js').Screen}
 */
export function permissionScreen(texts, audioOnly) {
  const element = section(
    texts.get(audioOnly ? 'permission.titleAudio' : 'permission.title'),
    h('p', { text: texts.get('permission.why') }),
    h('p', { class: 'note', text: texts.get('permission.where') }),
  );
  return { element };
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {object} given
 * @param {'denied' | 'missing' | 'busy' | 'lost'} given.failure
 * @param {string} given.remedy The text of what to do.
 * @param {() => void} given.onAgain
 * @param {() => void} [given.onAudioOnly] Absent where sound alone would fail as well.
 * @returns {import('./screen.js').Screen}
 */
export function devicesFailedScreen(texts, { failure, remedy, onAgain, onAudioOnly }) {
  const element = section(
    texts.get(`${failure}.title`),
    h('p', { class: 'note', text: texts.get(remedy) }),
    actions(
      button(texts.get('again'), onAgain, { primary: true, name: 'again' }),
      onAudioOnly && button(texts.get('audioOnly'), onAudioOnly, { name: 'audio-only' }),
    ),
  );
  return { element };
}
