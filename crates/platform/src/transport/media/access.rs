//! One access point of the media endpoint: the network between its clients and the router.

use std::net::SocketAddr;
use std::time::Instant;

use super::tcp_clients::TcpClients;
use crate::media::{MediaAddresses, PeerAddr, framed, unframed};
use crate::transport::access_link::{AccessLink, ClientPacket, HandshakeEvent};
use crate::transport::capture::{CapturePoint, Tap};
use crate::transport::client_addr::ClientAddr;
use crate::transport::datagrams::{Datagrams, MAX_BURST};
use crate::transport::media_firewall::MediaFirewall;
use precall_netem::Direction;

/// What is between the sockets of an access point and the router.
pub(super) struct AccessPath {
    pub addresses: MediaAddresses,
    pub link: AccessLink,
    pub firewall: Option<MediaFirewall>,
    pub tap: Option<Tap>,
}

impl AccessPath {
    /// Puts the datagrams that came into the uplink.
    pub(super) fn read(&mut self, socket: &mut Datagrams) {
        for _ in 0..MAX_BURST {
            let Some((peer, contents)) = socket.try_receive() else { return };
            if self.firewall.as_ref().is_some_and(|firewall| !firewall.lets_in(peer)) {
                continue;
            }
            self.enter(Instant::now(), ClientPacket { client: ClientAddr::Udp(peer), contents });
        }
    }

    /// Puts a packet of a client into the uplink.
    pub(super) fn enter(&mut self, now: Instant, packet: ClientPacket) {
        self.see(CapturePoint::Browser, Direction::Up, now, &packet);
        self.link.handle_uplink(now, packet);
    }

    /// Returns a packet that has arrived from a client, and its arrival time.
    pub(super) fn poll_uplink(&mut self, now: Instant) -> Option<(Instant, ClientPacket)> {
        self.link.poll_uplink(now)
    }

    /// Puts a datagram of the router into the downlink. A connection that has ended receives nothing more: its client
    /// uses another.
    pub(super) fn leave(
        &mut self,
        now: Instant,
        destination: PeerAddr,
        contents: Vec<u8>,
        streams: Option<&TcpClients>,
    ) {
        let packet = match destination {
            PeerAddr::Udp(to) => Some(ClientPacket { client: ClientAddr::Udp(to), contents }),
            PeerAddr::Tcp(to) => streams.and_then(|streams| {
                let client = ClientAddr::Tcp(streams.connection(to)?, to);
                Some(ClientPacket { client, contents: framed(&contents)? })
            }),
        };
        let Some(packet) = packet else { return };
        self.see(CapturePoint::Platform, Direction::Down, now, &packet);
        let is_media = payload(&packet).first().is_some_and(|first| is_rtp(*first));
        if self.link.accepts_downlink(packet.client, is_media) {
            self.link.handle_downlink(now, packet);
        }
    }

    /// Sends the packets that have left the downlink, and carries out the results of handshakes.
    pub(super) fn deliver(&mut self, now: Instant, socket: &Datagrams, streams: Option<&mut TcpClients>) {
        let mut streams = streams;
        while let Some(packet) = self.link.poll_downlink(now) {
            self.see(CapturePoint::Browser, Direction::Down, now, &packet);
            match (packet.client, &streams) {
                (ClientAddr::Udp(to), _) => socket.send(&packet.contents, to),
                (ClientAddr::Tcp(connection, _), Some(streams)) => streams.send(connection, packet.contents),
                (ClientAddr::Tcp(..), None) => {}
            }
        }
        let Some(streams) = &mut streams else { return };
        while let Some(event) = self.link.poll_handshake() {
            match event {
                // The router learns of a client by its first STUN message.
                HandshakeEvent::Requested(_) => {}
                HandshakeEvent::Established(id) => streams.establish(id),
                HandshakeEvent::GivenUp(id) => streams.close(id),
            }
        }
    }

    /// Records a packet where packets are captured.
    pub(super) fn see(&self, side: CapturePoint, direction: Direction, now: Instant, packet: &ClientPacket) {
        let Some(tap) = &self.tap else { return };
        let own = match packet.client {
            ClientAddr::Udp(_) => self.addresses.udp,
            ClientAddr::Tcp(..) => self.addresses.tcp.unwrap_or(self.addresses.udp),
        };
        let (from, to) = ends(direction, packet.client.address(), own);
        tap.see(side, now, from, to, payload(packet));
    }
}

fn ends(direction: Direction, client: SocketAddr, own: SocketAddr) -> (SocketAddr, SocketAddr) {
    match direction {
        Direction::Up => (client, own),
        Direction::Down => (own, client),
    }
}

/// Returns the datagram of a packet.
fn payload(packet: &ClientPacket) -> &[u8] {
    match packet.client {
        ClientAddr::Udp(_) => &packet.contents,
        ClientAddr::Tcp(..) => unframed(&packet.contents),
    }
}

/// Returns whether a datagram with this first byte is RTP or RTCP (RFC 7983 section 7).
fn is_rtp(first: u8) -> bool {
    (128..192).contains(&first)
}
