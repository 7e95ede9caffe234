// The page's words in a person's language, and numbers as that language writes them.

/** @typedef {Record<string, string>} Messages */

/** The languages that there are, each a file in `languages/`. */
export const LANGUAGES = Object.freeze(['en', 'de', 'es', 'fr', 'pt', 'ja', 'ar']);

const FALLBACK = 'en';

/** @type {Map<string, Promise<Messages>>} */
const loaded = new Map();

/**
 * The first of a person's languages that there is.
 * @param {readonly string[]} wanted As in `de-CH`, the preferred first.
 */
export function chooseLanguage(wanted) {
  const found = wanted.map((tag) => tag.toLowerCase().split('-')[0]).find((tag) => LANGUAGES.includes(tag));
  return found ?? FALLBACK;
}

/** Words of one language. */
export class Texts {
  /**
   * @param {string} language
   * @param {Messages} messages
   */
  constructor(language, messages) {
    this.language = language;
    this.messages = messages;
    /** @type {'ltr' | 'rtl'} */
    this.direction = messages.direction === 'rtl' ? 'rtl' : 'ltr';
  }

  /**
   * A text, with its places filled in. A text that is missing is its own key, which tests look for.
   * @param {string} key
   * @param {Record<string, string>} [values]
   */
  get(key, values = {}) {
    return (this.messages[key] ?? key).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
  }

  /** @param {string} key */
  has(key) {
    return key in this.messages;
  }

  /**
   * @param {number} value
   * @param {Intl.NumberFormatOptions} [options]
   */
  number(value, options = { maximumFractionDigits: 1 }) {
    return new Intl.NumberFormat(this.language, options).format(value);
  }

  /** @param {number} bitrate In bit/s. */
  bitrate(bitrate) {
    const isLarge = bitrate >= 1e6;
    const value = isLarge ? bitrate / 1e6 : bitrate / 1e3;
    const digits = isLarge ? 1 : 0;
    return `${this.number(value, { maximumFractionDigits: digits })} ${isLarge ? 'Mbit/s' : 'kbit/s'}`;
  }

  /** @param {number} share */
  percent(share) {
    return this.number(share, { style: 'percent', maximumFractionDigits: 1 });
  }

  /** @param {number} seconds */
  seconds(seconds) {
    return this.number(Math.round(seconds), { style: 'unit', unit: 'second' });
  }

  /** @param {number} seconds */
  milliseconds(seconds) {
    return this.number(Math.round(seconds * 1000), { style: 'unit', unit: 'millisecond' });
  }

  /** @param {string} date ISO 8601. */
  time(date) {
    return new Intl.DateTimeFormat(this.language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(date));
  }
}

/**
 * Loads a language, once a page.
 * @param {string} language
 * @returns {Promise<Texts>}
 */
export async function loadTexts(language) {
  const known = LANGUAGES.includes(language) ? language : FALLBACK;
  let messages = loaded.get(known);
  if (!messages) {
    messages = load(known);
    loaded.set(known, messages);
    // What failed is tried again the next time.
    messages.catch(() => loaded.delete(known));
  }
  return new Texts(known, await messages);
}

/** @param {string} language @returns {Promise<Messages>} */
async function load(language) {
  const response = await fetch(new URL(`../languages/${language}.json`, import.meta.url));
  if (!response.ok) throw new Error(`the texts in "${language}" could not be loaded (${response.status})`);
  return response.json();
}
