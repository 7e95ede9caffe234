// How precall's page calls OpenTok.js, and reports what goes wrong.

import { describeError } from './events.js';
import { tell } from './reports.js';

/** The participant whose connection it is. @param {any} connection */
export const nameOf = (connection) => String(connection?.data ?? '');

/** @param {any} stream */
export const streamName = (stream) => String(stream.name || 'camera');

/**
 * Calls a method of OpenTok.js that takes a completion handler, and reports its error.
 * @template T
 * @param {string} call
 * @param {(done: (error?: any) => void) => T} start
 * @returns {Promise<{ value: T | undefined, error: any }>}
 */
export function completed(call, start) {
  return new Promise((resolve) => {
    /** @type {T | undefined} */
    let value;
    const done = (/** @type {any} */ error) => {
      if (error) tellError(call, error);
      resolve({ value, error });
    };
    try {
      value = start(done);
    } catch (error) {
      done(error);
    }
  });
}

/** The errors of completion handlers: their codes, and when they came. @type {Map<unknown, number>} */
const reported = new Map();

/** @param {string} call @param {any} error */
export function tellError(call, error) {
  reported.set(error?.code, performance.now());
  tell('error', { detail: call, error: describeError(error) });
}

/** When an error with a code was reported, in ms of the page's clock; undefined if none was. @param {unknown} code */
export const lastReported = (code) => reported.get(code);
