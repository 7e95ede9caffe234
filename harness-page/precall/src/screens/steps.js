// The steps of a test, with their states.

import { h } from '../dom.js';
import { mark } from './screen.js';

/**
 * @param {import('../texts.js').Texts} texts
 * @param {import('../line-test.js').Step[]} steps
 */
export function stepList(texts, steps) {
  const items = steps.map(({ step, state, seconds, error }) =>
    h(
      'li',
      { 'data-name': step, 'data-state': state },
      mark(state),
      h('span', { class: 'name', text: texts.get(`step.${step}`) }),
      ' ',
      h('span', { class: 'state', text: texts.get(`state.${state}`) }),
      ' ',
      seconds !== undefined && h('span', { class: 'seconds', text: texts.milliseconds(seconds) }),
      // As OpenTok.js says it: in English, and of use to those who help.
      error && h('span', { class: 'error', lang: 'en', dir: 'ltr', text: error }),
    ),
  );
  return h('ol', { class: 'steps', 'aria-label': texts.get('running.steps') }, ...items);
}
