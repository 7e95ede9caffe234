// Makes dist/: the element as one module, the plain page to host, and the languages beside it. tsc adds the declarations.

import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = `${here}dist`;

rmSync(dist, { recursive: true, force: true });
/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: here,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
};
await Promise.all([
  build({ ...common, entryPoints: ['src/index.js'], outfile: `${dist}/precall-test.js` }),
  build({ ...common, entryPoints: ['page.js'], outfile: `${dist}/page/page.js` }),
]);
for (const file of ['index.html', 'page.css']) cpSync(`${here}${file}`, `${dist}/page/${file}`);
// Both modules look for the languages one directory up.
cpSync(`${here}languages`, `${dist}/languages`, { recursive: true });
