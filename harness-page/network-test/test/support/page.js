// The browser around the module: elements are counted, tracks and permissions as a test says, the logging server too.

/** A Chrome's window, to be changed. */
export function chromeWindow(userAgent = 'Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36') {
  return {
    navigator: { userAgent, webkitGetUserMedia() {}, mediaDevices: {} },
    webkitRTCPeerConnection: class {},
    RTCPeerConnection: class {},
  };
}

/** A track that can end by itself, and counts as open until it is stopped. */
export class FakeTrack extends EventTarget {
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

/** Installs a page for one test. @param {import('node:test').TestContext} t */
export function installPage(t) {
  const page = {
    elements: 0,
    openTracks: 0,
    /** The permission state by name; nothing means that the browser cannot be asked. */
    permissions: {},
    /** What `getUserMedia` comes to: a stream, or an error. */
    getUserMedia: async () => {
      const track = new FakeTrack(page, 'video');
      return { getTracks: () => [track] };
    },
    /** How the logging server answers. */
    logging: async () => ({ ok: true, status: 200 }),
    requests: [],
    reported: [],
    warnings: [],
  };
  const element = () => ({
    style: {},
    setAttribute() {},
    /** What OpenTok.js has put into it. */
    querySelector(name) {
      return name === 'video' ? (this.video ?? null) : null;
    },
    remove() {
      if (this.isAttached) page.elements -= 1;
      this.isAttached = false;
    },
  });
  const window = chromeWindow();
  Object.assign(window.navigator, {
    mediaDevices: { getUserMedia: (constraints) => page.getUserMedia(constraints) },
    permissions: {
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
        appendChild(child) {
          child.isAttached = true;
          page.elements += 1;
        },
      },
    },
    fetch(url, init) {
      page.requests.push({ url, ...init });
      return page.logging(url, init);
    },
    reportError: (error) => page.reported.push(error),
  };
  const before = new Map(Object.keys(globals).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  t.mock.method(console, 'warn', (message) => page.warnings.push(message));
  t.after(() => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else delete globalThis[name];
    }
  });
  return page;
}
