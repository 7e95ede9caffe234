// Makes the JavaScript in dist/: ES modules, CommonJS, and one file for a script tag. tsc adds the declarations.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { minify } from 'terser';

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = `${here}dist`;

/** The name that a script tag gives the module; published, so that pages can keep theirs. */
const GLOBAL = 'OpenTokNetworkConnectivity';

const { version } = JSON.parse(readFileSync(`${here}package.json`, 'utf8'));

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: here,
  bundle: true,
  // What the oldest bundlers in use can parse: webpack 4 knows no `?.`, no `??` and no class fields.
  target: 'es2018',
  sourcemap: false,
  legalComments: 'none',
};

const entries = { entryPoints: ['src/index.js', 'src/scoring.js'] };

// What loaders know as UMD; esbuild by itself knows only a bare global.
const umd = {
  entry: `import NetworkTest, { ErrorNames } from './src/index.js';
    Object.assign(umd, { __esModule: true, default: NetworkTest, ErrorNames });`,
  before: `/*! @precall/network-test ${version} */(function(r,f){typeof exports==="object"&&typeof module!=="undefined"?module.exports=f():typeof define==="function"&&define.amd?define([],f):(r.${GLOBAL}=f())})(typeof globalThis!=="undefined"?globalThis:self,function(){var umd={};`,
  after: `return umd});`,
};

rmSync(dist, { recursive: true, force: true });
await Promise.all([
  build({ ...common, ...entries, format: 'esm', splitting: true, outdir: `${dist}/esm` }),
  build({ ...common, ...entries, format: 'cjs', outdir: `${dist}/cjs` }),
  build({
    ...common,
    stdin: { contents: umd.entry, resolveDir: here },
    format: 'iife',
    banner: { js: umd.before },
    footer: { js: umd.after },
    outfile: `${dist}/umd/network-test.min.js`,
  }),
]);
await shorten(`${dist}/umd/network-test.min.js`);
// Where the published package has its module; applications and their tests import that path.
const deep = `${dist}/NetworkTest`;
mkdirSync(deep);
// Whoever asks for the default gets the class, whether or not they know the mark `__esModule`.
writeFileSync(
  `${deep}/index.js`,
  `const { default: NetworkTest, ErrorNames } = require('../cjs/index.js');
module.exports = NetworkTest;
module.exports.default = NetworkTest;
module.exports.ErrorNames = ErrorNames;
`,
);
writeFileSync(`${deep}/index.d.ts`, "export { default } from '../cjs/index.js';\nexport * from '../cjs/index.js';\n");
writeFileSync(
  `${dist}/umd/network-test.min.d.ts`,
  `import NetworkTest, { ErrorNames } from '../cjs/index.js';
declare const umd: { __esModule: true; default: typeof NetworkTest; ErrorNames: typeof ErrorNames };
export = umd;
export as namespace ${GLOBAL};
`,
);
// Each folder's own kind of module, for code and declarations alike.
for (const folder of ['cjs', 'umd', 'NetworkTest']) {
  writeFileSync(`${dist}/${folder}/package.json`, '{ "type": "commonjs" }\n');
}

/**
 * Minifies a file in place. terser's result is 4 % smaller than esbuild's once it is compressed.
 * @param {string} file
 */
async function shorten(file) {
  const { code } = await minify(readFileSync(file, 'utf8'), {
    ecma: 2018,
    compress: { passes: 3 },
    format: { comments: /^!/ },
  });
  if (!code) throw new Error(`nothing is left of ${file}`);
  writeFileSync(file, code);
}
