//! The network between clients and what they send media to: a relay, or the media router. Sans-I/O, as the links are.
//!
//! A client's TCP connection begins with a handshake on the access link: its SYN and SYN-ACK take the time that the
//! links of streams take, and meet the network's loss and outages. Nothing is read of the connection before, although
//! the kernel has accepted it already.

use std::collections::VecDeque;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::stream::{Handshakes, Retry, StreamLink};
use crate::transport::client_addr::{ClientAddr, ConnectionId};
use precall_netem::{Direction, Link, NetworkConfig, Packet, PathCounters};

/// The most bytes of streams inside a direction of the access link: the size of a send buffer, as servers have.
const MAX_INSIDE_BYTES: u64 = 256 * 1024;

/// What the links between clients and a server have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AccessCounters {
    /// The counters of the datagrams of clients that use UDP.
    pub udp: PathCounters,
    /// The counters of the streams of clients that use TCP. A packet is a message, and in the uplink of a relay a
    /// segment of at most 1460 bytes. SYN and SYN-ACK count as packets without payload.
    pub tcp: PathCounters,
}

/// A packet with its client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClientPacket {
    pub client: ClientAddr,
    pub contents: Vec<u8>,
}

impl Packet for ClientPacket {
    fn size_bytes(&self) -> usize {
        self.contents.len()
    }
}

/// The result of the handshake of a client's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HandshakeEvent {
    /// The first SYN has reached the server.
    Requested(ConnectionId),
    /// The SYN-ACK has reached the client, which may send from now on.
    Established(ConnectionId),
    /// The client gives up.
    GivenUp(ConnectionId),
}

/// The emulated network between clients and a server of the platform: one link for datagrams and one for streams in
/// each direction.
pub(super) struct AccessLink {
    up: DirectionLinks,
    down: DirectionLinks,
    handshakes: Handshakes<ConnectionId>,
    events: VecDeque<HandshakeEvent>,
    begun: bool,
}

/// One direction of it.
struct DirectionLinks {
    datagrams: Link<ClientPacket>,
    streams: StreamLink<AccessSegment>,
}

/// A packet in a link of streams.
#[derive(Clone)]
enum AccessSegment {
    /// The SYN in the uplink, the SYN-ACK in the downlink.
    Handshake(ConnectionId),
    Data(ClientPacket),
}

impl Packet for AccessSegment {
    fn size_bytes(&self) -> usize {
        match self {
            Self::Handshake(_) => 0,
            Self::Data(packet) => packet.size_bytes(),
        }
    }
}

impl AccessLink {
    pub(super) fn new(network: &NetworkConfig, seed: u64) -> Self {
        Self {
            up: DirectionLinks::new(network, Direction::Up, seed),
            down: DirectionLinks::new(network, Direction::Down, seed),
            handshakes: Handshakes::new(network, seed),
            events: VecDeque::new(),
            begun: false,
        }
    }

    /// Starts the network's timeline at `now`, unless packets have passed already.
    pub(super) fn begin(&mut self, now: Instant) {
        if !self.begun {
            self.begun = true;
            self.up.begin(now);
            self.down.begin(now);
            self.handshakes.begin(now);
        }
    }

    /// Changes the links of datagrams from `now` on.
    pub(super) fn change(&mut self, now: Instant, network: &NetworkConfig) {
        self.begin(now);
        self.up.datagrams.change(now, network.up.clone());
        self.down.datagrams.change(now, network.down.clone());
    }

    /// Handles a new connection of a client. [`AccessLink::poll_handshake`] returns the result of its handshake.
    pub(super) fn handle_connect(&mut self, now: Instant, connection: ConnectionId) {
        self.begin(now);
        if self.handshakes.handle_connect(now, connection) {
            self.up.streams.send(now, AccessSegment::Handshake(connection));
        }
    }

    /// Handles the end of a connection. A handshake in progress is dropped.
    pub(super) fn handle_disconnect(&mut self, connection: ConnectionId) {
        self.handshakes.handle_disconnect(connection);
    }

    /// Returns the result of the next handshake. It is known once [`AccessLink::poll_uplink`] and
    /// [`AccessLink::poll_downlink`] return nothing more.
    pub(super) fn poll_handshake(&mut self) -> Option<HandshakeEvent> {
        self.events.pop_front()
    }

    /// Handles a packet that a client has sent.
    pub(super) fn handle_uplink(&mut self, now: Instant, packet: ClientPacket) {
        self.begin(now);
        self.up.send(now, packet);
    }

