// OpenTok.js as a script says it behaves: the whole surface that the module uses, with faults where a test wants them.

import { Emitter } from './emitter.js';
import { FakeTrack } from './page.js';
import { cleanStats } from './recordings.js';

/** @typedef {(error?: any, value?: any) => void} Done */

/** An error with a name, as OpenTok.js' own. @param {string} name */
export function otError(name, message = `${name} happened`) {
  return Object.assign(new Error(message), { name });
}

/**
 * What a step comes to: nothing is success at once. `now` calls back before the call returns, `afterMs` later, `again` calls back
 * a second time, `throws` throws in place of calling back.
 * @typedef {undefined | 'hang' | Error | {afterMs?: number, now?: boolean, error?: Error, again?: {error?: Error}, throws?: Error}} Outcome
 */

/**
 * How OpenTok.js behaves.
 * @typedef {object} Script
 * @property {Outcome | ((n: number) => Outcome)} [connect] By the number of the attempt, from 1.
 * @property {Outcome} [devices]
 * @property {Array<string | {kind: string, deviceId?: string}>} [kinds] The devices there are.
 * @property {Outcome | ((n: number) => Outcome)} [publisher] By the publisher's number, from 1.
 * @property {Outcome | ((n: number) => Outcome)} [publish]
 * @property {Outcome} [subscribe]
 * @property {boolean} [noPublisher] Whether `OT.initPublisher` gives nothing.
 * @property {'none'} [subscriber] What `session.subscribe` gives.
 * @property {'none' | {afterMs: number}} [stream] When there is a stream after publishing; at once if not given.
 * @property {(tick: number, audioOnly: boolean) => any} [stats] Statistics, an error, `'hang'`, or nothing; with `afterMs` they come late.
 * @property {(tick: number) => any[] | Error | 'hang' | undefined} [report] Entries of the publisher's report.
 * @property {boolean} [untold] Whether the publisher does not tell its camera, as older releases do not.
 * @property {'callback'} [reportStyle]
 * @property {string[]} [silent] Events that never come.
 * @property {string[]} [throwing] Calls of clean-up that throw when they are done.
 * @property {Record<string, number>} [slow] Events of clean-up that come late, by the ms that they take.
 */

/** @typedef {ReturnType<typeof scriptedOT>} ScriptedOT */

/**
 * @param {{clock: import('./clock.js').Clock, page: import('./page.js').Page}} world
 * @param {Script} [script]
 */
