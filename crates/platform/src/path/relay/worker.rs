//! The task that joins a relay to its sockets.

use std::time::Instant;

use tokio::net::UdpSocket;
use tokio::sync::{mpsc, oneshot};

use super::recorder::RelayRecorder;
use super::sockets::{FromPeer, Sockets};
use super::tls::TlsSessions;
use crate::messaging::Now;
use crate::now;
use crate::path::capture::Side;
use crate::path::connections::{ConnectionEvent, Connections};
use crate::path::leg::{HandshakeEvent, Leg, LegCounters, LegPacket};
use crate::path::media_wall::MediaWall;
use crate::path::timer::Timer;
use crate::relay::{ConnectionId, MAX_MESSAGE_BYTES, RelayClient, RelayConfig, RelayOutput, RelayRequest, RelayServer};
use precall_netem::Direction;

/// How many datagrams are taken before others have their turn.
const MAX_BURST: usize = 64;

/// What a relay's path is asked while it runs.
pub(super) enum Ask {
    Begin(Instant),
    Counters(oneshot::Sender<LegCounters>),
}

/// The task's state.
pub(super) struct Worker {
    server: RelayServer,
    socket: UdpSocket,
    connections: Connections,
    /// Where clients may come by TLS.
    tls: Option<TlsSessions>,
    sockets: Sockets,
    leg: Leg,
    wall: Option<MediaWall>,
    recorder: Option<RelayRecorder>,
}

impl Worker {
    pub fn new(
        config: RelayConfig,
        socket: UdpSocket,
        connections: Connections,
        tls: Option<TlsSessions>,
        leg: Leg,
        wall: Option<MediaWall>,
        recorder: Option<RelayRecorder>,
    ) -> Self {
        let (host, peers) = (config.listen.ip(), config.peers.clone());
        Self {
            server: RelayServer::new(config, now().instant),
            socket,
            connections,
            tls,
            sockets: Sockets::new(host, &peers, wall.clone()),
            leg,
            wall,
            recorder,
        }
    }

    pub async fn run(
        mut self,
        mut requests: mpsc::UnboundedReceiver<RelayRequest>,
        mut asks: mpsc::UnboundedReceiver<Ask>,
    ) {
        let mut buffer = vec![0; MAX_MESSAGE_BYTES];
        let mut timer = Timer::new();
        loop {
            let next =
                [self.leg.next_departure(Instant::now()), self.server.poll_timeout()].into_iter().flatten().min();
            let reads_streams = !self.leg.is_full();
            tokio::select! {
                ask = asks.recv() => match ask {
                    Some(Ask::Begin(at)) => self.leg.begin(at),
                    // Whoever asked may have stopped waiting.
                    Some(Ask::Counters(reply)) => drop(reply.send(self.leg.counters())),
                    None => return,
                },
                // A platform that has ended asks nothing more; its relay goes on until it is dropped itself.
                Some(request) = requests.recv() => self.server.handle_request(request),
                ready = self.socket.readable() => match ready {
                    Ok(()) => self.read(&mut buffer),
                    Err(error) => tracing::warn!(%error, "the relay's socket broke"),
                },
                event = self.connections.next(reads_streams) => self.on_connection(event),
                datagram = self.sockets.next() => self.on_peers(datagram),
                () = timer.wait(next) => {}
            }
            self.advance();
        }
    }

    /// Puts the datagrams that came into the leg.
    fn read(&mut self, buffer: &mut [u8]) {
        for _ in 0..MAX_BURST {
            // An ICMP error for an earlier datagram shows up here as well: a client closed its socket, nothing more.
            let Ok((length, from)) = self.socket.try_recv_from(buffer) else { return };
            if let Some(wall) = &self.wall {
                wall.drop_datagram();
                continue;
            }
            let packet = LegPacket { client: RelayClient::Udp(from), contents: buffer[..length].to_vec() };
            self.enter(packet);
        }
    }

