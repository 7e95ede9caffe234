//! The task that joins a relay to its sockets.

use std::time::Instant;

use tokio::net::UdpSocket;
use tokio::sync::{mpsc, oneshot};

use super::recorder::RelayRecorder;
use super::relayed_sockets::{FromPeer, RelayedSockets};
use super::tls::TlsSessions;
use crate::clock::Now;
use crate::relay::{MAX_MESSAGE_BYTES, RelayConfig, RelayOutput, RelayRequest, RelayServer};
use crate::transport::access_link::{AccessCounters, AccessLink, ClientPacket, HandshakeEvent};
use crate::transport::capture::CapturePoint;
use crate::transport::client_addr::{ClientAddr, ConnectionId};
use crate::transport::connections::{ConnectionEvent, Connections};
use crate::transport::media_firewall::MediaFirewall;
use crate::transport::timer::Timer;
use precall_netem::Direction;

/// How many datagrams are taken before others have their turn.
const MAX_BURST: usize = 64;

/// A request to a running relay.
pub(super) enum RelayControl {
    Begin(Instant),
    Counters(oneshot::Sender<AccessCounters>),
}

/// The task's state.
pub(super) struct RelayTask {
    server: RelayServer,
    socket: UdpSocket,
    connections: Connections,
    /// Where clients may come by TLS.
    tls: Option<TlsSessions>,
    sockets: RelayedSockets,
    access_link: AccessLink,
    firewall: Option<MediaFirewall>,
    recorder: Option<RelayRecorder>,
}

impl RelayTask {
    pub(super) fn new(
        config: RelayConfig,
        socket: UdpSocket,
        connections: Connections,
        tls: Option<TlsSessions>,
        access_link: AccessLink,
        firewall: Option<MediaFirewall>,
        recorder: Option<RelayRecorder>,
    ) -> Self {
        let (host, peers) = (config.listen.ip(), config.peers.clone());
        Self {
            server: RelayServer::new(config, Now::read().instant),
            socket,
            connections,
            tls,
            sockets: RelayedSockets::new(host, &peers, firewall.clone()),
            access_link,
            firewall,
            recorder,
        }
    }

