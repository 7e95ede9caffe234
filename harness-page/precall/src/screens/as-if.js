// The choice of a network that this browser's media passes.

import { h } from '../dom.js';
import { actions, button } from './screen.js';

/**
 * A network that the server can put in between.
 * @typedef {{name: string, description: string}} CatalogueNetwork
 */

/** Figures of a person's own: those of the platform's links are wider, and of no use here. */
const KNOBS = /** @type {const} */ ([
  { key: 'rate', member: 'kbps', most: 100_000, start: 1000, least: 10 },
  { key: 'loss', member: 'lossPercent', most: 50, start: 0, least: 0 },
  { key: 'delay', member: 'delayMs', most: 2000, start: 50, least: 0 },
]);

const CUSTOM = '(custom)';

/**
 * The fields for a person's own figures.
 * @param {import('../texts.js').Texts} texts
 * @param {import('../session.js').AsIf} [network] Where they begin.
 * @param {() => void} [onInput]
 */
export function knobsPart(texts, network = {}, onInput = () => {}) {
  const begin = /** @type {Record<string, number | undefined>} */ (network);
  const knobs = KNOBS.map((knob) => ({
    ...knob,
    input: h('input', {
      type: 'number',
      min: knob.least,
      max: knob.most,
      value: begin[knob.member] ?? knob.start,
      'data-name': knob.key,
      oninput: onInput,
    }),
  }));
  const labels = knobs.map(({ key, input }) =>
    h('label', {}, h('span', { class: 'label', text: texts.get(`asIf.${key}`) }), input),
  );
  return {
    element: h('div', { class: 'knobs' }, ...labels),
    /** @returns {import('../session.js').AsIf} */
    value: () =>
      Object.fromEntries(knobs.map(({ member, input, least, most }) => [member, within(input, least, most)])),
  };
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {CatalogueNetwork[]} networks
 * @param {(asIf: import('../session.js').AsIf) => void} [onWatch] Absent where there is no picture to watch.
 * @returns {{element: HTMLElement, value: () => import('../session.js').AsIf | undefined} | undefined}
 */
export function asIfPart(texts, networks, onWatch) {
  if (networks.length === 0) return undefined;
  const knobs = knobsPart(texts);
  knobs.element.hidden = true;
  const select = h(
    'select',
    { 'data-name': 'as-if', onchange: () => (knobs.element.hidden = select.value !== CUSTOM) },
    h('option', { value: '', text: texts.get('asIf.none') }),
    h('option', { value: CUSTOM, text: texts.get('asIf.custom') }),
    ...networks.map(({ name, description }) => {
      const known = `network.${name}`;
      return h('option', { value: name, text: texts.has(known) ? texts.get(known) : `${name}: ${description}` });
    }),
  );
  const value = () => {
    if (select.value === '') return undefined;
    return select.value === CUSTOM ? knobs.value() : { profile: select.value };
  };
  const element = h(
    'details',
    { class: 'as-if' },
    h('summary', { text: texts.get('asIf.title') }),
    h('p', { text: texts.get('asIf.text') }),
    h('label', {}, h('span', { class: 'label', text: texts.get('asIf.network') }), select),
    knobs.element,
    // A network that has a name begins with its own figures; its fields begin with usual ones.
    onWatch && actions(button(texts.get('watch.button'), () => onWatch(value() ?? knobs.value()), { name: 'watch' })),
  );
  return { element, value };
}

/**
 * @param {HTMLInputElement} input
 * @param {number} least
 * @param {number} most
 */
function within({ valueAsNumber }, least, most) {
  return Number.isFinite(valueAsNumber) ? Math.min(most, Math.max(least, valueAsNumber)) : least;
}
