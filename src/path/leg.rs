//! The network between clients and what they send media to: a relay, or the media router. Sans-I/O, as the links are.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::stream::StreamLink;
use crate::network::{Direction, Link, NetworkConfig, Packet, PathCounters};
use crate::platform::relay::RelayClient;

/// The most bytes of streams inside a direction of the leg: the size of a send buffer, as servers have.
const MAX_INSIDE_BYTES: u64 = 256 * 1024;

/// What the links on a leg did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LegCounters {
    /// To the datagrams of clients that use UDP.
    pub udp: PathCounters,
    /// To the streams of clients that use TCP. A packet is a message; to a relay, at most a segment of what comes.
    pub tcp: PathCounters,
}

/// A packet with its client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LegPacket {
    pub client: RelayClient,
    pub contents: Vec<u8>,
}

impl Packet for LegPacket {
    fn size_bytes(&self) -> usize {
        self.contents.len()
    }
}

/// The leg.
pub(super) struct Leg {
    up: Way,
    down: Way,
    begun: bool,
}

/// One direction of it.
struct Way {
    datagrams: Link<LegPacket>,
    streams: StreamLink<LegPacket>,
}

impl Leg {
    pub fn new(network: &NetworkConfig, seed: u64) -> Self {
        Self {
            up: Way::new(network, Direction::Up, seed),
            down: Way::new(network, Direction::Down, seed),
            begun: false,
        }
    }

    /// The network's timeline counts from now, if nothing has happened yet.
    pub fn begin(&mut self, now: Instant) {
        if !self.begun {
            self.begun = true;
            self.up.begin(now);
            self.down.begin(now);
        }
    }

    /// A client has sent this.
    pub fn send_up(&mut self, now: Instant, packet: LegPacket) {
        self.begin(now);
        self.up.send(now, packet);
    }

    /// A client is sent this. In a stream that is full, data is dropped whole, as by anybody whose send buffer is full; what is
    /// no data is never asked for again there, and there is little of it.
    pub fn send_down(&mut self, now: Instant, packet: LegPacket, is_data: bool) {
        self.begin(now);
        let is_stream = matches!(packet.client, RelayClient::Tcp(..));
        if !(is_stream && self.down.is_full() && is_data) {
            self.down.send(now, packet);
        }
    }

    /// What has come through from a client, and when it did: for a datagram the moment at which it left the link, which is at
    /// or before `now`.
    pub fn receive_up(&mut self, now: Instant) -> Option<(Instant, LegPacket)> {
        self.up.receive_with_time(now)
    }

    /// What has come through to a client.
    pub fn receive_down(&mut self, now: Instant) -> Option<LegPacket> {
        self.down.receive(now)
    }

    /// Whether no more may be read from clients' streams for now.
    pub fn is_full(&self) -> bool {
        self.up.is_full()
    }

    /// When to ask again.
    pub fn next_departure(&self, now: Instant) -> Option<Instant> {
        [self.up.next_departure(now), self.down.next_departure(now)].into_iter().flatten().min()
    }

    pub fn counters(&self) -> LegCounters {
        LegCounters {
            udp: PathCounters { up: self.up.datagrams.counters(), down: self.down.datagrams.counters() },
            tcp: PathCounters { up: self.up.streams.counters(), down: self.down.streams.counters() },
        }
    }
}

impl Way {
    fn new(network: &NetworkConfig, direction: Direction, seed: u64) -> Self {
        Self { datagrams: network.link(direction, seed), streams: StreamLink::new(network, direction, seed) }
    }

    fn begin(&mut self, now: Instant) {
        self.datagrams.begin(now);
        self.streams.begin(now);
    }

    fn send(&mut self, now: Instant, packet: LegPacket) {
        match packet.client {
            RelayClient::Udp(_) => self.datagrams.send(now, packet),
            RelayClient::Tcp(..) => self.streams.send(now, packet),
        }
    }

    fn receive(&mut self, now: Instant) -> Option<LegPacket> {
        self.receive_with_time(now).map(|(_, packet)| packet)
    }

    fn receive_with_time(&mut self, now: Instant) -> Option<(Instant, LegPacket)> {
        let of_stream = |packet| (now, packet);
        self.datagrams.receive_with_time(now).or_else(|| self.streams.receive(now).map(of_stream))
    }

    fn next_departure(&self, now: Instant) -> Option<Instant> {
        [self.datagrams.next_departure(), self.streams.next_departure(now)].into_iter().flatten().min()
    }

    fn is_full(&self) -> bool {
        self.streams.inside_bytes() >= MAX_INSIDE_BYTES
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::network::LinkConfig;
    use crate::platform::relay::ConnectionId;

    fn tcp(contents: &[u8]) -> LegPacket {
        let client = RelayClient::Tcp(ConnectionId(1), SocketAddr::from(([127, 0, 0, 1], 5000)));
        LegPacket { client, contents: contents.to_vec() }
    }

    #[test]
    fn what_is_inside_is_bounded_without_losing_answers() {
        let way = LinkConfig { rate: Some("400 kbit/s".parse().expect("a rate")), ..LinkConfig::default() };
        let network = NetworkConfig { up: way.clone(), down: way, ..NetworkConfig::default() };
        let (mut leg, now) = (Leg::new(&network, 1), Instant::now());
        let data = [&[0x40, 0, 3, 0xfc][..], &[0; 1020]].concat();
        for _ in 0..1000 {
            leg.send_down(now, tcp(&data), true);
        }
        leg.send_down(now, tcp(&[1, 1, 0, 0]), false);
        let inside = leg.counters().tcp.down;
        assert_eq!((inside.packets_in, inside.bytes_in), (257, MAX_INSIDE_BYTES + 4));
        assert!(!leg.is_full());
        for _ in 0..256 {
            leg.send_up(now, tcp(&data));
        }
        assert!(leg.is_full());
    }
}
