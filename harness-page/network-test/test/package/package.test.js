// What people install: packed, installed into an empty project, and used in each of the ways that they use it.

import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import vm from 'node:vm';
import { gzipSync } from 'node:zlib';

const require = createRequire(import.meta.url);
const here = fileURLToPath(new URL('../..', import.meta.url));
const NAME = '@precall/network-test';
/** Compressed; the published module has 17.9 kB. */
const UMD_LIMIT_BYTES = 12_000;

/** A test against an OpenTok.js whose session cannot be connected: enough to see that a build runs. */
const USE = `
  const OT = {
    initSession: () => ({
      on() {}, off() {}, disconnect() {},
      connect: (token, done) => done(Object.assign(new Error('refused'), { name: 'OT_AUTHENTICATION_ERROR' })),
    }),
  };
  const credentials = { apiKey: 'k', sessionId: 's', token: 't' };
  const found = new NetworkTest(OT, credentials).testConnectivity().then(({ failedTests }) =>
    failedTests.map(({ type, error }) => type + ' ' + error.name).concat(ErrorNames.UNSUPPORTED_BROWSER).join('\\n'));
`;
const FOUND = [
  'messaging ConnectToSessionTokenError',
  'logging LoggingServerConnectionError',
  'media FailedMessagingServerTestError',
  'UnsupportedBrowser',
].join('\n');

/** The project that it is installed into. @type {string} */
let project;
/** What npm says of the packed file. @type {{filename: string, files: Array<{path: string}>}} */
let packed;

