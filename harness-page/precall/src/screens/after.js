// What can be done with a report: copy, download, print, send.

import { h } from '../dom.js';
import { reportText } from '../report.js';
import { actions, button } from './screen.js';

/**
 * @param {import('../texts.js').Texts} texts
 * @param {import('../report.js').Report} report
 * @param {string | undefined} collectUrl
 * @param {(text: string) => void} announce
 */
export function afterPart(texts, report, collectUrl, announce) {
  const said = h('p', { class: 'said', 'data-name': 'said' });
  const say = (/** @type {string} */ text) => {
    said.textContent = text;
    announce(text);
  };
  return h(
    'div',
    { class: 'after' },
    actions(
      copyButton(texts, 'after.copy', () => reportText(report, texts), announce),
      button(texts.get('after.download'), () => download(report), { name: 'download' }),
      button(texts.get('after.print'), () => window.print(), { name: 'print' }),
      collectUrl !== undefined &&
        button(
          texts.get('after.send'),
          async () => {
            const { code, isOver } = await send(collectUrl, report);
            if (code) say(texts.get('after.sent', { code }));
            else say(texts.get(isOver ? 'after.invitationOver' : 'after.notSent'));
          },
          { name: 'send' },
        ),
    ),
    said,
  );
}

/**
 * A button that copies a text, and says whether it did.
 * @param {import('../texts.js').Texts} texts
 * @param {string} key
 * @param {() => string} text
 * @param {(text: string) => void} announce
 */
export function copyButton(texts, key, text, announce) {
  const copied = h('span', { class: 'said' });
  const copy = button(
    texts.get(key),
    async () => {
      const isCopied = await navigator.clipboard.writeText(text()).then(
        () => true,
        () => false,
      );
      copied.textContent = texts.get(isCopied ? 'after.copied' : 'after.notCopied');
      announce(copied.textContent);
      // Where copying is refused, the text is there to be selected.
      if (!isCopied)
        copied.after(h('textarea', { readonly: true, rows: 8, 'aria-label': texts.get(key), text: text() }));
    },
    { name: key },
  );
  return h('span', {}, copy, copied);
}

/** @param {import('../report.js').Report} report */
function download(report) {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(report, null, 2)}\n`], { type: 'application/json' }));
  const link = h('a', { href: url, download: `precall-${report.at.slice(0, 19).replaceAll(':', '')}.json` });
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const SEND_LIMIT_MS = 15_000;

/** The status with which a server answers when an invitation is over. */
const GONE = 410;

/**
 * @param {string} url
 * @param {import('../report.js').Report} report
 * @returns {Promise<{ code?: string, isOver?: boolean }>} The support code, which the server gives; or whether the
 *   invitation of the address is over.
 */
async function send(url, report) {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(report),
      signal: AbortSignal.timeout(SEND_LIMIT_MS),
    });
    const answer = response.ok ? await response.json() : {};
    return { code: typeof answer.code === 'string' ? answer.code : undefined, isOver: response.status === GONE };
  } catch {
    return {};
  }
}
