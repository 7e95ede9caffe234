// OpenTok.js as a script says it behaves: the surface that the module uses, with faults where a test wants them.

/** Events as OpenTok.js has them. */
class Emitter {
  #listeners = new Map();

  on(name, listener) {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
  }

  emit(name, event) {
    for (const listener of this.#listeners.get(name) ?? []) listener(event);
  }
}

/** An error with a name, as OpenTok.js' own. @param {string} name */
export function otError(name) {
  return Object.assign(new Error(`${name} happened`), { name });
}

/**
 * @param {object} [script]
 * @param {Error | 'hang'} [script.connect] What connecting comes to, and so on; nothing is success.
 * @param {Error | 'hang'} [script.devices]
 * @param {string[]} [script.kinds] The devices there are.
 * @param {Error | 'hang'} [script.publisher]
 * @param {Error | 'hang'} [script.publish]
 * @param {Error | 'hang'} [script.subscribe]
 * @param {(tick: number, audioOnly: boolean) => object | Error} [script.stats]
 */
export function scriptedOT(script = {}) {
  /** What exists now, and what happened. */
  const log = { sessions: 0, publishers: 0, subscribers: 0, videoSources: [], session: undefined, publisher: undefined };
  const answer = (fault, done, value) => {
    if (fault === 'hang') return;
    queueMicrotask(() => done(fault instanceof Error ? fault : undefined, value));
  };

  class Subscriber extends Emitter {
    stream = { videoDimensions: { width: 1280, height: 720 } };
    #tick = 0;
    #audioOnly;

    constructor(audioOnly) {
      super();
      this.#audioOnly = audioOnly;
    }

    getStats(done) {
      this.#tick += 1;
      const stats = (script.stats ?? cleanStats)(this.#tick, this.#audioOnly);
      answer(stats instanceof Error ? stats : undefined, done, stats);
    }
  }

  class Publisher extends Emitter {
    constructor(properties) {
      super();
      this.audioOnly = properties.videoSource === null;
    }

    destroy() {
      if (this.destroyed) return;
      this.destroyed = true;
      log.publishers -= 1;
      this.emit('destroyed');
    }
  }

  class Session extends Emitter {
    connect(token, done) {
      if (!(script.connect instanceof Error) && script.connect !== 'hang') {
        this.connection = {};
        log.sessions += 1;
      }
      answer(script.connect, done);
    }

    disconnect() {
      if (!this.connection) return;
      this.connection = undefined;
      log.sessions -= 1;
      queueMicrotask(() => this.emit('sessionDisconnected'));
    }

    publish(publisher, done) {
      if (!script.publish) publisher.stream = {};
      answer(script.publish, done);
    }

    subscribe(stream, element, properties, done) {
      const subscriber = new Subscriber(log.publisher.audioOnly);
      log.subscribers += 1;
      log.subscriber = subscriber;
      log.subscribed = properties;
      answer(script.subscribe, done);
      return subscriber;
    }

    unsubscribe() {
      log.subscribers -= 1;
    }
  }

  return {
    log,
    properties: { loggingURL: 'https://hlg.tokbox.com/prod' },
    setProxyUrl(url) {
      log.proxyUrl = url;
    },
    initSession(apiKey, sessionId, options) {
      log.session = new Session();
      log.sessionOptions = options;
      return log.session;
    },
    getDevices(done) {
      const kinds = script.kinds ?? ['audioInput', 'videoInput'];
      answer(script.devices, done, kinds.map((kind) => ({ kind, deviceId: kind })));
    },
    initPublisher(element, properties, done) {
      const publisher = new Publisher(properties);
      log.publisher = publisher;
      log.publishers += 1;
      log.videoSources.push(properties.videoSource);
      answer(script.publisher, done);
      return publisher;
    },
  };
}

/** A second of a clean line: 1 Mbit/s of video, 32 kbit/s of audio. @param {number} tick @param {boolean} audioOnly */
export function cleanStats(tick, audioOnly) {
  const timestamp = 1_000_000 + tick * 1000;
  const audio = { bytesReceived: tick * 4000, packetsReceived: tick * 50, packetsLost: 0 };
  const video = { bytesReceived: tick * 125_000, packetsReceived: tick * 125, packetsLost: 0, frameRate: 30 };
  return audioOnly ? { timestamp, audio } : { timestamp, audio, video };
}

/** Half of the audio is lost. @param {number} tick @param {boolean} audioOnly */
export function lossyStats(tick, audioOnly) {
  const stats = cleanStats(tick, audioOnly);
  stats.audio = { bytesReceived: tick * 2000, packetsReceived: tick * 25, packetsLost: tick * 25 };
  return stats;
}

/** The browser around the module: elements are counted, the logging server answers as told. */
export function installBrowser() {
  const page = { elements: 0, logging: async () => ({ ok: true }), requests: [] };
  globalThis.document = {
    createElement: () => ({
      style: {},
      remove() {
        page.elements -= 1;
      },
    }),
    body: {
      appendChild() {
        page.elements += 1;
      },
    },
  };
  globalThis.window = {
    navigator: { userAgent: 'Mozilla/5.0 Chrome/156.0.0.0 Safari/537.36', webkitGetUserMedia: () => {}, mediaDevices: {} },
    webkitRTCPeerConnection: class {},
  };
  globalThis.fetch = (url, init) => {
    page.requests.push(url);
    return page.logging(url, init);
  };
  return page;
}
