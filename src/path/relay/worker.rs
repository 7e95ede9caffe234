//! The task that joins a relay to its sockets.

use std::time::Instant;

use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{mpsc, oneshot};

use super::connections::{ConnectionEvent, Connections};
use super::leg::{Leg, LegPacket, RelayCounters};
use super::sockets::{FromPeer, Sockets};
use crate::path::timer::Timer;
use crate::path::udp_wall::UdpWall;
use crate::platform::now;
use crate::platform::relay::{MAX_MESSAGE_BYTES, RelayClient, RelayConfig, RelayOutput, RelayRequest, RelayServer};

/// How many datagrams are taken before others have their turn.
const MAX_BURST: usize = 64;

/// What a relay's path is asked while it runs.
pub(super) enum Ask {
    Begin(Instant),
    Counters(oneshot::Sender<RelayCounters>),
}

/// The task's state.
pub(super) struct Worker {
    server: RelayServer,
    socket: UdpSocket,
    connections: Connections,
    sockets: Sockets,
    leg: Leg,
    wall: Option<UdpWall>,
}

impl Worker {
    pub fn new(config: RelayConfig, socket: UdpSocket, listener: TcpListener, leg: Leg, wall: Option<UdpWall>) -> Self {
        let (host, peers) = (config.listen.ip(), config.peers.clone());
        Self {
            server: RelayServer::new(config, now().instant),
            socket,
            connections: Connections::new(listener),
            sockets: Sockets::new(host, &peers, wall.clone()),
            leg,
            wall,
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
            self.leg.send_up(Instant::now(), packet);
        }
    }

    /// Connections begin and end without the leg: their handshakes are the kernel's.
    fn on_connection(&mut self, event: ConnectionEvent) {
        match event {
            ConnectionEvent::Connected(id, from) => self.server.handle_connected(now(), id, from),
            ConnectionEvent::Ended(id) => self.server.handle_disconnected(now(), id),
            ConnectionEvent::Received(id, contents) => {
                if let Some(client) = self.connections.client(id) {
                    self.leg.send_up(Instant::now(), LegPacket { client, contents });
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
        while let Some(LegPacket { client, contents }) = self.leg.receive_up(now.instant) {
            match client {
                RelayClient::Udp(from) => self.server.handle_datagram(now, from, &contents),
                RelayClient::Tcp(id, _) => self.server.handle_stream(now, id, &contents),
            }
        }
        while let Some(output) = self.server.poll_output() {
            match output {
                RelayOutput::ToClient { client, contents } => {
                    self.leg.send_down(now.instant, LegPacket { client, contents });
                }
                RelayOutput::ToPeer { allocation, peer, contents } => self.sockets.send(allocation, peer, &contents),
                RelayOutput::Open(allocation) => {
                    let opened = self.sockets.open(allocation);
                    let opened = opened.inspect_err(|error| tracing::warn!(%error, "the relay has no socket to give"));
                    self.server.handle_opened(now, allocation, opened.ok());
                }
                RelayOutput::Close(allocation) => self.sockets.close(allocation),
                RelayOutput::Disconnect(connection) => self.connections.close(connection),
            }
        }
        while let Some(LegPacket { client, contents }) = self.leg.receive_down(now.instant) {
            match client {
                // A full socket buffer or a client that is gone loses packets, as networks do.
                RelayClient::Udp(to) => drop(self.socket.try_send_to(&contents, to)),
                RelayClient::Tcp(id, _) => self.connections.send(id, contents),
            }
        }
    }
}
