//! The task that moves packets between the sockets, the links and the router.

use std::net::SocketAddr;
use std::time::Instant;

use tokio::sync::{mpsc, oneshot};

use super::streams::{StreamEvent, Streams};
use crate::media::{MediaAddresses, MediaEvent, MediaRequest, Remote, Router, RouterOutput, framed, unframed};
use crate::path::capture::{Side, Tap};
use crate::path::datagrams::{Datagrams, MAX_BURST};
use crate::path::leg::{HandshakeEvent, Leg, LegCounters, LegPacket};
use crate::path::media_wall::MediaWall;
use crate::path::timer::Timer;
use crate::relay::RelayClient;
use precall_netem::Direction;

/// How many peers get time before packets have their turn.
const MAX_TIMEOUTS: usize = 8;

/// What a path is asked while it runs.
pub(super) enum Ask {
    Begin(Instant),
    Counters(oneshot::Sender<LegCounters>),
    PeerCounts(oneshot::Sender<(usize, usize)>),
}

/// The task's state.
pub(super) struct Worker {
    pub addresses: MediaAddresses,
    pub socket: Datagrams,
    pub streams: Option<Streams>,
    pub leg: Leg,
    pub router: Router,
    pub events: mpsc::UnboundedSender<MediaEvent>,
    pub wall: Option<MediaWall>,
    pub tap: Option<Tap>,
    /// The time that the router was given last. It must not go back.
    pub router_time: Instant,
}

impl Worker {
    pub async fn run(mut self, mut requests: mpsc::Receiver<MediaRequest>, mut asks: mpsc::UnboundedReceiver<Ask>) {
        let mut timer = Timer::new();
        loop {
            let idle = self.streams.as_ref().and_then(Streams::poll_timeout);
            let next = [self.leg.next_departure(Instant::now()), self.router.poll_timeout(), idle];
            let next = next.into_iter().flatten().min();
            let reads_streams = !self.leg.is_full();
            tokio::select! {
                request = requests.recv() => match request {
                    Some(request) => {
                        let now = self.router_time(Instant::now());
                        self.router.handle_request(now, request);
                    }
                    None => return,
                },
                ask = asks.recv() => match ask {
                    Some(Ask::Begin(now)) => self.leg.begin(now),
                    // Whoever asked may have stopped waiting.
                    Some(Ask::Counters(reply)) => drop(reply.send(self.leg.counters())),
                    Some(Ask::PeerCounts(reply)) => drop(reply.send(self.router.peer_counts())),
                    None => return,
                },
                ready = self.socket.readable() => match ready {
                    Ok(()) => self.read(),
                    Err(error) => tracing::warn!(%error, "the media path's socket broke"),
                },
                event = Streams::next(self.streams.as_mut(), reads_streams) => self.on_stream(Instant::now(), event),
                () = timer.wait(next) => {}
            }
            self.advance(Instant::now());
        }
    }

    /// Puts the datagrams that came into the link up.
    fn read(&mut self) {
        for _ in 0..MAX_BURST {
            let Some((peer, contents)) = self.socket.try_receive() else { return };
            if self.wall.as_ref().is_some_and(|wall| !wall.lets_in(peer)) {
                continue;
            }
            let packet = LegPacket { client: RelayClient::Udp(peer), contents };
            self.enter(Instant::now(), packet);
        }
    }

    fn on_stream(&mut self, now: Instant, event: StreamEvent) {
        match event {
            StreamEvent::Accepted(id) => self.leg.connect(now, id),
            StreamEvent::Received(packets) => packets.into_iter().for_each(|packet| self.enter(now, packet)),
            StreamEvent::Ended(id) => self.leg.disconnect(id),
        }
    }

    fn enter(&mut self, now: Instant, packet: LegPacket) {
        self.see(Side::Browser, Direction::Up, now, &packet);
        self.leg.send_up(now, packet);
    }

    /// The time to give the router for something that happened at `at`.
    fn router_time(&mut self, at: Instant) -> Instant {
        self.router_time = self.router_time.max(at);
        self.router_time
    }

