// Whether the API server answered. OpenTok.js does not say; the browser's resource timing does.

/**
 * Watches for an answer to the request for the session's information, from now on.
 * @param {string} sessionId
 * @param {() => void} [onAnswer] Called once, as soon as the answer is seen.
 * @returns {{answered: () => boolean, stop: () => void}}
 */
export function watchApi(sessionId, onAnswer = () => {}) {
  let answered = false;
  const look = (/** @type {PerformanceEntryList} */ entries) => {
    const wasAnswered = answered;
    answered ||= entries.some((entry) => {
      // A request that failed has status 0; older browsers tell of no status, and of no failed request.
      const status = /** @type {any} */ (entry).responseStatus ?? 200;
      return status !== 0 && entry.name.includes(`/session/${sessionId}`);
    });
    if (answered && !wasAnswered) onAnswer();
  };
  if (typeof PerformanceObserver === 'undefined') return { answered: () => answered, stop() {} };
  const observer = new PerformanceObserver((list) => look(list.getEntries()));
  observer.observe({ type: 'resource' });
  return {
    answered() {
      look(observer.takeRecords());
      return answered;
    },
    stop: () => observer.disconnect(),
  };
}
