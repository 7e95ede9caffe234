// The person's own picture on another network, whose figures they change while they watch.

import { h } from '../dom.js';
import { knobsPart } from './as-if.js';
import { actions, button, section } from './screen.js';

/**
 * @typedef {import('./screen.js').Screen & {onPicture: (video: HTMLVideoElement) => void}} WatchScreen
 */

/**
 * @param {import('../texts.js').Texts} texts
 * @param {object} given
 * @param {import('../session.js').AsIf} given.network Where it begins.
 * @param {(network: import('../session.js').AsIf) => void} given.onChange
 * @param {() => void} given.onBack
 * @returns {WatchScreen}
 */
export function watchScreen(texts, { network, onChange, onBack }) {
  const place = h('div', { class: 'picture received' }, h('p', { text: texts.get('watch.waiting') }));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const knobs = knobsPart(texts, network, () => {
    // Numbers are typed digit by digit.
    clearTimeout(timer);
    timer = setTimeout(() => onChange(knobs.value()), 300);
  });
  return {
    element: section(
      texts.get('watch.title'),
      h('p', { text: texts.get('watch.text') }),
      place,
      knobs.element,
      actions(button(texts.get('watch.back'), onBack, { name: 'back' })),
    ),
    onPicture(video) {
      video.setAttribute('aria-label', texts.get('watch.picture'));
      video.setAttribute('data-name', 'received');
      place.replaceChildren(video);
    },
    dispose: () => clearTimeout(timer),
  };
}
