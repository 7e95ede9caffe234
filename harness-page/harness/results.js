// What a module's promises come to, in one shape, whichever generation the module is of.

import { describeError } from './events.js';

/** The one error that 4.x rejects a connectivity test with: the user refused the camera or microphone. */
const PERMISSION_DENIED = 'PermissionDeniedError';

/**
 * The result of a connectivity test. Up to 3.x it is resolved with; 4.x rejects with an error when the user refuses, and 5.x with
 * the result itself, a plain object, when anything failed. Any other rejection is passed on.
 * @param {() => Promise<any>} testConnectivity
 * @returns {Promise<{success: boolean, failedTests: Array<{type: string, error: {name: string, message: string}}>}>}
 */
export async function connectivityResult(testConnectivity) {
  try {
    return readResult(await testConnectivity());
  } catch (error) {
    const rejected = /** @type {any} */ (error);
    if (Array.isArray(rejected?.failedTests)) return readResult({ ...rejected, success: false });
    if (rejected?.name === PERMISSION_DENIED) return readResult({ success: false, failedTests: [{ error: rejected }] });
    throw error;
  }
}

/** @param {any} result */
function readResult({ success, failedTests }) {
  const failed = (failedTests ?? []).map((/** @type {any} */ { type, error }) => ({
    // As the module names whatever is neither of the servers.
    type: String(type ?? 'OpenTok.js'),
    error: describeError(error),
  }));
  return { success: Boolean(success), failedTests: failed };
}
