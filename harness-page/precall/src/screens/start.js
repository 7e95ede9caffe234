// The first screen: what the test does, and what may stand in its way.

import { h } from '../dom.js';
import { actions, button, section } from './screen.js';

/**
 * @param {import('../texts.js').Texts} texts
 * @param {object} given
 * @param {import('../environment.js').Problem[]} given.problems None of them blocks.
 * @param {boolean} given.audioOnly Whether the page asks for sound alone.
 * @param {(audioOnly: boolean) => void} given.onStart
 * @returns {import('./screen.js').Screen}
 */
export function startScreen(texts, { problems, audioOnly, onStart }) {
  const element = section(
    texts.get('title'),
    h('p', { text: texts.get('start.text') }),
    ...problems.map((problem) => problemNote(texts, problem)),
    actions(
      button(texts.get(audioOnly ? 'start.audioOnly' : 'start.button'), () => onStart(audioOnly), {
        primary: true,
        name: 'start',
      }),
      !audioOnly && button(texts.get('start.audioOnly'), () => onStart(true), { name: 'start-audio' }),
    ),
  );
  return { element };
}

/**
 * The screen in place of the first one, where the test cannot be run.
 * @param {import('../texts.js').Texts} texts
 * @param {import('../environment.js').Problem[]} problems
 * @returns {import('./screen.js').Screen}
 */
export function unsupportedScreen(texts, problems) {
  const notes = problems.map((problem) => problemNote(texts, problem));
  return { element: section(texts.get('unsupported.title'), ...notes) };
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {import('../environment.js').Problem} problem
 */
function problemNote(texts, { key, values }) {
  return h('p', { class: 'note', 'data-name': key, text: texts.get(`problem.${key}`, values) });
}
