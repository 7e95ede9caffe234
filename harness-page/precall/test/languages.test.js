// The languages: each is complete, and no text is missing or left over.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';

import { LANGUAGES, Texts, chooseLanguage } from '../src/texts.js';

const here = new URL('..', import.meta.url);
const read = (/** @type {string} */ path) => readFileSync(new URL(path, here), 'utf8');
/** @type {(language: string) => Record<string, string>} */
const messages = (language) => JSON.parse(read(`languages/${language}.json`));
const places = (/** @type {string} */ text) => (text.match(/\{\w+\}/g) ?? []).sort();

describe('languages', () => {
  const english = messages('en');

  test('are the files that there are', () => {
    const files = readdirSync(new URL('languages', here)).map((file) => file.replace('.json', ''));
    assert.deepEqual(files.sort(), [...LANGUAGES].sort());
  });

  for (const language of LANGUAGES) {
    test(`${language} has every text, with its places`, () => {
      const own = messages(language);
      assert.deepEqual(Object.keys(own), Object.keys(english));
      for (const [key, text] of Object.entries(own)) {
        assert.notEqual(text.trim(), '', key);
        assert.deepEqual(places(text), places(english[key]), key);
      }
    });
  }

  test('differ from English, but for a few words that are the same', () => {
    for (const language of LANGUAGES.filter((one) => one !== 'en')) {
      const own = messages(language);
      const same = Object.keys(own).filter((key) => own[key] === english[key]);
      assert.ok(same.length < 15, `${language}: ${same}`);
    }
  });

  test('only Arabic is written from right to left', () => {
    const directions = LANGUAGES.map((language) => new Texts(language, messages(language)).direction);
    assert.deepEqual(
      directions,
      LANGUAGES.map((language) => (language === 'ar' ? 'rtl' : 'ltr')),
    );
  });

  test('have no text that no screen shows', () => {
    const files = readdirSync(new URL('src', here), { recursive: true, encoding: 'utf8' });
    const source = files
      .filter((file) => file.endsWith('.js'))
      .map((file) => read(`src/${file}`))
      .join('\n');
    const unused = Object.keys(english).filter((key) => {
      const [group, ...rest] = key.split('.');
      const isWhole = source.includes(`'${key}'`);
      // As in `state.${state}`: the second part is a value somewhere.
      const isMade = source.includes(`\`${group}.\${`) && new RegExp(`\\b${rest.join('.')}\\b`).test(source);
      const isPart = source.includes(`}.${rest.join('.')}\``) || source.includes(`.\${kind}Number`);
      return key !== 'direction' && !isWhole && !isMade && !isPart && group !== 'network';
    });
    assert.deepEqual(unused, []);
  });
});

test("the first of a person's languages that there is", () => {
  assert.equal(chooseLanguage(['nl', 'de-CH', 'en']), 'de');
  assert.equal(chooseLanguage(['pt-BR']), 'pt');
  assert.equal(chooseLanguage(['sv']), 'en');
  assert.equal(chooseLanguage([]), 'en');
});
