// The content security policy of a case, and what it keeps the page from.

import { emit } from './events.js';

/** The most violations that are told of; a build that tries again and again is told of often enough by then. */
const MAX_TOLD = 500;

/**
 * Puts a policy into force, before any build under test is loaded. It cannot be taken back.
 * @param {string} policy As in the header `Content-Security-Policy`.
 */
export function applyPolicy(policy) {
  let told = 0;
  document.addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) => {
    told += 1;
    if (told <= MAX_TOLD) emit({ type: 'blocked', uri: blockedURI.slice(0, 200), directive: effectiveDirective });
  });
  document.head.append(
    Object.assign(document.createElement('meta'), { httpEquiv: 'Content-Security-Policy', content: policy }),
  );
}
