// The package, as npm packs it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { LANGUAGES } from '../src/texts.js';

const here = fileURLToPath(new URL('..', import.meta.url));

test('has the element, the page to host, the languages and the types', async () => {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: here, encoding: 'utf8', stdio: 'pipe' });
  // What is built on the way is said first.
  const [{ files }] = JSON.parse(packed.slice(packed.indexOf('[\n')));
  const paths = new Set(files.map((/** @type {{path: string}} */ { path }) => path));
  for (const path of [
    'dist/precall-test.js',
    'dist/page/index.html',
    'dist/page/page.js',
    'dist/page/page.css',
    'dist/types/precall/src/index.d.ts',
    'report.schema.json',
    'README.md',
    ...LANGUAGES.flatMap((language) => [`languages/${language}.json`, `dist/languages/${language}.json`]),
  ]) {
    assert.ok(paths.has(path), `${path} is not among ${[...paths]}`);
  }
  // A server that renders pages may import it.
  const built = await import(new URL('../dist/precall-test.js', import.meta.url).href);
  assert.deepEqual(Object.keys(built).sort(), ['EVENTS', 'LANGUAGES', 'PrecallTest', 'judge']);
});
