// The custom element: attributes in, screens and events out.

import { h } from './dom.js';
import { Flow } from './flow.js';
import { STYLE } from './style.js';
import { chooseLanguage, loadTexts } from './texts.js';

/** Events have these names, and bubble out of the element. */
export const EVENTS = Object.freeze({ screen: 'precall-screen', result: 'precall-result', failure: 'precall-failure' });

/** @type {CSSStyleSheet | undefined} */
let sheet;

// A server that renders pages has no elements.
/** @type {typeof HTMLElement} */
const Base = typeof HTMLElement === 'undefined' ? /** @type {any} */ (class {}) : HTMLElement;

/**
 * `<precall-test>`: tests a person's devices and connection. Attributes:
 *
 * - `endpoint`: a URL that answers a POST with a session, see `SessionAnswer`; or the property `credentials`.
 * - `sdk-url`: where OpenTok.js is, unless the page has loaded it or the endpoint says it.
 * - `lang`: one of `LANGUAGES`; without it, the first of the browser's languages that there is.
 * - `theme`: `light` or `dark`; without it, the system's.
 * - `audio-only`, `transports`: present or not.
 * - `duration`: how many seconds quality is measured at most, 6 to 29.
 * - `networks-url`, `collect-url`: see `Options`.
 * - `post-to`: the origin of an embedding page, which is told of the events by `postMessage`.
 */
export class PrecallTest extends Base {
  static observedAttributes = ['lang', 'theme'];

  /** As an endpoint would answer, or a function that gives it. @type {import('./flow.js').Options['credentials']} */
  credentials;

  /** @type {Flow | undefined} */
  #flow;

  /** @type {(() => void) | undefined} */
  #dispose;

  #beginnings = 0;

  #live = h('p', { role: 'status', class: 'live' });

  #stage = h('div');

  #root = h('div', { class: 'root', part: 'root' }, this.#live, this.#stage);

  connectedCallback() {
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    sheet ??= styleSheet();
    shadow.adoptedStyleSheets = [sheet];
    if (!this.#root.isConnected) shadow.append(this.#root);
    window.addEventListener('pagehide', this.#onPageHide);
    window.addEventListener('pageshow', this.#onPageShow);
    this.#begin();
  }

  disconnectedCallback() {
    window.removeEventListener('pagehide', this.#onPageHide);
    window.removeEventListener('pageshow', this.#onPageShow);
    this.#end();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (name === 'theme') this.#applyTheme();
    // Words are chosen when a screen is made; in the middle of a test they stay.
    else if (this.isConnected && this.getAttribute('screen') === 'start') this.#begin();
  }

  /** Shows the first screen again, and lets go of whatever was under way. */
  restart() {
    this.#begin();
  }

  async #begin() {
    this.#end();
    this.#applyTheme();
    const beginning = ++this.#beginnings;
    const texts = await loadTexts(chooseLanguage(this.#languages()));
    // It may have ended, or begun anew, while the texts were on their way.
    if (beginning !== this.#beginnings) return;
    this.#root.lang = texts.language;
    this.#root.dir = texts.direction;
    this.#flow = new Flow({
      texts,
      options: () => this.#options(),
      show: (name, screen) => this.#show(name, screen),
      announce: (text) => {
        this.#live.textContent = text;
      },
      onReport: (report) => this.#tell('result', report),
      onFailure: (error) => this.#tell('failure', error),
    });
    this.#flow.begin();
  }

  #end() {
    this.#beginnings += 1;
    this.#flow?.end();
    this.#flow = undefined;
    this.#dispose?.();
    this.#dispose = undefined;
  }

  /** A camera must not stay on for a page that is kept for the way back. */
  #onPageHide = () => this.#end();

  /** @param {PageTransitionEvent} event */
  #onPageShow = ({ persisted }) => {
    if (persisted) this.#begin();
  };

  #languages() {
    const own = this.getAttribute('lang');
    return own ? [own] : navigator.languages;
  }

  /** @returns {import('./flow.js').Options} */
  #options() {
    const text = (/** @type {string} */ name) => this.getAttribute(name) ?? undefined;
    const seconds = Number(text('duration'));
    return {
      endpoint: text('endpoint'),
      credentials: this.credentials,
      sdkUrl: text('sdk-url'),
      networksUrl: text('networks-url'),
      collectUrl: text('collect-url'),
      audioOnly: this.hasAttribute('audio-only'),
      transports: this.hasAttribute('transports'),
      ...(seconds > 5 && seconds < 30 ? { seconds } : {}),
    };
  }

  /**
   * @param {string} name
   * @param {import('./screens/screen.js').Screen} screen
   */
  #show(name, { element, dispose }) {
    this.#dispose?.();
    this.#dispose = dispose;
    const isFirst = !this.hasAttribute('screen');
    this.setAttribute('screen', name);
    this.#live.textContent = '';
    this.#stage.replaceChildren(element);
    // The page keeps its own focus until the person has begun.
    if (!isFirst) element.querySelector('h2')?.focus();
    this.#tell('screen', { screen: name });
  }

  #applyTheme() {
    const theme = this.getAttribute('theme');
    this.#root.classList.toggle('light', theme === 'light');
    this.#root.classList.toggle('dark', theme === 'dark');
  }

  /**
   * @param {keyof typeof EVENTS} type
   * @param {unknown} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(EVENTS[type], { detail, bubbles: true, composed: true }));
    const target = this.getAttribute('post-to');
    if (target && window.parent !== window) window.parent.postMessage({ source: 'precall-test', type, detail }, target);
  }
}

function styleSheet() {
  const made = new CSSStyleSheet();
  made.replaceSync(STYLE);
  return made;
}
