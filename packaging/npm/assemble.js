// Makes the npm packages of a release: `precall`, which people install, and one with the program for each platform.
//
//   node packaging/npm/assemble.js OUT linux-x64=target/dist/precall linux-arm64=…
//
// Each package is a directory below OUT, ready for `npm publish`.

import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');

/** The version of the workspace. */
const version = /^version = "(.+)"$/m.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'))?.[1];

const [out, ...programs] = process.argv.slice(2);
const platforms = programs.map(
  (program) => /^(?<os>linux|darwin)-(?<cpu>x64|arm64)=(?<file>.+)$/.exec(program)?.groups,
);
if (!out || !version || platforms.length === 0 || platforms.includes(undefined)) {
  console.error('usage: node packaging/npm/assemble.js OUT OS-CPU=PROGRAM…, as in `linux-x64=target/dist/precall`');
  process.exit(2);
}

const common = {
  version,
  license: 'MIT OR Apache-2.0',
  engines: { node: '>=20' },
};

/**
 * Begins a package anew, and returns its directory.
 * @param {string} name
 * @param {object} manifest
 */
function directory(name, manifest) {
  const path = join(out, name.replace('/', '-').replace('@', ''));
  rmSync(path, { recursive: true, force: true });
  mkdirSync(join(path, 'bin'), { recursive: true });
  writeFileSync(join(path, 'package.json'), `${JSON.stringify({ name, ...common, ...manifest }, null, 2)}\n`);
  for (const licence of ['LICENSE-MIT', 'LICENSE-APACHE']) copyFileSync(join(root, licence), join(path, licence));
  return path;
}

const names = [];
for (const { os, cpu, file } of /** @type {Record<string, string>[]} */ (platforms)) {
  const name = `@precall/${os}-${cpu}`;
  // The program is linked with glibc. npm leaves out what does not fit.
  const libc = os === 'linux' ? { libc: ['glibc'] } : {};
  const description = `precall for ${os} on ${cpu}; install the package precall instead`;
  const path = directory(name, { description, os: [os], cpu: [cpu], ...libc, files: ['bin'] });
  copyFileSync(file, join(path, 'bin/precall'));
  chmodSync(join(path, 'bin/precall'), 0o755);
  names.push(name);
  console.log(path);
}
const path = directory('precall', {
  description:
    'Regression tests for OpenTok.js, its pre-call network test and calls, on networks controlled packet by packet',
  type: 'module',
  bin: { precall: 'bin/precall.js' },
  files: ['bin'],
  optionalDependencies: Object.fromEntries(names.map((name) => [name, version])),
});
copyFileSync(join(here, 'precall.js'), join(path, 'bin/precall.js'));
chmodSync(join(path, 'bin/precall.js'), 0o755);
copyFileSync(join(here, 'README.md'), join(path, 'README.md'));
console.log(path);
