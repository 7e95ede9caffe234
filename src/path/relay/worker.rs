//! The task that joins a relay to its sockets.

use std::time::Instant;

use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{mpsc, oneshot};

use super::recorder::RelayRecorder;
use super::sockets::{FromPeer, Sockets};
use crate::network::Direction;
use crate::path::capture::Side;
use crate::path::connections::{ConnectionEvent, Connections};
use crate::path::leg::{Leg, LegCounters, LegPacket};
use crate::path::timer::Timer;
use crate::path::udp_wall::UdpWall;
use crate::platform::now;
use crate::platform::relay::{
    ConnectionId, MAX_MESSAGE_BYTES, RelayClient, RelayConfig, RelayOutput, RelayRequest, RelayServer,
};

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
    sockets: Sockets,
    leg: Leg,
    wall: Option<UdpWall>,
    recorder: Option<RelayRecorder>,
}

impl Worker {
    pub fn new(
        config: RelayConfig,
        socket: UdpSocket,
        listener: TcpListener,
        leg: Leg,
        wall: Option<UdpWall>,
        recorder: Option<RelayRecorder>,
    ) -> Self {
        let (host, peers) = (config.listen.ip(), config.peers.clone());
        Self {
            server: RelayServer::new(config, now().instant),
            socket,
            connections: Connections::new(listener),
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
                wall.drop_one();
                continue;
            }
            let packet = LegPacket { client: RelayClient::Udp(from), contents: buffer[..length].to_vec() };
            self.enter(packet);
        }
    }

    fn enter(&mut self, packet: LegPacket) {
        let now = Instant::now();
        self.see(Side::Browser, Direction::Up, now, &packet);
        self.leg.send_up(now, packet);
    }

    fn see(&mut self, side: Side, direction: Direction, now: Instant, packet: &LegPacket) {
        if let Some(recorder) = &mut self.recorder {
            recorder.see(side, direction, now, packet, &self.server);
        }
    }

    fn forget(&mut self, connection: ConnectionId) {
        if let Some(recorder) = &mut self.recorder {
            recorder.forget(connection);
        }
    }

    /// Connections begin and end without the leg: their handshakes are the kernel's.
    fn on_connection(&mut self, event: ConnectionEvent) {
        match event {
            ConnectionEvent::Connected(id, from) => self.server.handle_connected(now(), id, from),
            ConnectionEvent::Ended(id) => {
                self.server.handle_disconnected(now(), id);
                self.forget(id);
            }
            ConnectionEvent::Received(id, contents) => {
                if let Some(from) = self.connections.address(id) {
                    let client = RelayClient::Tcp(id, from);
                    self.enter(LegPacket { client, contents });
                }
            }
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
            self.see(Side::Platform, Direction::Up, now.instant, &packet);
            let LegPacket { client, contents } = packet;
            match client {
                RelayClient::Udp(from) => self.server.handle_datagram(now, from, &contents),
                RelayClient::Tcp(id, _) => self.server.handle_stream(now, id, &contents),
            }
        }
        while let Some(output) = self.server.poll_output() {
            match output {
                RelayOutput::ToClient { client, contents } => {
                    let (is_data, packet) = (is_data(&contents), LegPacket { client, contents });
                    self.see(Side::Platform, Direction::Down, now.instant, &packet);
                    self.leg.send_down(now.instant, packet, is_data);
                }
                RelayOutput::ToPeer { allocation, peer, contents } => self.sockets.send(allocation, peer, &contents),
                RelayOutput::Open(allocation) => {
                    let opened = self.sockets.open(allocation);
                    let opened = opened.inspect_err(|error| tracing::warn!(%error, "the relay has no socket to give"));
                    self.server.handle_opened(now, allocation, opened.ok());
                }
                RelayOutput::Close(allocation) => self.sockets.close(allocation),
                RelayOutput::Disconnect(connection) => {
                    self.connections.close(connection);
                    self.forget(connection);
                }
            }
        }
        while let Some(packet) = self.leg.receive_down(now.instant) {
            self.see(Side::Browser, Direction::Down, now.instant, &packet);
            let LegPacket { client, contents } = packet;
            match client {
                // A full socket buffer or a client that is gone loses packets, as networks do.
                RelayClient::Udp(to) => drop(self.socket.try_send_to(&contents, to)),
                RelayClient::Tcp(id, _) => self.connections.send(id, contents),
            }
        }
    }
}

/// Whether a message to a client holds what a peer sent: channel data, or a Data indication.
fn is_data(contents: &[u8]) -> bool {
    contents.first().is_some_and(|first| first >> 6 == 1) || contents.starts_with(&[0x00, 0x17])
}
