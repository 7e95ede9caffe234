// The subscriber: the test's own stream, come back from the media router.

import { LIMITS_MS, called, within } from '../deadline.js';
import { ErrorNames, TestError } from '../errors.js';
import { until } from '../resources.js';

/**
 * Subscribes to the test's own stream. Rejects with OpenTok.js' own error.
 * @param {import('../run.js').Run} run
 * @param {HTMLElement} element
 */
export async function subscribe(run, element) {
  const { session, publisher, resources } = run;
  const stream = publisher.stream ?? (await createdStream(run));
  if (!stream) throw new Error('the publisher has no stream');
  // audioVolume 0: people must not hear themselves.
  const properties = {
    testNetwork: true,
    insertMode: 'append',
    audioVolume: 0,
    subscribeToAudio: true,
    subscribeToVideo: true,
  };
  /** @type {any} */
  let subscriber;
  let isOpen = false;
  resources.add(() => {
    if (!subscriber) return undefined;
    if (isOpen) return until(subscriber, 'destroyed', () => session.unsubscribe(subscriber));
    return session.unsubscribe(subscriber);
  });
  await called((done) => {
    subscriber = session.subscribe(stream, element, properties, (/** @type {any} */ error) => {
      // A success stands, whatever is called back after it.
      isOpen ||= !error;
      done(error);
    });
  });
  run.subscriber = subscriber;
  if (!subscriber) return;
  resources.listen(subscriber, 'destroyed', () => {
    isOpen = false;
    const error = new TestError(
      ErrorNames.MISSING_SUBSCRIBER_ERROR,
      'The test subscriber was destroyed during the test.',
    );
    resources.later(LIMITS_MS.afterDestroyed, () => run.ending.with(error));
  });
}

/**
 * The stream of a publisher whose publish was called back first.
 * @param {import('../run.js').Run} run
 */
function createdStream({ streamCreated, ending }) {
  return within(streamCreated, LIMITS_MS.stream, 'waiting for the stream', ending);
}
