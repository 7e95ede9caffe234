// A person's own stream, sent to the platform and received again.

/**
 * @typedef {object} LoopbackOptions
 * @property {any} OT
 * @property {import('./session.js').SessionAnswer} session
 * @property {string} [audioSource]
 * @property {string} [videoSource]
 * @property {(video: HTMLVideoElement) => void} onPicture Is given the picture that comes back.
 */

/** A stream that goes to the platform and back, until `stop`. It runs once. */
export class Loopback {
  #isStopped = false;

  /** @type {any} */
  #session;

  /** @type {any} */
  #publisher;

  /** @param {LoopbackOptions} options */
  constructor(options) {
    this.options = options;
  }

  /** @returns {Promise<void>} When the picture is on its way back. Rejects with OpenTok.js' own error. */
  async start() {
    const { OT, session, audioSource, videoSource, onPicture } = this.options;
    if (session.proxyUrl) OT.setProxyUrl(session.proxyUrl);
    this.#session = OT.initSession(session.apiKey ?? session.applicationId, session.sessionId);
    await called((done) => this.#session.connect(session.token, done));
    if (this.#isStopped) return this.stop();
    const properties = {
      insertDefaultUI: false,
      resolution: '1280x720',
      ...(audioSource ? { audioSource } : {}),
      ...(videoSource ? { videoSource } : {}),
    };
    await called((done) => {
      this.#publisher = OT.initPublisher(undefined, properties, done);
    });
    if (this.#isStopped) return this.stop();
    await called((done) => this.#session.publish(this.#publisher, done));
    if (this.#isStopped) return this.stop();
    const received = { insertDefaultUI: false, testNetwork: true, audioVolume: 0 };
    await called((done) => {
      const subscriber = this.#session.subscribe(this.#publisher.stream, undefined, received, done);
      subscriber?.on('videoElementCreated', (/** @type {any} */ event) => onPicture(event.element));
    });
    if (this.#isStopped) this.stop();
  }

  /** Lets go of the camera and of the session. */
  stop() {
    this.#isStopped = true;
    this.#publisher?.destroy();
    this.#session?.disconnect();
  }
}

/**
 * A call in the style of OpenTok.js, as a promise.
 * @param {(done: (error?: any) => void) => void} start
 * @returns {Promise<void>}
 */
function called(start) {
  return new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()));
  });
}
