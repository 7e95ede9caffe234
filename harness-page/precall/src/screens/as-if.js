// The choice of a network that this browser's media passes.

import { h } from '../dom.js';

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
 * @param {import('../texts.js').Texts} texts
 * @param {CatalogueNetwork[]} networks
 * @returns {{element: HTMLElement, value: () => import('../session.js').AsIf | undefined} | undefined}
 */
export function asIfPart(texts, networks) {
  if (networks.length === 0) return undefined;
  const knobs = KNOBS.map((knob) => ({
    ...knob,
    input: h('input', { type: 'number', min: knob.least, max: knob.most, value: knob.start, 'data-name': knob.key }),
  }));
  const figures = h(
    'div',
    { class: 'knobs', hidden: true },
    ...knobs.map(({ key, input }) =>
      h('label', {}, h('span', { class: 'label', text: texts.get(`asIf.${key}`) }), input),
    ),
  );
  const select = h(
    'select',
    { 'data-name': 'as-if', onchange: () => (figures.hidden = select.value !== CUSTOM) },
    h('option', { value: '', text: texts.get('asIf.none') }),
    h('option', { value: CUSTOM, text: texts.get('asIf.custom') }),
    ...networks.map(({ name, description }) => {
      const known = `network.${name}`;
      return h('option', { value: name, text: texts.has(known) ? texts.get(known) : `${name}: ${description}` });
    }),
  );
  const element = h(
    'details',
    { class: 'as-if' },
    h('summary', { text: texts.get('asIf.title') }),
    h('p', { text: texts.get('asIf.text') }),
    h('label', {}, h('span', { class: 'label', text: texts.get('asIf.network') }), select),
    figures,
  );
  return {
    element,
    value() {
      if (select.value === '') return undefined;
      if (select.value !== CUSTOM) return { profile: select.value };
      return Object.fromEntries(knobs.map(({ member, input, least, most }) => [member, within(input, least, most)]));
    },
  };
}

/**
 * @param {HTMLInputElement} input
 * @param {number} least
 * @param {number} most
 */
function within({ valueAsNumber }, least, most) {
  return Number.isFinite(valueAsNumber) ? Math.min(most, Math.max(least, valueAsNumber)) : least;
}
