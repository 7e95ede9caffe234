// The way that media takes, in the words of 5.x.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mediaRouting } from '../../src/media-routing.js';

/** @param {string} [candidateType] @param {string} [protocol] @param {string} [relayProtocol] */
const of = (candidateType, protocol, relayProtocol) => ({ candidateType, protocol, relayProtocol });

for (const [local, remote, expected] of [
  [of('host', 'udp'), of('host'), 'Routed'],
  // A client behind an address translation is seen by its router under another address.
  [of('prflx', 'udp'), of('host'), 'Routed'],
  [of('host', 'tcp'), of('host'), 'Routed'],
  [of('relay', 'udp'), of('host'), 'Relayed (TURN/UDP)'],
  [of('relay', 'udp', 'udp'), of('srflx'), 'Relayed (TURN/UDP)'],
  [of('relay', 'udp', 'tcp'), of('host'), 'Relayed (TURN/TLS)'],
  [of('relay', 'udp', 'tls'), of('host'), 'Relayed (TURN/TLS)'],
  [of('relay', 'tcp'), of('host'), 'Relayed (TURN/TLS)'],
  [of('host', 'udp'), of('relay'), 'Relayed (TURN/UDP)'],
  [of('srflx', 'udp'), of('prflx'), 'Relayed (STUN/UDP)'],
  [of('host', 'udp'), of('srflx'), 'Relayed (STUN/UDP)'],
  [of('prflx', 'TCP'), of('prflx'), 'Relayed (STUN/TLS)'],
  [of(undefined, 'udp'), of('host'), 'Unknown'],
  [of('host', 'udp'), of(undefined), 'Unknown'],
  [undefined, of('host'), undefined],
  [of('host', 'udp'), undefined, undefined],
]) {
  test(`${JSON.stringify(local)} to ${JSON.stringify(remote)}: ${expected}`, () => {
    assert.equal(mediaRouting(local, remote), expected);
  });
}