    /// Returns whether a message to a client is sent rather than dropped. In a stream that is full, data is dropped
    /// whole, as by a server whose send buffer is full. Messages other than data are always sent: they are never
    /// requested again in a stream, and there are few of them.
    pub(super) fn accepts_downlink(&self, client: ClientAddr, is_data: bool) -> bool {
        !(matches!(client, ClientAddr::Tcp(..)) && self.down.is_full() && is_data)
    }

    /// Handles a packet to a client that [`AccessLink::accepts_downlink`].
    pub(super) fn handle_downlink(&mut self, now: Instant, packet: ClientPacket) {
        self.begin(now);
        self.down.send(now, packet);
    }

    /// Returns a packet that has arrived from a client, and its arrival time. For a datagram that is the moment at
    /// which it left the link, at or before `now`.
    pub(super) fn poll_uplink(&mut self, now: Instant) -> Option<(Instant, ClientPacket)> {
        self.retry_handshakes(now);
        loop {
            match self.up.receive(now)? {
                (at, AccessSegment::Data(packet)) => return Some((at, packet)),
                (_, AccessSegment::Handshake(connection)) => {
                    let Some(arrival) = self.handshakes.handle_syn(now, connection) else { continue };
                    if arrival.is_new {
                        self.events.push_back(HandshakeEvent::Requested(connection));
                    }
                    if arrival.is_answered {
                        self.down.streams.send(now, AccessSegment::Handshake(connection));
                    }
                }
            }
        }
    }

    /// Returns the time of the next packet that [`AccessLink::poll_uplink`] returns at `now`; `None` if there may be
    /// none.
    pub(super) fn next_arrival(&self, now: Instant) -> Option<Instant> {
        self.up.next_departure(now).filter(|at| *at <= now)
    }

    /// Returns a packet that has arrived at a client.
    pub(super) fn poll_downlink(&mut self, now: Instant) -> Option<ClientPacket> {
        loop {
            match self.down.receive(now)? {
                (_, AccessSegment::Data(packet)) => return Some(packet),
                (_, AccessSegment::Handshake(connection)) => {
                    if self.handshakes.handle_syn_ack(connection) {
                        self.events.push_back(HandshakeEvent::Established(connection));
                    }
                }
            }
        }
    }

    fn retry_handshakes(&mut self, now: Instant) {
        while let Some(retry) = self.handshakes.poll_retry(now) {
            match retry {
                Retry::SentAgain(connection) => self.up.streams.send(now, AccessSegment::Handshake(connection)),
                Retry::GivenUp(connection) => self.events.push_back(HandshakeEvent::GivenUp(connection)),
            }
        }
    }

    /// Returns whether no more may be read from clients' streams for now.
    pub(super) fn is_full(&self) -> bool {
        self.up.is_full()
    }

    /// Returns the next time at which there may be an output.
    pub(super) fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        let links = [self.up.next_departure(now), self.down.next_departure(now)];
        links.into_iter().chain([self.handshakes.poll_timeout()]).flatten().min()
    }

    pub(super) fn counters(&self) -> AccessCounters {
        AccessCounters {
            udp: PathCounters { up: self.up.datagrams.counters(), down: self.down.datagrams.counters() },
            tcp: PathCounters { up: self.up.streams.counters(), down: self.down.streams.counters() },
        }
    }
}

impl DirectionLinks {
    fn new(network: &NetworkConfig, direction: Direction, seed: u64) -> Self {
        Self { datagrams: network.link(direction, seed), streams: StreamLink::new(network, direction, seed) }
    }

    fn begin(&mut self, now: Instant) {
        self.datagrams.begin(now);
        self.streams.begin(now);
    }

    fn send(&mut self, now: Instant, packet: ClientPacket) {
        match packet.client {
            ClientAddr::Udp(_) => self.datagrams.send(now, packet),
            ClientAddr::Tcp(..) => self.streams.send(now, AccessSegment::Data(packet)),
        }
    }

    fn receive(&mut self, now: Instant) -> Option<(Instant, AccessSegment)> {
        let of_datagram = |(at, packet)| (at, AccessSegment::Data(packet));
        let of_stream = |segment| (now, segment);
        let datagram = self.datagrams.receive_with_time(now).map(of_datagram);
        datagram.or_else(|| self.streams.receive(now).map(of_stream))
    }

    fn next_departure(&self, now: Instant) -> Option<Instant> {
        [self.datagrams.next_departure(), self.streams.next_departure(now)].into_iter().flatten().min()
    }

    fn is_full(&self) -> bool {
        self.streams.inside_bytes() >= MAX_INSIDE_BYTES
    }
}

#[cfg(test)]
mod tests;
