// Network tests in a row, or the same calls of OpenTok.js by hand; and what they leave behind in the page.

import { emit } from '/harness/events.js';
import NetworkTest from '/network-test/src/index.js';

import { completed, connect, element, guarded, load } from './client.js';

/** @typedef {import('./client.js').Variables} Variables */

/** The timers that are armed, and whether a file of the network test armed them. @type {Map<number | undefined, boolean>} */
const armedTimers = new Map();

/** @type {import('./opentok.js').OpenTok} */
let OT;

/** @type {NetworkTest} */
let networkTest;

/**
 * Counts the timers of the page from now on.
 * @param {'setTimeout' | 'setInterval'} arm
 * @param {'clearTimeout' | 'clearInterval'} disarm
 */
function watchTimers(arm, disarm) {
  const [armed, disarmed] = [/** @type {Function} */ (window[arm]), window[disarm]];
  Object.assign(window, {
    [arm]: (/** @type {Function} */ act, /** @type {number} */ ms, /** @type {unknown[]} */ ...rest) => {
      // The caller counts, and not what called it: OpenTok.js arms timers of its own meanwhile.
      const isOwn = Boolean(new Error().stack?.split('\n')[2]?.includes('/network-test/'));
      /** @type {number} */
      const timer = armed(
        (/** @type {unknown[]} */ ...all) => {
          if (arm === 'setTimeout') armedTimers.delete(timer);
          act(...all);
        },
        ms,
        ...rest,
      );
      armedTimers.set(timer, isOwn);
      return timer;
    },
    [disarm]: (/** @type {number | undefined} */ timer) => {
      armedTimers.delete(timer);
      disarmed(timer);
    },
  });
}

/** Loads OpenTok.js, and makes the network test. @param {Variables} variables */
async function open(variables) {
  watchTimers('setTimeout', 'clearTimeout');
  watchTimers('setInterval', 'clearInterval');
  OT = await load(variables);
  const { apiKey, sessionId, token, proxyUrl } = variables;
  networkTest = new NetworkTest(OT, { apiKey, sessionId, token }, { proxyServerUrl: proxyUrl });
  emit({});
}

export const prepare = guarded(open);

export const connectivity = guarded(async () => emit(await networkTest.testConnectivity()));

export const quality = guarded(async () => emit(await networkTest.testQuality()));

/**
 * Resolves once the event has come that the call causes.
 * @template {string} Name
 * @param {{ on(name: Name, handler: (event: any) => unknown): void }} target
 * @param {Name} event
 * @param {() => void} act
 */
const until = (target, event, act) =>
  new Promise((resolve) => {
    target.on(event, resolve);
    act();
  });

/** The calls of a connectivity test, by hand. @param {Variables} variables */
async function callByHand({ apiKey, sessionId, token }) {
  const session = OT.initSession(apiKey, sessionId);
  await connect(session, token);
  const parent = element();
  const publisher = await completed((done) => {
    const options = { width: '100%', height: '100%', insertMode: 'append', showControls: false };
    return OT.initPublisher(parent, options, done);
  });
  await completed((done) => session.publish(publisher, done));
  const subscriber = await completed((done) => {
    const { stream } = publisher;
    if (!stream) throw new Error('the publisher has no stream');
    return session.subscribe(stream, parent, { testNetwork: true, insertMode: 'append', audioVolume: 0 }, done);
  });
  await until(subscriber, 'destroyed', () => session.unsubscribe(subscriber));
  await until(publisher, 'destroyed', () => publisher.destroy());
  await until(session, 'sessionDisconnected', () => session.disconnect());
  for (const one of [session, publisher, subscriber]) one.off();
  parent.remove();
  emit({ success: true });
}

export const byHand = guarded(callByHand);

/** Tells how many timers of the network test are armed, and how many elements the page has. */
export function count() {
  const ownTimers = [...armedTimers.values()].filter(Boolean).length;
  emit({ ownTimers, elements: document.querySelectorAll('*').length });
}
