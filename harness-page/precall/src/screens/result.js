// The verdict: one sentence, why, what to do, the figures; and what can be done with it.

import { attempts } from '../attempts.js';
import { h } from '../dom.js';
import { administratorText, adviceText, figures, reasonText } from '../report.js';
import { afterPart, copyButton } from './after.js';
import { actions, button, mark, section } from './screen.js';
import { stepList } from './steps.js';

/** @typedef {import('../report.js').Report} Report */

/**
 * @param {import('../texts.js').Texts} texts
 * @param {object} given
 * @param {Report} given.report
 * @param {string} [given.collectUrl] Where reports are sent, when the person wishes.
 * @param {(text: string) => void} given.announce
 * @param {() => void} given.onAgain
 * @returns {import('./screen.js').Screen}
 */
export function resultScreen(texts, { report, collectUrl, announce, onAgain }) {
  const { verdict, like } = report;
  const advice = adviceText(verdict.advice, texts);
  const element = section(
    [
      h(
        'span',
        { class: `grade ${verdict.grade}`, part: `grade ${verdict.grade}`, 'data-name': verdict.grade },
        mark(verdict.grade),
        h('span', { text: texts.get(`grade.${verdict.grade}`) }),
      ),
      ' ',
      h('span', { 'data-name': verdict.sentence, text: texts.get(`sentence.${verdict.sentence}`) }),
    ],
    advice && h('p', { class: 'advice', text: advice }),
    like && h('p', { class: 'like', text: texts.get('like', { network: texts.get(`network.${like}`) }) }),
    reasonsPart(texts, verdict),
    tipsPart(texts, verdict),
    administratorPart(texts, report, announce),
    figuresPart(texts, report),
    stepsPart(texts, report),
    actions(button(texts.get('after.again'), onAgain, { primary: true, name: 'again' })),
    afterPart(texts, report, collectUrl, announce),
    attemptsPart(texts),
  );
  return { element };
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {import('../verdict.js').Verdict} verdict
 */
function reasonsPart(texts, { reasons, blame }) {
  if (reasons.length === 0) return undefined;
  const items = reasons.map((reason) => h('li', { 'data-name': reason.key, text: reasonText(reason, texts) }));
  return h(
    'div',
    { class: 'reasons' },
    h('h3', { text: texts.get('reasons.title') }),
    h('ul', {}, ...items),
    blame && h('p', { 'data-name': `blame-${blame}`, text: texts.get(`blame.${blame}`) }),
  );
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {import('../verdict.js').Verdict} verdict
 */
function tipsPart(texts, { reasons }) {
  // A blocked server, router or relay is for the administrator.
  const keys = reasons.map(({ key }) => (['messaging', 'media', 'relay'].includes(key) ? 'api' : key));
  const tips = [...new Set(keys)].map((key) => `tip.${key}`).filter((key) => texts.has(key));
  if (tips.length === 0) return undefined;
  const items = tips.map((key) => h('li', { text: texts.get(key) }));
  return h('div', { class: 'tips' }, h('h3', { text: texts.get('tips.title') }), h('ul', {}, ...items));
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {Report} report
 * @param {(text: string) => void} announce
 */
function administratorPart(texts, report, announce) {
  const isBlocked = report.verdict.reasons.some(({ key }) => ['api', 'messaging', 'media', 'relay'].includes(key));
  if (!isBlocked) return undefined;
  return h(
    'div',
    { class: 'administrator' },
    h('h3', { text: texts.get('admin.title') }),
    h('p', { text: texts.get('admin.text') }),
    h('ul', {}, h('li', { text: texts.get('admin.hosts') }), h('li', { text: texts.get('admin.media') })),
    copyForAdministrator(texts, report, announce),
  );
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {Report} report
 * @param {(text: string) => void} announce
 */
function copyForAdministrator(texts, report, announce) {
  const text = () => administratorText(report, texts);
  return actions(copyButton(texts, 'admin.copy', text, announce));
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {Report} report
 */
function figuresPart(texts, report) {
  const rows = figures(report, texts).map(({ key, value, word }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row', text: texts.get(`figure.${key}`) }),
      h('td', { text: value }),
      h('td', { text: word ? texts.get(`word.${word}`) : '' }),
    ),
  );
  if (rows.length === 0) return undefined;
  return h(
    'details',
    { open: true },
    h('summary', { text: texts.get('after.figures') }),
    h('table', {}, h('tbody', {}, ...rows)),
  );
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {Report} report
 */
function stepsPart(texts, { steps }) {
  return h('details', {}, h('summary', { text: texts.get('running.steps') }), stepList(texts, steps));
}

/** @param {import('../texts.js').Texts} texts */
function attemptsPart(texts) {
  // The newest is the one that is shown above.
  const earlier = attempts().slice(1);
  if (earlier.length === 0) return undefined;
  const rows = earlier.map(({ at, grade, sentence, bitrate }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row', text: texts.time(at) }),
      h('td', {}, mark(grade), ' ', texts.get(`grade.${grade}`)),
      h('td', { text: texts.get(`sentence.${sentence}`) }),
      h('td', { text: bitrate === undefined ? '' : texts.bitrate(bitrate) }),
    ),
  );
  return h(
    'details',
    {},
    h('summary', { text: texts.get('after.attempts') }),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': texts.get('after.attempts') },
      h('table', {}, h('tbody', {}, ...rows)),
    ),
  );
}