export function scriptedOT({ clock, page }, script = {}) {
  const log = {
    /** @type {string[]} */
    calls: [],
    /** @type {Session[]} */
    sessions: [],
    /** @type {Publisher[]} */
    publishers: [],
    /** @type {Subscriber[]} */
    subscribers: [],
    /** @type {string | undefined} */
    proxyUrl: undefined,
  };
  /** @template T @param {T[]} list @param {(one: T) => unknown} isThere */
  const count = (list, isThere) => list.filter(isThere).length;
  /** @param {string} event */
  const isSilent = (event) => script.silent?.includes(event);

  /**
   * @param {Outcome} outcome
   * @param {Done} done
   * @param {() => unknown} [success]
   * @param {unknown} [value]
   */
  function answer(outcome, done, success = () => {}, value = undefined) {
    /** @param {Error} [error] */
    const settle = (error) => {
      if (!error) success();
      done(error, error ? undefined : value);
    };
    if (outcome === 'hang') return;
    if (outcome instanceof Error) return void queueMicrotask(() => settle(outcome));
    const { afterMs, now, error, again } = outcome ?? {};
    const all = () => {
      settle(error);
      if (again) settle(again.error);
    };
    if (now) all();
    else if (afterMs !== undefined) clock.after(afterMs, all);
    else queueMicrotask(all);
  }

  /** The end of a call of clean-up. @param {string} call */
  function done(call) {
    if (script.throwing?.includes(call)) throw otError('OT_INVALID_PARAMETER');
  }

  /** Emits an event of clean-up: soon, late, or never. @param {string} name @param {() => void} emit */
  function confirm(name, emit) {
    if (isSilent(name)) return;
    const slow = script.slow?.[name];
    if (slow === undefined) queueMicrotask(emit);
    else clock.after(slow, emit);
  }
  /** @param {Outcome} outcome */
  const orThrow = (outcome) => {
    if (typeof outcome === 'object' && 'throws' in outcome && outcome.throws) throw outcome.throws;
    return outcome;
  };
  /** @param {Outcome | ((n: number) => Outcome)} outcome @param {number} n */
  const nth = (outcome, n) => (typeof outcome === 'function' ? outcome(n) : outcome);

  class Subscriber extends Emitter {
    stream = { videoDimensions: { width: 1280, height: 720 } };
    isAlive = true;
    #tick = 0;

    /** @param {boolean} isAudioOnly */
    constructor(isAudioOnly) {
      super();
      this.isAudioOnly = isAudioOnly;
      /** @type {any} */
      this.element = undefined;
      /** @type {any} */
      this.properties = undefined;
      log.subscribers.push(this);
    }

    /** @param {Done} done */
    getStats(done) {
      this.#tick += 1;
      const stats = (script.stats ?? cleanStats)(this.#tick, this.isAudioOnly);
      const isOutcome = stats instanceof Error || stats === 'hang' || stats?.afterMs || stats?.throws;
      answer(isOutcome ? orThrow(stats) : undefined, done, undefined, stats);
    }

    destroy() {
      if (!this.isAlive) return;
      this.isAlive = false;
      confirm('subscriber destroyed', () => this.emit('destroyed'));
    }
  }

  class Publisher extends Emitter {
    isAlive = true;
    #tick = 0;

    /** @param {any} element @param {any} properties */
    constructor(element, properties) {
      super();
      /** @type {{streamId: string} | undefined} */
      this.stream = undefined;
      this.element = element;
      this.properties = properties;
      this.isAudioOnly = properties.videoSource === null;
      /** @type {FakeTrack[]} */
      this.tracks = [];
      log.publishers.push(this);
    }

    /** Also when it was destroyed meanwhile: the worst that a late answer can do. */
    open() {
      this.tracks.push(new FakeTrack(page, 'audio'));
      if (!this.isAudioOnly) this.tracks.push(new FakeTrack(page, 'video'));
      this.element.video = { srcObject: { getTracks: () => this.tracks } };
    }

    createStream() {
      if (!this.isAlive) return;
      this.stream = { streamId: 's' };
      this.emit('streamCreated', { stream: this.stream });
    }

    getAudioSource() {
      return this.tracks[0];
    }

    getVideoSource() {
      if (script.untold) return undefined;
      return { deviceId: 'camera', type: 'camera', track: this.tracks[1] ?? null };
    }

    /** @param {Done} done */
    getRtcStatsReport(done) {
      this.#tick += 1;
      const entries = script.report?.(this.#tick) ?? [];
      if (entries === 'hang') return new Promise(() => {});
      if (entries instanceof Error) return Promise.reject(entries);
      const reports = [{ rtcStatsReport: new Map(entries.map((entry, index) => [entry.id ?? String(index), entry])) }];
      if (script.reportStyle === 'callback') return void queueMicrotask(() => done(undefined, reports));
      return Promise.resolve(reports);
    }

    destroy() {
      this.tracks.forEach((track) => track.stop());
      if (!this.isAlive) return;
      this.isAlive = false;
      confirm('publisher destroyed', () => this.emit('destroyed'));
      done('destroy');
    }
  }

  class Session extends Emitter {
    /** @type {{connectionId: string} | undefined} */
    connection = undefined;
    /** @type {Done[]} */
    waiting = [];
    /** @type {string | undefined} */
    sessionId = undefined;
    /** @type {string | undefined} */
    apiKey = undefined;

    /** @param {object} [options] */
    constructor(options) {
      super();
      this.options = options;
      log.sessions.push(this);
    }

    /** @param {string} _token @param {Done} done */
    connect(_token, done) {
      log.calls.push('connect');
      // As seen: an attempt that was given up is called back when a later one succeeds.
      this.waiting.push(done);
      const all = (/** @type {unknown} */ error) => this.waiting.splice(0).forEach((waiting) => waiting(error));
      const attempts = count(log.calls, (call) => call === 'connect');
      answer(orThrow(nth(script.connect, attempts)), all, () => {
        this.connection = { connectionId: 'c' };
      });
    }

    disconnect() {
      log.calls.push('disconnect');
      // As seen: a session that is not connected says nothing.
      if (this.connection) this.drop('clientDisconnected');
      done('disconnect');
    }

    /** @param {string | undefined} reason */
    drop(reason) {
      this.connection = undefined;
      confirm('sessionDisconnected', () => this.emit('sessionDisconnected', { reason }));
    }

    /** @param {Publisher} publisher @param {Done} done */
    publish(publisher, done) {
      log.calls.push('publish');
      answer(
        orThrow(
          nth(
            script.publish,
            count(log.calls, (call) => call === 'publish'),
          ),
        ),
        (error) => {
          // As seen: when publishing fails, the stream that never was is said to be gone first.
          if (error) publisher.emit('streamDestroyed', { reason: 'reset' });
          done(error);
        },
        () => {
          const { stream } = script;
          if (stream === 'none') return;
          if (stream) clock.after(stream.afterMs, () => publisher.createStream());
          else publisher.createStream();
        },
      );
    }

    /** @param {object} _stream @param {any} element @param {any} properties @param {Done} done */
    subscribe(_stream, element, properties, done) {
      log.calls.push('subscribe');
      orThrow(script.subscribe);
      const subscriber = new Subscriber(log.publishers.at(-1)?.isAudioOnly ?? false);
      Object.assign(subscriber, { element, properties });
      answer(script.subscribe, done);
      if (script.subscriber !== 'none') return subscriber;
      subscriber.isAlive = false;
      return undefined;
    }

    /** @param {Subscriber} subscriber */
    unsubscribe(subscriber) {
      log.calls.push('unsubscribe');
      subscriber.destroy();
      done('unsubscribe');
    }
  }

  return {
    log,
    /** What is still there that a test should have let go. */
    get left() {
      return {
        sessions: count(log.sessions, ({ connection }) => connection),
        publishers: count(log.publishers, ({ isAlive }) => isAlive),
        subscribers: count(log.subscribers, ({ isAlive }) => isAlive),
        listeners: [...log.sessions, ...log.publishers, ...log.subscribers].reduce(
          (n, one) => n + one.listenerCount,
          0,
        ),
        elements: page.elements,
        tracks: page.openTracks,
        timers: clock.armed,
      };
    },
    properties: { loggingURL: 'https://hlg.tokbox.com/prod' },
    /** @param {string} url */
    setProxyUrl(url) {
      log.proxyUrl = url;
    },
    /** @param {string} apiKey @param {string} sessionId @param {object} [options] */
    initSession(apiKey, sessionId, options) {
      log.calls.push('initSession');
      // OpenTok.js keeps one object for a session id.
      const known = log.sessions.find((session) => session.sessionId === sessionId);
      return Object.assign(known ?? new Session(options), { apiKey, sessionId });
    },
    /** @param {Done} done */
    getDevices(done) {
      log.calls.push('getDevices');
      const kinds = script.kinds ?? ['audioInput', 'videoInput'];
      const listed = kinds.map((one) => (typeof one === 'string' ? { kind: one, deviceId: '' } : one));
      answer(orThrow(script.devices), done, undefined, listed);
    },
    /** @param {any} element @param {any} properties @param {Done} done */
    initPublisher(element, properties, done) {
      log.calls.push('initPublisher');
      orThrow(nth(script.publisher, log.publishers.length + 1));
      const publisher = new Publisher(element, properties);
      const outcome = nth(script.publisher, log.publishers.length);
      if (outcome instanceof Error) publisher.isAlive = false;
      answer(outcome, done, () => script.noPublisher || publisher.open());
      if (!script.noPublisher) return publisher;
      publisher.destroy();
      return undefined;
    },
  };
}

/** What `left` is when nothing is. */
export const NOTHING_LEFT = {
  sessions: 0,
  publishers: 0,
  subscribers: 0,
  listeners: 0,
  elements: 0,
  tracks: 0,
  timers: 0,
};
