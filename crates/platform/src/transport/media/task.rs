//! The task that moves packets between the sockets, the links and the router.

use std::net::SocketAddr;
use std::time::Instant;

use tokio::sync::{mpsc, oneshot};

use super::tcp_clients::{TcpClients, TcpEvent};
use crate::media::{MediaAddresses, MediaEvent, MediaRequest, PeerAddr, Router, RouterOutput, framed, unframed};
use crate::transport::access_link::{AccessCounters, AccessLink, ClientPacket, HandshakeEvent};
use crate::transport::capture::{CapturePoint, Tap};
use crate::transport::client_addr::ClientAddr;
use crate::transport::datagrams::{Datagrams, MAX_BURST};
use crate::transport::media_firewall::MediaFirewall;
use crate::transport::timer::Timer;
use precall_netem::{Direction, NetworkConfig};

/// How many peers get time before packets have their turn.
const MAX_TIMEOUTS: usize = 8;

/// A request to a running media endpoint.
pub(super) enum MediaControl {
    Begin(Instant),
    /// Changes the links of datagrams.
    Change(Box<NetworkConfig>),
    Counters(oneshot::Sender<AccessCounters>),
    PeerCounts(oneshot::Sender<(usize, usize)>),
}

/// The task's state.
pub(super) struct MediaTask {
    pub addresses: MediaAddresses,
    pub socket: Datagrams,
    pub streams: Option<TcpClients>,
    pub access_link: AccessLink,
    pub router: Router,
    pub events: mpsc::UnboundedSender<MediaEvent>,
    pub firewall: Option<MediaFirewall>,
    pub tap: Option<Tap>,
    /// The time that the router was given last. It must not go back.
    pub router_time: Instant,
}

impl MediaTask {
    pub(super) async fn run(
        mut self,
        mut requests: mpsc::Receiver<MediaRequest>,
        mut controls: mpsc::UnboundedReceiver<MediaControl>,
    ) {
        let mut timer = Timer::new();
        loop {
            let idle = self.streams.as_ref().and_then(TcpClients::poll_timeout);
            let next = [self.access_link.poll_timeout(Instant::now()), self.router.poll_timeout(), idle];
            let next = next.into_iter().flatten().min();
            let reads_streams = !self.access_link.is_full();
            tokio::select! {
                request = requests.recv() => match request {
                    Some(request) => {
                        let now = self.router_time(Instant::now());
                        self.router.handle_request(now, request);
                    }
                    None => return,
                },
                control = controls.recv() => match control {
                    Some(MediaControl::Begin(now)) => self.access_link.begin(now),
                    Some(MediaControl::Change(network)) => self.access_link.change(Instant::now(), &network),
                    // The receiver may have stopped waiting.
                    Some(MediaControl::Counters(reply)) => drop(reply.send(self.access_link.counters())),
                    Some(MediaControl::PeerCounts(reply)) => drop(reply.send(self.router.peer_counts())),
                    None => return,
                },
                ready = self.socket.readable() => match ready {
                    Ok(()) => self.read(),
                    Err(error) => tracing::warn!(%error, "the socket of the media endpoint failed"),
                },
                event = TcpClients::next(self.streams.as_mut(), reads_streams) => self.on_stream(Instant::now(), event),
                () = timer.wait(next) => {}
            }
            self.advance(Instant::now());
        }
    }

    /// Puts the datagrams that came into the link up.
    fn read(&mut self) {
        for _ in 0..MAX_BURST {
            let Some((peer, contents)) = self.socket.try_receive() else { return };
            if self.firewall.as_ref().is_some_and(|firewall| !firewall.lets_in(peer)) {
                continue;
            }
            let packet = ClientPacket { client: ClientAddr::Udp(peer), contents };
            self.enter(Instant::now(), packet);
        }
    }

    fn on_stream(&mut self, now: Instant, event: TcpEvent) {
        match event {
            TcpEvent::Accepted(id) => self.access_link.handle_connect(now, id),
            TcpEvent::Received(packets) => packets.into_iter().for_each(|packet| self.enter(now, packet)),
            TcpEvent::Ended(id) => self.access_link.handle_disconnect(id),
        }
    }