    fn enter(&mut self, packet: LegPacket) {
        let now = Instant::now();
        // What TLS hides can be recorded behind the link alone.
        if !self.has_tls(packet.client) {
            self.see(Side::Browser, Direction::Up, now, &packet);
        }
        self.leg.send_up(now, packet);
    }

    fn has_tls(&self, client: RelayClient) -> bool {
        matches!((client, &self.tls), (RelayClient::Tcp(id, _), Some(tls)) if tls.has(id))
    }

    fn see(&mut self, side: Side, direction: Direction, now: Instant, packet: &LegPacket) {
        if let Some(recorder) = &mut self.recorder {
            recorder.see(side, direction, now, packet, &self.server);
        }
    }

    /// A connection has ended, or is closed now.
    fn forget(&mut self, connection: ConnectionId) {
        self.connections.close(connection);
        self.leg.disconnect(connection);
        if let Some(tls) = &mut self.tls {
            tls.end(connection);
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.forget(connection);
        }
    }

    fn end(&mut self, now: Now, connection: ConnectionId) {
        self.server.handle_disconnected(now, connection);
        self.forget(connection);
    }

    fn on_connection(&mut self, event: ConnectionEvent) {
        match event {
            ConnectionEvent::Accepted { id, is_tls, .. } => self.accept(id, is_tls),
            ConnectionEvent::Ended(id) => self.end(now(), id),
            ConnectionEvent::Received(id, contents) => {
                if let Some(from) = self.connections.address(id) {
                    let client = RelayClient::Tcp(id, from);
                    self.enter(LegPacket { client, contents });
                }
            }
        }
    }

    /// A client's handshake begins. One that a firewall stops is never answered: it stays as it is until the relay ends.
    fn accept(&mut self, id: ConnectionId, is_tls: bool) {
        if !is_tls && self.wall.as_ref().is_some_and(|wall| !wall.lets_plain_tcp_in()) {
            return;
        }
        if let Some(tls) = self.tls.as_mut().filter(|_| is_tls)
            && let Err(error) = tls.begin(id)
        {
            tracing::warn!(%error, "the relay cannot speak TLS");
            return self.connections.close(id);
        }
        let now = Instant::now();
        if let Some(recorder) = &mut self.recorder {
            recorder.connect(now, id);
        }
        self.leg.connect(now, id);
    }

    fn on_handshake(&mut self, now: Now, event: HandshakeEvent) {
        match event {
            HandshakeEvent::Requested(id) => {
                if let Some(from) = self.connections.address(id) {
                    self.server.handle_connected(now, id, from);
                }
            }
            HandshakeEvent::Established(id) => self.connections.establish(id),
            HandshakeEvent::GivenUp(id) => self.end(now, id),
        }
    }

    fn on_peers(&mut self, first: FromPeer) {
        let (mut next, mut taken) = (Some(first), 0);
        while let Some(FromPeer { allocation, peer, contents }) = next {
            self.server.handle_peer(now(), allocation, peer, &contents);
            taken += 1;
            next = if taken < MAX_BURST { self.sockets.try_next() } else { None };
        }
    }

    /// Moves everything that is due: through the leg up, the relay, and the leg down.
    fn advance(&mut self) {
        let now = now();
        self.server.handle_timeout(now.instant);
        while let Some((_, packet)) = self.leg.receive_up(now.instant) {
            self.arrive(now, packet);
        }
        self.perform(now);
        while let Some(packet) = self.leg.receive_down(now.instant) {
            self.leave(now, packet);
        }
        while let Some(event) = self.leg.next_handshake_event() {
            self.on_handshake(now, event);
        }
        // Whom the server has no room for is disconnected at once.
        self.perform(now);
    }

