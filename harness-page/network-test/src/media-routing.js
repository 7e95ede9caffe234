// The way that the test's media takes to the other side. Pure.

/**
 * As `opentok-network-test-js` 5.x words it.
 * @typedef {'Routed' | 'Relayed (TURN/TLS)' | 'Relayed (TURN/UDP)' | 'Relayed (STUN/TLS)' | 'Relayed (STUN/UDP)' | 'Unknown'} MediaRouting
 */

/** Transport protocols that 5.x calls TLS. */
const STREAM_PROTOCOLS = new Set(['tcp', 'tls']);

/**
 * The routing that the two candidates of the selected pair stand for (W3C webrtc-stats, `RTCIceCandidateStats`). A media router
 * has host candidates; a relay or an address that a STUN server told of on either side means a relayed way.
 * @param {any} [local]
 * @param {any} [remote]
 * @returns {MediaRouting | undefined} Undefined when either candidate is not reported.
 */
export function mediaRouting(local, remote) {
  if (!local || !remote) return undefined;
  const types = [local.candidateType, remote.candidateType];
  // For a relay candidate `protocol` is that of the relayed address, always UDP; `relayProtocol` is the client's own way to it.
  const protocol = String(local.relayProtocol ?? local.protocol ?? '').toLowerCase();
  const isStream = STREAM_PROTOCOLS.has(protocol);
  if (types.includes('relay')) return isStream ? 'Relayed (TURN/TLS)' : 'Relayed (TURN/UDP)';
  if (remote.candidateType === 'host' && ['host', 'prflx'].includes(local.candidateType)) return 'Routed';
  if (types.includes('srflx') || types.includes('prflx')) return isStream ? 'Relayed (STUN/TLS)' : 'Relayed (STUN/UDP)';
  return 'Unknown';
}