    fn enter(&mut self, now: Instant, packet: ClientPacket) {
        self.see(CapturePoint::Browser, Direction::Up, now, &packet);
        self.access_link.handle_uplink(now, packet);
    }

    /// Returns the time to pass to the router for an event at `at`.
    fn router_time(&mut self, at: Instant) -> Instant {
        self.router_time = self.router_time.max(at);
        self.router_time
    }

    /// Moves everything that is due: through the link up, the router, and the link down.
    fn advance(&mut self, now: Instant) {
        // Packet by packet, so that none waits for the router to be done with those behind it. The router sees each at
        // the moment at which it left the link: a host that is late would look like a queue to congestion control.
        while let Some((at, packet)) = self.access_link.poll_uplink(now) {
            let at = self.router_time(at);
            self.see(CapturePoint::Platform, Direction::Up, at, &packet);
            self.arrive(at, &packet);
            self.flush(at);
        }
        self.router_time(now);
        for _ in 0..MAX_TIMEOUTS {
            if self.router.poll_timeout().is_none_or(|at| at > now) {
                break;
            }
            self.router.handle_first_timeout(now);
            self.flush(now);
        }
        if let Some(streams) = &mut self.streams {
            streams.handle_timeout(now);
        }
        self.flush(now);
    }

    /// Passes a packet that has arrived to the router.
    fn arrive(&mut self, now: Instant, packet: &ClientPacket) {
        match packet.client {
            ClientAddr::Udp(from) => {
                self.router.handle_datagram(now, from, &packet.contents);
            }
            ClientAddr::Tcp(connection, from) => {
                let is_known = self.router.handle_datagram(now, PeerAddr::Tcp(from), unframed(&packet.contents));
                if let Some(streams) = self.streams.as_mut().filter(|_| is_known) {
                    streams.note_use(now, connection);
                }
            }
        }
    }

    /// Passes the outputs of the router on, and sends the packets that have left the downlink.
    fn flush(&mut self, now: Instant) {
        while let Some(output) = self.router.poll_output() {
            match output {
                RouterOutput::Transmit { destination, contents } => self.leave(now, destination, contents),
                // The platform ends before its media endpoint; later events have no receiver.
                RouterOutput::Event(event) => drop(self.events.send(event)),
            }
        }
        while let Some(packet) = self.access_link.poll_downlink(now) {
            self.see(CapturePoint::Browser, Direction::Down, now, &packet);
            match (packet.client, &self.streams) {
                (ClientAddr::Udp(to), _) => self.socket.send(&packet.contents, to),
                (ClientAddr::Tcp(connection, _), Some(streams)) => streams.send(connection, packet.contents),
                (ClientAddr::Tcp(..), None) => {}
            }
        }
        self.finish_handshakes();
    }

    fn finish_handshakes(&mut self) {
        let Some(streams) = &mut self.streams else { return };
        while let Some(event) = self.access_link.poll_handshake() {
            match event {
                // The router learns of a client by its first STUN message.
                HandshakeEvent::Requested(_) => {}
                HandshakeEvent::Established(id) => streams.establish(id),
                HandshakeEvent::GivenUp(id) => streams.close(id),
            }
        }
    }

    /// Passes a datagram of the router to the link.
    fn leave(&mut self, now: Instant, destination: PeerAddr, contents: Vec<u8>) {
        let packet = match destination {
            PeerAddr::Udp(to) => Some(ClientPacket { client: ClientAddr::Udp(to), contents }),
            // A connection that has ended receives nothing more; its client uses another.
            PeerAddr::Tcp(to) => self.streams.as_ref().and_then(|streams| {
                let client = ClientAddr::Tcp(streams.connection(to)?, to);
                Some(ClientPacket { client, contents: framed(&contents)? })
            }),
        };
        if let Some(packet) = packet {
            self.see(CapturePoint::Platform, Direction::Down, now, &packet);
            let is_media = payload(&packet).first().is_some_and(|first| is_rtp(*first));
            if self.access_link.accepts_downlink(packet.client, is_media) {
                self.access_link.handle_downlink(now, packet);
            }
        }
    }

    fn see(&self, side: CapturePoint, direction: Direction, now: Instant, packet: &ClientPacket) {
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
