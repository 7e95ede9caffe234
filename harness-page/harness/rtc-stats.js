// A second pair of eyes on WebRTC: the W3C statistics of every peer connection, once a second, when it connects and when it
// closes, whatever the module under test reports.

/** The statistics that are passed on each time; whole dictionaries, names as the specification has them. */
const TYPES = new Set(['candidate-pair', 'inbound-rtp', 'outbound-rtp', 'remote-inbound-rtp', 'media-source']);

/** Those that are passed on where one of the others refers to them, and only when they have changed. */
const REFERENCED_TYPES = new Set(['local-candidate', 'remote-candidate', 'codec']);

const INTERVAL_MS = 1000;

/**
 * Replaces the window's RTCPeerConnection with one that is remembered.
 * @param {Window & typeof globalThis} window
 */
export function watchPeerConnections(window) {
  /** @type {Array<{connection: RTCPeerConnection, collect: () => Promise<object[]>} | undefined>} */
  const watched = [];
  /** @type {((report: object) => void) | undefined} */
  let listener;
  const Original = window.RTCPeerConnection;

  window.RTCPeerConnection = class extends Original {
    #index;

    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      super(configuration);
      this.#index = watched.push({ connection: this, collect: collector(this) }) - 1;
      // A connection may live for less than a second, and how its media travelled has to be known all the same: by which
      // candidates it did when it connects, and what it carried when it closes.
      this.addEventListener('connectionstatechange', () => {
        if (this.connectionState === 'connected') tell(this.#index);
      });
    }

    close() {
      if (this.connectionState === 'connected') tell(this.#index);
      super.close();
    }
  };

  /**
   * @param {number} index
   * @param {number} [lag] Of a report that is due each second, how late it is. Others are without what is sampled each second.
   */
  function tell(index, lag) {
    if (!watched[index]) return Promise.resolve();
    const isSampled = (/** @type {any} */ { type }) => type === 'media-source';
    return watched[index].collect().then(
      (stats) =>
        listener?.(
          lag === undefined
            ? { peerConnection: index, stats: stats.filter((entry) => !isSampled(entry)) }
            : { peerConnection: index, lag, stats },
        ),
      // It was closed in between.
      () => {},
    );
  }

  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;

  return {
    /** @param {(report: object) => void} report Called once a second for each live connection, and when one connects or closes. */
    start(report) {
      listener = report;
      let expected = performance.now() + INTERVAL_MS;
      timer = setInterval(() => {
        const now = performance.now();
        // How late the page runs: a starved host shows here first.
        const lag = Math.max(0, now - expected);
        expected = now + INTERVAL_MS;
        watched.forEach((entry, index) => {
          if (!entry) return;
          if (entry.connection.connectionState === 'closed') watched[index] = undefined;
          else if (entry.connection.connectionState === 'connected') tell(index, lag);
        });
      }, INTERVAL_MS);
    },
    /** Reports of each live connection once more. */
    tellAll: () =>
      Promise.all(
        watched.map((entry, index) => (entry?.connection.connectionState === 'connected' ? tell(index) : undefined)),
      ),
    stop() {
      listener = undefined;
      clearInterval(timer);
    },
  };
}

/** A reader of the statistics of a connection that are passed on. @param {RTCPeerConnection} connection */
export function collector(connection) {
  /** What was passed on last of the statistics that others refer to, by id. @type {Map<string, string>} */
  const passedOn = new Map();
  return async () => {
    /** @type {any[]} */
    const all = [];
    (await connection.getStats()).forEach((entry) => all.push(entry));
    const selected = all.find(({ type, selectedCandidatePairId }) => type === 'transport' && selectedCandidatePairId);
    const isPassedOn = (/** @type {any} */ { type, id, nominated }) =>
      TYPES.has(type) &&
      (type !== 'candidate-pair' || (selected ? id === selected.selectedCandidatePairId : nominated));
    const stats = all.filter(isPassedOn);
    const references = new Set(
      stats.flatMap(({ codecId, localCandidateId, remoteCandidateId }) => [
        codecId,
        localCandidateId,
        remoteCandidateId,
      ]),
    );
    for (const entry of all) {
      if (!REFERENCED_TYPES.has(entry.type) || !references.has(entry.id)) continue;
      const text = JSON.stringify({ ...entry, timestamp: 0 });
      if (passedOn.get(entry.id) === text) continue;
      passedOn.set(entry.id, text);
      stats.push(entry);
    }
    return stats;
  };
}