    pub(super) async fn run(
        mut self,
        mut requests: mpsc::UnboundedReceiver<RelayRequest>,
        mut controls: mpsc::UnboundedReceiver<RelayControl>,
    ) {
        let mut buffer = vec![0; MAX_MESSAGE_BYTES];
        let mut timer = Timer::new();
        loop {
            let next =
                [self.access_link.poll_timeout(Instant::now()), self.server.poll_timeout()].into_iter().flatten().min();
            let reads_streams = !self.access_link.is_full();
            tokio::select! {
                control = controls.recv() => match control {
                    Some(RelayControl::Begin(at)) => self.access_link.begin(at),
                    // The receiver may have stopped waiting.
                    Some(RelayControl::Counters(reply)) => drop(reply.send(self.access_link.counters())),
                    None => return,
                },
                // A platform that has ended sends no more requests; its relay runs until it is dropped itself.
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

    /// Passes the datagrams that arrived to the access link.
    fn read(&mut self, buffer: &mut [u8]) {
        for _ in 0..MAX_BURST {
            // An ICMP error for an earlier datagram shows up here as well: a client closed its socket, nothing more.
            let Ok((length, from)) = self.socket.try_recv_from(buffer) else { return };
            if let Some(firewall) = &self.firewall {
                firewall.drop_datagram();
                continue;
            }
            let packet = ClientPacket { client: ClientAddr::Udp(from), contents: buffer[..length].to_vec() };
            self.enter(packet);
        }
    }

    fn enter(&mut self, packet: ClientPacket) {
        let now = Instant::now();
        // Messages inside TLS can be recorded only behind the link.
        if !self.has_tls(packet.client) {
            self.see(CapturePoint::Browser, Direction::Up, now, &packet);
        }
        self.access_link.handle_uplink(now, packet);
    }

    fn has_tls(&self, client: ClientAddr) -> bool {
        matches!((client, &self.tls), (ClientAddr::Tcp(id, _), Some(tls)) if tls.has(id))
    }

    fn see(&mut self, side: CapturePoint, direction: Direction, now: Instant, packet: &ClientPacket) {
        if let Some(recorder) = &mut self.recorder {
            recorder.see(side, direction, now, packet, &self.server);
        }
    }

    /// Forgets a connection that has ended, or closes it.
    fn forget(&mut self, connection: ConnectionId) {
        self.connections.close(connection);
        self.access_link.handle_disconnect(connection);
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
            ConnectionEvent::Ended(id) => self.end(Now::read(), id),
            ConnectionEvent::Received(id, contents) => {
                if let Some(from) = self.connections.address(id) {
                    let client = ClientAddr::Tcp(id, from);
                    self.enter(ClientPacket { client, contents });
                }
            }
        }
    }

    /// Begins a client's handshake. One that a firewall stops is never answered: it stays pending until the relay ends.
    fn accept(&mut self, id: ConnectionId, is_tls: bool) {
        if !is_tls && self.firewall.as_ref().is_some_and(|firewall| !firewall.lets_plain_tcp_in()) {
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
        self.access_link.handle_connect(now, id);
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
            self.server.handle_peer(Now::read(), allocation, peer, &contents);
            taken += 1;
            next = if taken < MAX_BURST { self.sockets.try_next() } else { None };
        }
    }

    /// Moves everything that is due: through the uplink, the relay and the downlink.
    fn advance(&mut self) {
        let now = Now::read();
        self.server.handle_timeout(now.instant);
        while let Some((_, packet)) = self.access_link.poll_uplink(now.instant) {
            self.arrive(now, packet);
        }
        self.perform(now);
        while let Some(packet) = self.access_link.poll_downlink(now.instant) {
            self.leave(now, packet);
        }
        while let Some(event) = self.access_link.poll_handshake() {
            self.on_handshake(now, event);
        }
        // A client that the server has no room for is disconnected at once.
        self.perform(now);
    }

    /// Passes a packet that has arrived to the relay.
    fn arrive(&mut self, now: Now, packet: ClientPacket) {
        let Some(packet) = self.decrypted(now, packet) else { return };
        self.see(CapturePoint::Platform, Direction::Up, now.instant, &packet);
        let ClientPacket { client, contents } = packet;
        match client {
            ClientAddr::Udp(from) => self.server.handle_datagram(now, from, &contents),
            ClientAddr::Tcp(id, _) => self.server.handle_stream(now, id, &contents),
        }
    }

    /// Returns a packet without TLS; `None` when nothing is left of it. A client that does not use TLS where it must is
    /// disconnected.
    fn decrypted(&mut self, now: Now, packet: ClientPacket) -> Option<ClientPacket> {
        let (ClientAddr::Tcp(id, _), Some(tls)) = (packet.client, self.tls.as_mut()) else { return Some(packet) };
        if !tls.has(id) {
            return Some(packet);
        }
        let received = tls.receive(id, &packet.contents);
        let output = tls.take_output(id);
        self.send_down(now, ClientPacket { client: packet.client, contents: output });
        match received {
            Ok(contents) => (!contents.is_empty()).then_some(ClientPacket { contents, ..packet }),
            Err(error) => {
                tracing::debug!(%error, "a client of the relay does not speak TLS");
                self.end(now, id);
                None
            }
        }
    }

    /// Passes a message of the relay to the link. Messages are dropped before TLS, whose records must all arrive.
    fn send(&mut self, now: Now, client: ClientAddr, contents: Vec<u8>) {
        let is_data = is_data(&contents);
        let packet = ClientPacket { client, contents };
        self.see(CapturePoint::Platform, Direction::Down, now.instant, &packet);
        if !self.access_link.accepts_downlink(client, is_data) {
            return;
        }
        match (client, &mut self.tls) {
            (ClientAddr::Tcp(id, _), Some(tls)) if tls.has(id) => {
                tls.send(id, &packet.contents);
                let contents = tls.take_output(id);
                self.send_down(now, ClientPacket { client, contents });
            }
            _ => self.send_down(now, packet),
        }
    }

    fn send_down(&mut self, now: Now, packet: ClientPacket) {
        if !packet.contents.is_empty() {
            self.access_link.handle_downlink(now.instant, packet);
        }
    }

    /// Sends a packet that has arrived at a client.
    fn leave(&mut self, now: Now, packet: ClientPacket) {
        let has_tls = self.has_tls(packet.client);
        if !has_tls {
            self.see(CapturePoint::Browser, Direction::Down, now.instant, &packet);
        }
        let ClientPacket { client, contents } = packet;
        match client {
            // A full socket buffer or a client that is gone loses packets, as networks do.
            ClientAddr::Udp(to) => drop(self.socket.try_send_to(&contents, to)),
            ClientAddr::Tcp(id, _) => {
                let is_sent = self.connections.send(id, contents);
                // Without one of its records nothing behind it can be read.
                if has_tls && !is_sent {
                    self.end(now, id);
                }
            }
        }
    }

    /// Carries out the outputs of the relay.
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

/// Returns whether a message to a client holds a peer's datagram: channel data, or a Data indication.
fn is_data(contents: &[u8]) -> bool {
    contents.first().is_some_and(|first| first >> 6 == 1) || contents.starts_with(&[0x00, 0x17])
}