    /// Moves everything that is due: through the link up, the router, and the link down.
    fn advance(&mut self, now: Instant) {
        // Packet by packet, so that none waits for the router to be done with those behind it. The router sees each at the
        // moment at which it left the link: a host that is late would look like a queue to congestion control.
        while let Some((at, packet)) = self.leg.receive_up(now) {
            let at = self.router_time(at);
            self.see(Side::Platform, Direction::Up, at, &packet);
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

    /// A packet has come through to the router.
    fn arrive(&mut self, now: Instant, packet: &LegPacket) {
        match packet.client {
            RelayClient::Udp(from) => {
                self.router.handle_datagram(now, from, &packet.contents);
            }
            RelayClient::Tcp(connection, from) => {
                let is_known = self.router.handle_datagram(now, Remote::Tcp(from), unframed(&packet.contents));
                if let Some(streams) = self.streams.as_mut().filter(|_| is_known) {
                    streams.note_use(now, connection);
                }
            }
        }
    }

    /// Sends what the router wants sent and the link down lets out.
    fn flush(&mut self, now: Instant) {
        while let Some(output) = self.router.poll_output() {
            match output {
                RouterOutput::Transmit { destination, contents } => self.leave(now, destination, contents),
                // The platform ends before its path does; what is said after that concerns nobody.
                RouterOutput::Event(event) => drop(self.events.send(event)),
            }
        }
        while let Some(packet) = self.leg.receive_down(now) {
            self.see(Side::Browser, Direction::Down, now, &packet);
            match (packet.client, &self.streams) {
                (RelayClient::Udp(to), _) => self.socket.send(&packet.contents, to),
                (RelayClient::Tcp(connection, _), Some(streams)) => streams.send(connection, packet.contents),
                (RelayClient::Tcp(..), None) => {}
            }
        }
        self.finish_handshakes();
    }

    fn finish_handshakes(&mut self) {
        let Some(streams) = &mut self.streams else { return };
        while let Some(event) = self.leg.next_handshake_event() {
            match event {
                // The router learns of a client by its first STUN message.
                HandshakeEvent::Requested(_) => {}
                HandshakeEvent::Established(id) => streams.establish(id),
                HandshakeEvent::GivenUp(id) => streams.close(id),
            }
        }
    }

    /// The router sends something.
    fn leave(&mut self, now: Instant, destination: Remote, contents: Vec<u8>) {
        let packet = match destination {
            Remote::Udp(to) => Some(LegPacket { client: RelayClient::Udp(to), contents }),
            // A connection that has ended gets nothing more; its client asks by another.
            Remote::Tcp(to) => self.streams.as_ref().and_then(|streams| {
                let client = RelayClient::Tcp(streams.connection(to)?, to);
                Some(LegPacket { client, contents: framed(&contents)? })
            }),
        };
        if let Some(packet) = packet {
            self.see(Side::Platform, Direction::Down, now, &packet);
            let is_media = payload(&packet).first().is_some_and(|first| is_rtp(*first));
            if self.leg.takes_down(packet.client, is_media) {
                self.leg.send_down(now, packet);
            }
        }
    }

    fn see(&self, side: Side, direction: Direction, now: Instant, packet: &LegPacket) {
        let Some(tap) = &self.tap else { return };
        let own = match packet.client {
            RelayClient::Udp(_) => self.addresses.udp,
            RelayClient::Tcp(..) => self.addresses.tcp.unwrap_or(self.addresses.udp),
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

/// The datagram of a packet.
fn payload(packet: &LegPacket) -> &[u8] {
    match packet.client {
        RelayClient::Udp(_) => &packet.contents,
        RelayClient::Tcp(..) => unframed(&packet.contents),
    }
}

/// Whether a datagram that begins so is RTP or RTCP (RFC 7983 section 7).
fn is_rtp(first: u8) -> bool {
    (128..192).contains(&first)
}
