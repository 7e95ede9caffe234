// The browser around the module: elements are counted, tracks and permissions as a test says, the logging server too.

/** A Chrome's window, to be changed. @returns {any} */
export function chromeWindow(userAgent = 'Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36') {
  return {
    navigator: { userAgent, webkitGetUserMedia() {}, mediaDevices: {} },
    webkitRTCPeerConnection: class {},
    RTCPeerConnection: class {},
  };
}

/** A track that can end by itself, and counts as open until it is stopped. */
export class FakeTrack extends EventTarget {
  isStopped = false;

  /** @param {{openTracks: number}} page @param {string} kind */
  constructor(page, kind) {
    super();
    this.kind = kind;
    this.page = page;
    page.openTracks += 1;
  }

  stop() {
    if (this.isStopped) return;
    this.isStopped = true;
    this.page.openTracks -= 1;
  }

  /** The device is unplugged, or the permission withdrawn. */
  end() {
    this.dispatchEvent(new Event('ended'));
  }
}

/**
 * The page, to be read and changed by a test.
 * @typedef {object} Page
 * @property {number} elements How many are attached.
 * @property {number} openTracks
 * @property {Record<string, string>} permissions The permission state by name; nothing means that the browser cannot be asked.
 * @property {(constraints: object) => Promise<object>} getUserMedia What `getUserMedia` comes to: a stream, or an error.
 * @property {(url: string, init?: object) => Promise<{ok: boolean, status: number}>} logging How the logging server answers.
 * @property {any[]} requests
 * @property {any[]} reported
 * @property {string[]} warnings
 */

/**
 * What a page needs of the test that it is for.
 * @typedef {object} Test
 * @property {(act: () => void) => void} after
 * @property {{method: (object: any, name: any, replacement: any) => unknown}} mock
 */

/** Installs a page for one test. @param {Test} t */
export function installPage(t) {
  /** @type {Page} */
  const page = {
    elements: 0,
    openTracks: 0,
    permissions: {},
    getUserMedia: async () => {
      const track = new FakeTrack(page, 'video');
      return { getTracks: () => [track] };
    },
    logging: async () => ({ ok: true, status: 200 }),
    requests: [],
    reported: [],
    warnings: [],
  };
  const element = () => ({
    style: {},
    isAttached: false,
    /** What OpenTok.js has put into it. @type {any} */
    video: null,
    setAttribute() {},
    /** @param {string} name */
    querySelector(name) {
      return name === 'video' ? this.video : null;
    },
    remove() {
      if (this.isAttached) page.elements -= 1;
      this.isAttached = false;
    },
  });
  const window = chromeWindow();
  Object.assign(window.navigator, {
    mediaDevices: { getUserMedia: (/** @type {object} */ constraints) => page.getUserMedia(constraints) },
    permissions: {
      /** @param {{name: string}} descriptor */
      async query({ name }) {
        if (!(name in page.permissions)) throw new TypeError(`no such permission: ${name}`);
        return { state: page.permissions[name] };
      },
    },
  });
  const globals = {
    window,
    navigator: window.navigator,
    document: {
      createElement: element,
      body: {
        /** @param {ReturnType<typeof element>} child */
        appendChild(child) {
          child.isAttached = true;
          page.elements += 1;
        },
      },
    },
    /** @param {string} url @param {object} [init] */
    fetch(url, init) {
      page.requests.push({ url, ...init });
      return page.logging(url, init);
    },
    reportError: (/** @type {unknown} */ error) => page.reported.push(error),
  };
  const before = new Map(Object.keys(globals).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  t.mock.method(console, 'warn', (/** @type {string} */ message) => page.warnings.push(message));
  t.after(() => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  });
  return page;
}