before(() => {
  project = mkdtempSync(join(tmpdir(), 'network-test-'));
  /** @param {string[]} args @param {string} cwd */
  const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const list = npm(['pack', '--json', '--silent', '--pack-destination', project], here);
  [packed] = Object.values(JSON.parse(list.slice(list.search(/^[[{]/m))));
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  npm(['install', '--offline', '--no-package-lock', join(project, packed.filename)], project);
});

after(() => rmSync(project, { recursive: true, force: true }));

/** Runs a file of the project with Node, which has no window. @param {string} name @param {string} text */
function run(name, text) {
  writeFileSync(join(project, name), text);
  return execFileSync(process.execPath, [name], { cwd: project, encoding: 'utf8' }).trim();
}

/** @param {string} path */
function installed(path) {
  return readFileSync(join(project, 'node_modules', NAME, path), 'utf8');
}

describe('the package', () => {
  test('holds what was built, and nothing that it was built from', () => {
    const tops = new Set(packed.files.map(({ path }) => path.split('/')[0]));
    assert.deepEqual([...tops].sort(), ['README.md', 'dist', 'package.json']);
  });

  test('brings nothing along: no dependency, no install script', () => {
    const { dependencies, peerDependencies, scripts } = JSON.parse(installed('package.json'));
    assert.deepEqual([dependencies, peerDependencies, scripts.install, scripts.postinstall], Array(4).fill(undefined));
  });

  test('tells nobody anything: no cookie, and no address but that of the logging server', () => {
    for (const { path } of packed.files.filter((file) => file.path.endsWith('.js'))) {
      assert.doesNotMatch(
        installed(path),
        /https?:\/\/(?!hlg\.tokbox\.com\/prod\b)|\.cookie|sendBeacon|localStorage/,
        path,
      );
    }
  });
});

describe('programs that check packages find nothing', () => {
  /** @param {string} program @param {string[]} args */
  const checked = (program, args) => {
    const all = ['--no-install', program, ...args, join(project, packed.filename)];
    const { status, stdout, stderr } = spawnSync('npx', all, { cwd: here, encoding: 'utf8' });
    assert.equal(status, 0, `${stdout}${stderr}`);
  };

  test('publint', () => checked('publint', ['run', '--strict']));

  // The file for script tags hides its names from Node, so that nobody can import them by name from it.
  test('@arethetypeswrong/cli', () => checked('attw', ['--exclude-entrypoints', 'umd', '--']));
});

describe('each way in', () => {
  test('import, in Node without a window', () => {
    const text = `import NetworkTest, { ErrorNames } from '${NAME}'; ${USE} console.log(await found);`;
    assert.equal(run('use.js', text), FOUND);
  });

  test('require().default, in Node without a window', () => {
    const text = `const { default: NetworkTest, ErrorNames } = require('${NAME}'); ${USE} found.then(console.log);`;
    assert.equal(run('use.cjs', text), FOUND);
  });

  test('a script tag: OpenTokNetworkConnectivity', async () => {
    const window = vm.createContext({ setTimeout, clearTimeout, AbortController, console });
    vm.runInContext(installed('dist/umd/network-test.min.js'), window);
    const text = `const { default: NetworkTest, ErrorNames } = OpenTokNetworkConnectivity; ${USE} found`;
    assert.equal(await vm.runInContext(text, window), FOUND);
  });

  test('the same file with an AMD loader, and with require', () => {
    const code = installed('dist/umd/network-test.min.js');
    /** @type {any} */
    let defined;
    /** @param {string[]} _names @param {() => unknown} make */
    const load = (_names, make) => (defined = make());
    const define = Object.assign(load, { amd: {} });
    vm.runInNewContext(code, { define, AbortController });
    /** @type {{exports: any}} */
    const module = { exports: {} };
    vm.runInNewContext(code, { module, exports: module.exports, AbortController });
    for (const { default: NetworkTest, ErrorNames } of [defined, module.exports]) {
      assert.deepEqual([typeof NetworkTest, Object.keys(ErrorNames).length], ['function', 30]);
    }
  });

  test('the same file is under 12 kB as it travels', () => {
    const size = gzipSync(installed('dist/umd/network-test.min.js')).length;
    assert.ok(size < UMD_LIMIT_BYTES, `${size} bytes`);
  });

  test('the same file by require of /umd, as in Node and webpack 5', () => {
    const text = `const { default: NetworkTest, ErrorNames } = require('${NAME}/umd'); ${USE} found.then(console.log);`;
    assert.equal(run('umd.cjs', text), FOUND);
  });

  for (const path of ['dist/NetworkTest', 'dist/NetworkTest/index.js']) {
    test(`the path of the published package: ${path}`, () => {
      const text = `const { default: NetworkTest, ErrorNames } = require('${NAME}/${path}'); ${USE} found.then(console.log);`;
      assert.equal(run('deep.cjs', text), FOUND);
    });
  }

  test('every file can be parsed by webpack 4, whose parser is acorn 6', () => {
    const acorn = require('acorn-6');
    for (const { path } of packed.files.filter((file) => file.path.endsWith('.js'))) {
      acorn.parse(installed(path), { ecmaVersion: 2018, sourceType: path.includes('/esm/') ? 'module' : 'script' });
    }
  });

  test('the scoring alone', () => {
    const text = `import { audioMos } from '${NAME}/scoring'; console.log(audioMos(0).toFixed(4));`;
    assert.equal(run('scoring.js', text), '4.3028');
    assert.equal(run('scoring.cjs', text.replace(/import (.*) from (.*?);/, 'const $1 = require($2);')), '4.3028');
  });
});

describe('types', { concurrency: true }, () => {
  const BODY = `
    declare const OT: { initSession(apiKey: string, sessionId: string): object; version: string };
    const test = new NetworkTest(OT, { apiKey: 'k', sessionId: 's', token: 't' }, { audioOnly: true, scoring: 'bandwidth' });
    test.testQuality((stats) => { const seconds: number = stats.elapsed / 1000; void seconds; })
      .then((results: QualityTestResults) => {
        const mos: number = results.audio.mos;
        const resolution: string | null | undefined = results.video.recommendedResolution;
        const rate: number | undefined = results.audio.frameRate;
        const isRouted: boolean = results.video.mediaRouting === 'Routed';
        void [mos, resolution, rate, isRouted];
      });
    test.testConnectivity().then(({ failedTests }: ConnectivityTestResults) => failedTests.map(({ error }) => error.name));
    const name: 'UnsupportedBrowser' = ErrorNames.UNSUPPORTED_BROWSER;
    const texts: Partial<Record<ErrorNames, string>> = { [ErrorNames.UNSUPPORTED_BROWSER]: 'No.' };
    const isRefusal = (error: ErrorNames) => error === ErrorNames.PERMISSION_DENIED_ERROR;
    void [name, texts, isRefusal];
    // @ts-expect-error There is no such scoring.
    new NetworkTest(OT, { apiKey: 'k', sessionId: 's', token: 't' }, { scoring: 'modern' });
  `;
  const SCORING = `import { audioMos } from '${NAME}/scoring'; const mos: number = audioMos(0); void mos;`;
  const DEEP = `import Deep from '${NAME}/dist/NetworkTest'; void Deep;`;
  const IMPORT = `
    import NetworkTest, { ErrorNames, type QualityTestResults, type ConnectivityTestResults } from '${NAME}';
    ${SCORING}`;
  // Before `type` could stand beside a name (4.5).
  const OLD_IMPORT = `
    import NetworkTest, { ErrorNames, QualityTestResults, ConnectivityTestResults } from '${NAME}';
    ${SCORING} ${DEEP}`;
  const REQUIRE = `
    import networkTest = require('${NAME}');
    const NetworkTest = networkTest.default;
    const ErrorNames = networkTest.ErrorNames;
    type ErrorNames = networkTest.ErrorNames;
    type QualityTestResults = networkTest.QualityTestResults;
    type ConnectivityTestResults = networkTest.ConnectivityTestResults;`;

  // With the libraries' declarations checked, which many applications skip.
  for (const [what, typescript, file, text, options] of [
    ['import in Node', 'typescript', 'types-import.mts', IMPORT, 'module nodenext moduleResolution nodenext'],
    ['require in Node', 'typescript', 'types-require.cts', REQUIRE, 'module nodenext moduleResolution nodenext'],
    ['import with a bundler', 'typescript', 'types-bundler.ts', IMPORT, 'module esnext moduleResolution bundler'],
    [
      'TypeScript 5.9 for ES5',
      'typescript-5.9',
      'types-es5.ts',
      OLD_IMPORT,
      'target es5 module commonjs moduleResolution node10',
    ],
    [
      'TypeScript 3.9 for ES5',
      'typescript-3.9',
      'types-old.ts',
      OLD_IMPORT,
      'target es5 module commonjs moduleResolution node',
    ],
  ]) {
    test(`fit: ${what}`, async () => {
      writeFileSync(join(project, file), text + BODY);
      const tsc = join(dirname(require.resolve(`${typescript}/package.json`)), 'bin/tsc');
      const flags = options.split(' ').map((word, index) => (index % 2 === 0 ? `--${word}` : word));
      const all = [tsc, '--noEmit', '--strict', '--skipLibCheck', 'false', '--lib', 'es2018,dom', ...flags, file];
      try {
        await promisify(execFile)(process.execPath, all, { cwd: project, encoding: 'utf8' });
      } catch (failure) {
        const error = /** @type {import('node:child_process').ExecFileException} */ (failure);
        assert.fail(error.stdout || error.message);
      }
    });
  }
});
