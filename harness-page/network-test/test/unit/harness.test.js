// The harness page's reading of connectivity tests: every generation of the module comes to one shape.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { describeError } from '../../../harness/events.js';
import { connectivityResult } from '../../../harness/results.js';

const REFUSED = Object.assign(new Error('refused'), { name: 'ConnectToSessionTokenError' });
const FAILED = { success: false, failedTests: [{ type: 'messaging', error: REFUSED }] };
const READ = {
  success: false,
  failedTests: [{ type: 'messaging', error: { name: 'ConnectToSessionTokenError', message: 'refused' } }],
};

describe('a connectivity test', () => {
  for (const [what, run, expected] of [
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
  ]) {
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
