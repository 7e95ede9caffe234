// OpenTok.js as a script says it behaves: the whole surface that the module uses, with faults where a test wants them.

import { FakeTrack } from './page.js';
import { cleanStats } from './recordings.js';

/** Events as OpenTok.js has them. */
class Emitter {
  #listeners = [];

  on(name, listener) {
    this.#listeners.push({ name, listener });
  }

  off(name, listener) {
    this.#listeners = this.#listeners.filter((one) => name && !(one.name === name && one.listener === listener));
  }

  emit(name, event = {}) {
    for (const one of [...this.#listeners]) if (one.name === name) one.listener(event);
  }

  get listenerCount() {
    return this.#listeners.length;
  }
}

/** An error with a name, as OpenTok.js' own. */
export function otError(name, message = `${name} happened`) {
  return Object.assign(new Error(message), { name });
}

/**
 * What a step comes to: nothing is success at once. `now` calls back before the call returns, `afterMs` later, `again` calls back
 * a second time, `throws` throws in place of calling back.
 * @typedef {undefined | 'hang' | Error | {afterMs?: number, now?: boolean, error?: Error, again?: {error?: Error}, throws?: Error}} Outcome
 */

/**
 * @param {{clock: any, page: any}} world
 * @param {object} [script]
 * @param {Outcome} [script.connect]
 * @param {Outcome} [script.devices]
 * @param {Array<string | {kind: string, deviceId?: string}>} [script.kinds] The devices there are.
 * @param {Outcome | ((n: number) => Outcome)} [script.publisher] By the publisher's number, from 1.
 * @param {Outcome | ((n: number) => Outcome)} [script.publish]
 * @param {Outcome} [script.subscribe]
 * @param {boolean} [script.noPublisher] Whether `OT.initPublisher` gives nothing.
 * @param {'none'} [script.subscriber] What `session.subscribe` gives.
 * @param {'none' | {afterMs: number}} [script.stream] When there is a stream after publishing; at once if not given.
 * @param {(tick: number, audioOnly: boolean) => object | Error | 'hang' | undefined} [script.stats] With `afterMs` they come late.
 * @param {(tick: number) => any[] | Error | 'hang' | undefined} [script.report] Entries of the publisher's report.
 * @param {boolean} [script.untold] Whether the publisher does not tell its camera, as older releases do not.
 * @param {'callback'} [script.reportStyle]
 * @param {string[]} [script.silent] Events that never come.
 * @param {string[]} [script.throwing] Calls of clean-up that throw when they are done.
 * @param {Record<string, number>} [script.slow] Events of clean-up that come late, by the ms that they take.
 */
export function scriptedOT({ clock, page }, script = {}) {
  const log = { calls: [], sessions: [], publishers: [], subscribers: [] };
  const count = (list, isThere) => list.filter(isThere).length;
  const isSilent = (event) => script.silent?.includes(event);

  function answer(outcome, done, success = () => {}, value = undefined) {
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

  /** The end of a call of clean-up. */
  function done(call) {
    if (script.throwing?.includes(call)) throw otError('OT_INVALID_PARAMETER');
  }

  /** Emits an event of clean-up: soon, late, or never. */
  function confirm(name, emit) {
    if (isSilent(name)) return;
    const slow = script.slow?.[name];
    if (slow === undefined) queueMicrotask(emit);
    else clock.after(slow, emit);
  }
  const orThrow = (outcome) => {
    if (outcome?.throws) throw outcome.throws;
    return outcome;
  };
  const nth = (outcome, n) => (typeof outcome === 'function' ? outcome(n) : outcome);

  class Subscriber extends Emitter {
    stream = { videoDimensions: { width: 1280, height: 720 } };
    isAlive = true;
    #tick = 0;

    constructor(isAudioOnly) {
      super();
      this.isAudioOnly = isAudioOnly;
      log.subscribers.push(this);
    }

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

    constructor(element, properties) {
      super();
      this.element = element;
      this.properties = properties;
      this.isAudioOnly = properties.videoSource === null;
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
    connection = undefined;
    waiting = [];

    constructor(options) {
      super();
      this.options = options;
      log.sessions.push(this);
    }

    connect(token, done) {
      log.calls.push('connect');
      // As seen: an attempt that was given up is called back when a later one succeeds.
      this.waiting.push(done);
      const all = (error) => this.waiting.splice(0).forEach((waiting) => waiting(error));
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

    drop(reason) {
      this.connection = undefined;
      confirm('sessionDisconnected', () => this.emit('sessionDisconnected', { reason }));
    }

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

    subscribe(stream, element, properties, done) {
      log.calls.push('subscribe');
      orThrow(script.subscribe);
      const subscriber = new Subscriber(log.publishers.at(-1).isAudioOnly);
      Object.assign(subscriber, { element, properties });
      answer(script.subscribe, done);
      if (script.subscriber !== 'none') return subscriber;
      subscriber.isAlive = false;
      return undefined;
    }

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
    setProxyUrl(url) {
      log.proxyUrl = url;
    },
    initSession(apiKey, sessionId, options) {
      log.calls.push('initSession');
      // OpenTok.js keeps one object for a session id.
      const known = log.sessions.find((session) => session.sessionId === sessionId);
      return Object.assign(known ?? new Session(options), { apiKey, sessionId });
    },
    getDevices(done) {
      log.calls.push('getDevices');
      const kinds = script.kinds ?? ['audioInput', 'videoInput'];
      const listed = kinds.map((one) => (typeof one === 'string' ? { kind: one, deviceId: '' } : one));
      answer(orThrow(script.devices), done, undefined, listed);
    },
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
