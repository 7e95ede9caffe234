// Libraries that the pages of the binary contain, unchanged, as npm's lock file has them: `npm run vendor` copies them
// here, so that cargo builds the binary without npm; with `--check` it says whether the copies are those of the lock file.
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const packages = join(here, '../../../node_modules');
const files = [
  ['uplot/LICENSE', 'uplot/LICENSE'],
  ['uplot/dist/uPlot.iife.min.js', 'uplot/uPlot.iife.min.js'],
  ['uplot/dist/uPlot.min.css', 'uplot/uPlot.min.css'],
];

const isCheck = process.argv.includes('--check');
for (const [from, to] of files) {
  const [source, copy] = [join(packages, from), join(here, to)];
  if (!isCheck) {
    copyFileSync(source, copy);
  } else if (!readFileSync(source).equals(readFileSync(copy))) {
    console.error(`crates/report/vendor/${to} is not the file of the lock file; \`npm run vendor\` copies it`);
    process.exitCode = 1;
  }
}
