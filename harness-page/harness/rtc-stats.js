// A second pair of eyes on WebRTC: the W3C statistics of every peer connection, once a second, whatever the module
// under test reports.

/** The statistics that are passed on; whole dictionaries, names as the specification has them. */
const TYPES = new Set(['candidate-pair', 'inbound-rtp', 'outbound-rtp', 'remote-inbound-rtp', 'media-source']);

const INTERVAL_MS = 1000;

/**
 * Replaces the window's RTCPeerConnection with one that is remembered.
 * @param {Window & typeof globalThis} window
 */
export function watchPeerConnections(window) {
  /** @type {Array<RTCPeerConnection | undefined>} */
  const connections = [];
  const Original = window.RTCPeerConnection;

  window.RTCPeerConnection = class extends Original {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      super(configuration);
      connections.push(this);
    }
  };

  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;

  return {
    /** @param {(report: object) => void} report Called once a second for each live connection. */
    start(report) {
      let expected = performance.now() + INTERVAL_MS;
      timer = setInterval(() => {
        const now = performance.now();
        // How late the page runs: a starved host shows here first.
        const lag = Math.max(0, now - expected);
        expected = now + INTERVAL_MS;
        connections.forEach((connection, index) => {
          if (!connection) return;
          if (connection.connectionState === 'closed') {
            connections[index] = undefined;
            return;
          }
          if (connection.connectionState !== 'connected') return;
          collect(connection).then(
            (stats) => report({ peerConnection: index, lag, stats }),
            // It was closed in between.
            () => {},
          );
        });
      }, INTERVAL_MS);
    },
    stop() {
      clearInterval(timer);
    },
  };
}

/** The statistics of a connection that are passed on. @param {RTCPeerConnection} connection */
export async function collect(connection) {
  /** @type {object[]} */
  const stats = [];
  (await connection.getStats()).forEach((entry) => {
    if (!TYPES.has(entry.type)) return;
    if (entry.type === 'candidate-pair' && !entry.nominated) return;
    stats.push(entry);
  });
  return stats;
}
