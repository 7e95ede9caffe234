// Reads a report with a program that is not precall's, and prints what it understood as one line of JSON: read.js FORMAT FILE.
import { readFileSync } from 'node:fs';
import { validateStrict } from 'ctrf';
import { Parser } from 'tap-parser';

/** @type {Record<string, (text: string) => unknown>} */
const readers = {
  ctrf(text) {
    const report = JSON.parse(text);
    validateStrict(report);
    return report.results.summary;
  },
  tap(text) {
    const parser = new Parser({ strict: true });
    /** @type {string[]} */
    const diagnosed = [];
    parser.on('assert', ({ ok, diag, name }) => {
      if (!ok && diag) diagnosed.push(`${name}: ${diag.outcome ?? diag.reasons}`);
    });
    parser.end(text);
    const { ok, count, pass, fail, skip, failures } = /** @type {any} */ (parser.results);
    return { ok, count, pass, fail, skip, failures: failures.length, diagnosed };
  },
};

const [format = '', file = ''] = process.argv.slice(2);
console.log(JSON.stringify(readers[format]?.(readFileSync(file, 'utf8'))));