    /// A packet has come through to the relay.
    fn arrive(&mut self, now: Now, packet: LegPacket) {
        let Some(packet) = self.decrypted(now, packet) else { return };
        self.see(Side::Platform, Direction::Up, now.instant, &packet);
        let LegPacket { client, contents } = packet;
        match client {
            RelayClient::Udp(from) => self.server.handle_datagram(now, from, &contents),
            RelayClient::Tcp(id, _) => self.server.handle_stream(now, id, &contents),
        }
    }

    /// A packet without TLS; `None` when nothing is left of it. A client that does not speak TLS where it has to is disconnected.
    fn decrypted(&mut self, now: Now, packet: LegPacket) -> Option<LegPacket> {
        let (RelayClient::Tcp(id, _), Some(tls)) = (packet.client, self.tls.as_mut()) else { return Some(packet) };
        if !tls.has(id) {
            return Some(packet);
        }
        let received = tls.receive(id, &packet.contents);
        let output = tls.take_output(id);
        self.send_down(now, LegPacket { client: packet.client, contents: output });
        match received {
            Ok(contents) => (!contents.is_empty()).then_some(LegPacket { contents, ..packet }),
            Err(error) => {
                tracing::debug!(%error, "a client of the relay does not speak TLS");
                self.end(now, id);
                None
            }
        }
    }

    /// The relay sends a message to a client. What is dropped is dropped before TLS, whose records must all arrive.
    fn send(&mut self, now: Now, client: RelayClient, contents: Vec<u8>) {
        let is_data = is_data(&contents);
        let packet = LegPacket { client, contents };
        self.see(Side::Platform, Direction::Down, now.instant, &packet);
        if !self.leg.takes_down(client, is_data) {
            return;
        }
        match (client, &mut self.tls) {
            (RelayClient::Tcp(id, _), Some(tls)) if tls.has(id) => {
                tls.send(id, &packet.contents);
                let contents = tls.take_output(id);
                self.send_down(now, LegPacket { client, contents });
            }
            _ => self.send_down(now, packet),
        }
    }

    fn send_down(&mut self, now: Now, packet: LegPacket) {
        if !packet.contents.is_empty() {
            self.leg.send_down(now.instant, packet);
        }
    }

    /// A packet has come through to a client.
    fn leave(&mut self, now: Now, packet: LegPacket) {
        let has_tls = self.has_tls(packet.client);
        if !has_tls {
            self.see(Side::Browser, Direction::Down, now.instant, &packet);
        }
        let LegPacket { client, contents } = packet;
        match client {
            // A full socket buffer or a client that is gone loses packets, as networks do.
            RelayClient::Udp(to) => drop(self.socket.try_send_to(&contents, to)),
            RelayClient::Tcp(id, _) => {
                let is_sent = self.connections.send(id, contents);
                // Without one of its records nothing behind it can be read.
                if has_tls && !is_sent {
                    self.end(now, id);
                }
            }
        }
    }

    /// Does what the server wants done.
    fn perform(&mut self, now: Now) {
        while let Some(output) = self.server.poll_output() {
            match output {
                RelayOutput::ToClient { client, contents } => self.send(now, client, contents),
                RelayOutput::ToPeer { allocation, peer, contents } => self.sockets.send(allocation, peer, &contents),
                RelayOutput::Release(allocation) => self.sockets.release(allocation),
                RelayOutput::Open { allocation, port } => {
                    let opened = self.sockets.open(allocation, port);
                    let opened = opened.inspect_err(|error| tracing::warn!(%error, "the relay has no socket to give"));
                    self.server.handle_opened(now, allocation, opened.ok());
                }
                RelayOutput::Close(allocation) => self.sockets.close(allocation),
                RelayOutput::Disconnect(connection) => self.forget(connection),
            }
        }
    }
}

/// Whether a message to a client holds what a peer sent: channel data, or a Data indication.
fn is_data(contents: &[u8]) -> bool {
    contents.first().is_some_and(|first| first >> 6 == 1) || contents.starts_with(&[0x00, 0x17])
}
