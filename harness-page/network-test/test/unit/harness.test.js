// The harness page's reading of connectivity tests: every generation of the module comes to one shape.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { describeError, emit } from '../../../harness/events.js';
import { applyPolicy } from '../../../harness/policy.js';
import { connectivityResult } from '../../../harness/results.js';

const REFUSED = Object.assign(new Error('refused'), { name: 'ConnectToSessionTokenError' });
const FAILED = { success: false, failedTests: [{ type: 'messaging', error: REFUSED }] };
const READ = {
  success: false,
  failedTests: [{ type: 'messaging', error: { name: 'ConnectToSessionTokenError', message: 'refused' } }],
};

describe('a connectivity test', () => {
  /** @type {Array<[string, () => Promise<unknown>, object]>} */
  const ways = [
    ['that succeeds', async () => ({ success: true, failedTests: [] }), { success: true, failedTests: [] }],
    [
      'that succeeds without failedTests, as documented',
      async () => ({ success: true }),
      { success: true, failedTests: [] },
    ],
    ['that resolves with failures, up to 3.x', async () => FAILED, READ],
    ['that rejects with the result, in 5.x', () => Promise.reject(FAILED), READ],
    ['that rejects with a list alone', () => Promise.reject({ failedTests: FAILED.failedTests }), READ],
    [
      'that rejects with a refused permission, in 4.x',
      () => Promise.reject(Object.assign(new Error('no'), { name: 'PermissionDeniedError' })),
      {
        success: false,
        failedTests: [{ type: 'OpenTok.js', error: { name: 'PermissionDeniedError', message: 'no' } }],
      },
    ],
  ];
  for (const [what, run, expected] of ways) {
    test(what, async () => assert.deepEqual(await connectivityResult(run), expected));
  }

  for (const thrown of [new TypeError('a fault of the module'), undefined, 'words', {}]) {
    test(`that rejects with ${String(thrown)} has no result`, async () => {
      await assert.rejects(
        connectivityResult(() => Promise.reject(thrown)),
        (error) => error === thrown,
      );
    });
  }
});

describe('whatever is thrown', () => {
  /** @type {{self?: object}} */
  const circular = {};
  circular.self = circular;
  for (const [thrown, name, message] of [
    [REFUSED, 'ConnectToSessionTokenError', 'refused'],
    [{ success: false, code: 7 }, 'Error', '{"success":false,"code":7}'],
    [{ name: 'Named' }, 'Named', '{"name":"Named"}'],
    [circular, 'Error', '[object Object]'],
    ['words', 'Error', 'words'],
    [null, 'Error', 'null'],
    [undefined, 'Error', 'undefined'],
  ]) {
    test(`${message} is described`, () => assert.deepEqual(describeError(thrown), { name, message }));
  }
});

/** What a call sends to precall. @param {() => void} act */
function sent(act) {
  /** @type {string[]} */
  const texts = [];
  const globals = /** @type {any} */ (globalThis);
  globals.window = { precallEvent: (/** @type {string} */ text) => texts.push(text) };
  try {
    act();
  } finally {
    delete globals.window;
  }
  return texts.map((text) => JSON.parse(text));
}

describe('an event', () => {
  test('is sent whole up to 256 KiB, and of a longer one its length', () => {
    const event = (/** @type {number} */ length) => ({ type: 'x', text: 'a'.repeat(length) });
    const around = JSON.stringify(event(0)).length;
    assert.deepEqual(
      sent(() => emit(event(262_144 - around))),
      [event(262_144 - around)],
    );
    assert.deepEqual(
      sent(() => emit(event(262_145 - around))),
      [{ type: 'tooLong', bytes: 262_145 }],
    );
  });
});

describe('a security policy', () => {
  test('is put into the document, and what it stops is told, but not without end', () => {
    const globals = /** @type {any} */ (globalThis);
    const document = Object.assign(new EventTarget(), {
      head: { append: (/** @type {any} */ element) => (globals.appended = element) },
      createElement: () => ({}),
    });
    globals.document = document;
    const violation = Object.assign(new Event('securitypolicyviolation'), {
      blockedURI: `http://example.com/${'x'.repeat(1000)}`,
      effectiveDirective: 'connect-src',
    });
    const told = sent(() => {
      applyPolicy("default-src 'none'");
      for (let count = 0; count < 2000; count += 1) document.dispatchEvent(violation);
    });
    assert.deepEqual(globals.appended, { httpEquiv: 'Content-Security-Policy', content: "default-src 'none'" });
    assert.equal(told.length, 500);
    assert.deepEqual({ ...told[0], uri: told[0].uri.length }, { type: 'blocked', uri: 200, directive: 'connect-src' });
    delete globals.document;
    delete globals.appended;
  });
});
