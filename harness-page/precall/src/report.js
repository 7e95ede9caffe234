// What a test leaves: an object to keep and to send, and the same as text. Without addresses, device names or a session. Pure.

import { lossOf, routingOf, wordOf } from './verdict.js';

/** Changes when a member changes its meaning. */
export const REPORT_VERSION = 1;

/**
 * The report of a test, as `report.schema.json` describes it.
 * @typedef {object} Report
 * @property {'precall-test'} kind
 * @property {number} version
 * @property {string} at ISO 8601.
 * @property {string} browser As in `Chrome 150`.
 * @property {string} [sdk] The version of OpenTok.js.
 * @property {boolean} audioOnly
 * @property {import('./verdict.js').Verdict} verdict
 * @property {import('./line-test.js').Step[]} steps
 * @property {import('./verdict.js').Quality} [quality]
 * @property {number} [availableBitrate] The sender's last estimate, in bit/s.
 * @property {import('./figures.js').Second[]} seconds
 * @property {number} hiddenSeconds
 * @property {string} [like] A network of precall's catalogue.
 * @property {import('./session.js').AsIf} [asIf] The network that was put in between.
 */

/**
 * The figures with their words, in the order in which they are shown.
 * @param {Report} report
 * @param {import('./texts.js').Texts} texts
 * @returns {Array<{key: string, value: string, word?: string}>} Keys of texts `figure.<key>`, and texts `word.<word>`.
 */
export function figures({ quality, audioOnly, availableBitrate }, texts) {
  if (!quality) return [];
  const { audio, video } = quality;
  /** @type {Array<{key: string, value: string | undefined, word?: string}>} */
  const rows = [
    { key: 'audioMos', value: texts.number(audio.mos), word: wordOf(audio.mos) },
    { key: 'videoMos', value: audioOnly ? undefined : texts.number(video.mos), word: wordOf(video.mos) },
    { key: 'bitrate', value: given(video.bitrate ?? undefined, (rate) => texts.bitrate(rate)) },
    { key: 'available', value: audioOnly ? undefined : given(availableBitrate, (rate) => texts.bitrate(rate)) },
    { key: 'audioBitrate', value: given(audio.bitrate, (rate) => texts.bitrate(rate)) },
    { key: 'loss', value: given(lossOf(quality), (share) => texts.percent(share)) },
    { key: 'rtt', value: given(audio.roundTripTime, (seconds) => texts.milliseconds(seconds)) },
    { key: 'jitter', value: given(audio.jitter, (seconds) => texts.milliseconds(seconds)) },
    { key: 'frameRate', value: given(video.frameRate, (rate) => texts.number(rate)) },
    {
      key: 'routing',
      value: given(video.mediaRouting, (routing) => texts.get(`routing.${routingOf(routing)}`)),
    },
  ];
  return /** @type {any} */ (rows.filter(({ value }) => value !== undefined));
}

/**
 * @template T
 * @param {T | undefined} value
 * @param {(value: T) => string} show
 */
function given(value, show) {
  return value === undefined ? undefined : show(value);
}

/** @param {string} size As in `640x480`. */
export function sizeText(size) {
  return size.replace('x', ' × ');
}

/**
 * A reason as a sentence.
 * @param {import('./verdict.js').Reason} reason
 * @param {import('./texts.js').Texts} texts
 */
export function reasonText({ key, value = 0 }, texts) {
  const shown = key === 'loss' ? texts.percent(value) : texts.milliseconds(value);
  return texts.get(`reason.${key}`, { value: shown, seconds: texts.seconds(value) });
}

/**
 * @param {Report['verdict']['advice']} advice
 * @param {import('./texts.js').Texts} texts
 */
export function adviceText(advice, texts) {
  if (!advice) return undefined;
  if (advice === 'audio') return texts.get('advice.audio');
  const size = sizeText(advice.resolution);
  return texts.get('advice.video', { size, frameRate: texts.number(advice.frameRate) });
}

/**
 * The report as text that people paste into tickets.
 * @param {Report} report
 * @param {import('./texts.js').Texts} texts
 */
export function reportText(report, texts) {
  const { verdict, steps } = report;
  const part = (/** @type {string} */ title, /** @type {string[]} */ lines) =>
    lines.length > 0 ? [`${texts.get(title)}:`, ...lines.map((line) => `- ${line}`), ''] : [];
  const shownSteps = steps.map(({ step, state, error }) => {
    const said = `${texts.get(`step.${step}`)}: ${texts.get(`state.${state}`)}`;
    return error ? `${said} (${error})` : said;
  });
  const shownFigures = figures(report, texts).map(({ key, value, word }) => {
    const said = `${texts.get(`figure.${key}`)}: ${value}`;
    return word ? `${said} (${texts.get(`word.${word}`)})` : said;
  });
  const like = report.like ? [texts.get('like', { network: texts.get(`network.${report.like}`) })] : [];
  return [
    `${texts.get(`grade.${verdict.grade}`)}: ${texts.get(`sentence.${verdict.sentence}`)}`,
    `${report.at}, ${report.browser}${report.sdk ? `, OpenTok.js ${report.sdk}` : ''}`,
    '',
    ...part(
      'reasons.title',
      verdict.reasons.map((reason) => reasonText(reason, texts)),
    ),
    ...part('advice.title', [adviceText(verdict.advice, texts) ?? '', ...like].filter(Boolean)),
    ...part('running.steps', shownSteps),
    ...part('after.figures', shownFigures),
  ]
    .join('\n')
    .trimEnd();
}

/**
 * What is copied for the administrator of a network.
 * @param {Report} report
 * @param {import('./texts.js').Texts} texts
 */
export function administratorText(report, texts) {
  const lines = ['admin.text', 'admin.hosts', 'admin.media'].map((key) => texts.get(key));
  return `${lines[0]}\n- ${lines[1]}\n- ${lines[2]}\n\n${reportText(report, texts)}`;
}
