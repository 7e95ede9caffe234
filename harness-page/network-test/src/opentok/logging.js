// The logging server: whether OpenTok.js would get its reports through.

import { LIMITS_MS, within } from '../deadline.js';
import { ErrorNames, TestError, messageOf } from '../errors.js';

/** Where OpenTok.js logs to; releases to come will not say it any more. */
const USUAL_URL = 'https://hlg.tokbox.com/prod';

/**
 * Where the probe goes.
 * @param {any} OT
 * @param {string} [proxyServerUrl]
 */
export function loggingUrl(OT, proxyServerUrl) {
  const base = String(OT.properties?.loggingURL || USUAL_URL);
  const direct = `${base.replace(/\/+$/, '')}/logging/ClientEvent`;
  if (!proxyServerUrl) return direct;
  return `${proxyServerUrl.replace(/\/+$/, '')}/${direct.replace(/^[a-z]+:\/\//i, '')}`;
}

/**
 * Undefined when the logging server took the probe, otherwise why not. Never rejects.
 * @param {import('../run.js').Run} run
 * @returns {Promise<TestError | undefined>}
 */
export async function probeLogging({ OT, options }) {
  const failed = (/** @type {string} */ why) =>
    new TestError(ErrorNames.LOGGING_SERVER_CONNECTION_ERROR, `The logging server could not be reached: ${why}.`);
  const controller = new AbortController();
  try {
    const request = fetch(loggingUrl(OT, options.proxyServerUrl), {
      method: 'POST',
      credentials: 'omit',
      signal: controller.signal,
    });
    const response = await within(request, LIMITS_MS.logging, 'the probe');
    return response.ok ? undefined : failed(`it answered with status ${response.status}`);
  } catch (error) {
    return failed(messageOf(error));
  } finally {
    // Neither a hanging request nor an unread body is left behind.
    controller.abort();
  }
}
