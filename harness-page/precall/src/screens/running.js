// The test while it runs: steps, time left, figures of each second.

import { watchBackground } from '../background.js';
import { sparkline } from '../chart.js';
import { h } from '../dom.js';
import { second } from '../figures.js';
import { sizeText } from '../report.js';
import { actions, button, section } from './screen.js';
import { stepList } from './steps.js';

/** @typedef {import('../figures.js').Second} Second */

/** The figures of a second, and how each is shown. Those that are numbers have a chart. @type {Array<[keyof Second, (texts: import('../texts.js').Texts, value: any) => string]>} */
const FIGURES = [
  ['bitrate', (texts, value) => texts.bitrate(value)],
  ['audioBitrate', (texts, value) => texts.bitrate(value)],
  ['loss', (texts, value) => texts.percent(value)],
  ['rtt', (texts, value) => texts.milliseconds(value)],
  ['jitter', (texts, value) => texts.milliseconds(value)],
  ['frameRate', (texts, value) => texts.number(value)],
  ['size', (_, value) => sizeText(value)],
];

/** The figures of video alone. @type {Array<keyof Second>} */
const OF_VIDEO = ['bitrate', 'frameRate', 'size'];

/**
 * @typedef {import('./screen.js').Screen & {
 *   seconds: Second[],
 *   onSteps: (steps: import('../line-test.js').Step[]) => void,
 *   onSample: (sample: import('../figures.js').Sample) => void,
 *   hiddenSeconds: () => number,
 * }} RunningScreen
 */

/**
 * @param {import('../texts.js').Texts} texts
 * @param {object} given
 * @param {number} given.limitSeconds The longest that quality is measured.
 * @param {boolean} given.audioOnly
 * @param {(text: string) => void} given.announce
 * @param {() => void} given.onStop
 * @returns {RunningScreen}
 */
export function runningScreen(texts, { limitSeconds, audioOnly, announce, onStop }) {
  const steps = h('div');
  const left = h('p', { class: 'left', 'data-name': 'left' });
  const hidden = h('p', { class: 'note', hidden: true, text: texts.get('running.hidden') });
  const charts = chartsPart(texts, limitSeconds, audioOnly);
  const stop = button(
    texts.get('running.stop'),
    () => {
      stop.disabled = true;
      stop.textContent = texts.get('running.stopping');
      announce(texts.get('running.stopping'));
      onStop();
    },
    { name: 'stop' },
  );
  const background = watchBackground((isHidden) => {
    // What was hidden stays said: the person sees it only when they are back.
    if (isHidden) hidden.hidden = false;
  });
  /** @type {import('../figures.js').Sample | undefined} */
  let last;
  /** @type {string | undefined} */
  let announced;
  /** @type {Second[]} */
  const seconds = [];
  return {
    element: section(texts.get('running.title'), steps, left, hidden, charts.element, actions(stop)),
    seconds,
    hiddenSeconds: background.seconds,
    onSteps(all) {
      steps.replaceChildren(stepList(texts, all));
      const running = all.find(({ state }) => state === 'running')?.step;
      if (running && running !== announced) announce(texts.get(`step.${running}`));
      announced = running ?? announced;
    },
    onSample(sample) {
      const leftSeconds = (sample.limit - sample.elapsed) / 1000;
      // Where sound does not get through beside video, it is measured once more by itself.
      left.textContent = leftSeconds > 0 ? texts.get('running.left', { seconds: texts.seconds(leftSeconds) }) : '';
      const figures = second(last, sample);
      last = sample;
      // The first sample is where counting starts.
      if (figures.bitrate === undefined && figures.audioBitrate === undefined) return;
      seconds.push(figures);
      charts.show(seconds);
    },
    dispose: background.stop,
  };
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {number} limitSeconds
 * @param {boolean} audioOnly
 */
function chartsPart(texts, limitSeconds, audioOnly) {
  const shown = FIGURES.filter(([key]) => !audioOnly || !OF_VIDEO.includes(key));
  const tiles = shown.map(([key]) => {
    const value = h('b', { text: '–' });
    const chart = h('span', { class: 'chart' });
    const tile = h(
      'div',
      { class: 'tile' },
      h('span', { class: 'label', text: texts.get(`figure.${key}`) }),
      value,
      chart,
    );
    return { key, value, chart, tile };
  });
  const body = h('tbody');
  const head = ['running.second', ...shown.map(([key]) => `figure.${key}`)];
  const table = h(
    'table',
    {},
    h('thead', {}, h('tr', {}, ...head.map((key) => h('th', { scope: 'col', text: texts.get(key) })))),
    body,
  );
  const element = h(
    'div',
    { hidden: true },
    h('div', { class: 'tiles' }, ...tiles.map(({ tile }) => tile)),
    h(
      'details',
      {},
      h('summary', { text: texts.get('running.figures') }),
      h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': texts.get('running.figures') }, table),
    ),
  );
  return {
    element,
    /** @param {Second[]} seconds */
    show(seconds) {
      element.hidden = false;
      const latest = seconds[seconds.length - 1];
      const text = (/** @type {Second} */ figures, /** @type {number} */ index) => {
        const [key, show] = shown[index];
        return figures[key] === undefined ? '–' : show(texts, figures[key]);
      };
      tiles.forEach(({ key, value, chart }, index) => {
        value.textContent = text(latest, index);
        const values = seconds.map((figures) => figures[key]);
        if (values.every((one) => typeof one !== 'string')) chart.replaceChildren(sparkline(values, limitSeconds));
      });
      const cells = shown.map((_, index) => h('td', { text: text(latest, index) }));
      body.append(h('tr', {}, h('th', { scope: 'row', text: texts.number(latest.at) }), ...cells));
    },
  };
}
