//! The task that accepts connections and moves their segments through the links.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Instant;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::end::{
    ConnectionNumber, Contents, FlowWindow, SegmentReceiver, SegmentSender, ServerEnd, StreamSegment, carry_client,
    carry_server, server_end,
};
use super::handshake::HandshakeMode;
use super::link::StreamLink;
use crate::limits::MAX_SIGNALLING_CONNECTIONS;
use crate::transport::acceptor::Acceptor;
use crate::transport::timer::Timer;
use precall_netem::{Direction, NetworkConfig, StreamCounters};

/// How many segments of all connections wait to enter the links.
const MAX_WAITING_SEGMENTS: usize = 64;

/// A request to a running listener.
pub(super) enum StreamControl {
    Begin(Instant),
    Counters(oneshot::Sender<StreamCounters>),
}

/// The task's state. Dropped, all connections end.
pub(super) struct StreamTask {
    acceptor: Acceptor,
    handshake: HandshakeMode,
    up: StreamLink<StreamSegment>,
    down: StreamLink<StreamSegment>,
    /// Whether the network has begun; until then everything passes at once.
    has_begun: bool,
    connections: HashMap<ConnectionNumber, LinkedConnection>,
    accepted: ConnectionNumber,
    segments: mpsc::Receiver<(Direction, StreamSegment)>,
    segments_sender: mpsc::Sender<(Direction, StreamSegment)>,
    /// Holds one end for each connection at most.
    servers: mpsc::UnboundedSender<ServerEnd>,
    ends: JoinSet<()>,
}

/// A connection that is not over.
struct LinkedConnection {
    /// Both hold what a connection's window lets in, and so are bounded.
    to_client: mpsc::UnboundedSender<Contents>,
    to_server: mpsc::UnboundedSender<Contents>,
    /// How many of its directions have ended.
    ended: u8,
    /// The client's end, until the SYN-ACK has arrived.
    client: Option<(TcpStream, SegmentSender, SegmentReceiver)>,
    /// The halves of the server's end, once the SYN has arrived.
    server: Option<(SegmentSender, SegmentReceiver)>,
    /// Where it comes from.
    from: IpAddr,
}

impl StreamTask {
    /// Creates the state of the task, which sends the servers' ends of its connections to `servers`.
    pub(super) fn new(
        listener: TcpListener,
        handshake: HandshakeMode,
        network: &NetworkConfig,
        seed: u64,
        servers: mpsc::UnboundedSender<ServerEnd>,
    ) -> Self {
        let (segments_sender, segments) = mpsc::channel(MAX_WAITING_SEGMENTS);
        Self {
            acceptor: Acceptor::new(listener),
            handshake,
            up: StreamLink::new(network, Direction::Up, seed),
            down: StreamLink::new(network, Direction::Down, seed),
            has_begun: false,
            connections: HashMap::new(),
            accepted: 0,
            segments,
            segments_sender,
            servers,
            ends: JoinSet::new(),
        }
    }

    pub(super) async fn run(mut self, mut controls: mpsc::UnboundedReceiver<StreamControl>) {
        let mut timer = Timer::new();
        loop {
            let now = Instant::now();
            let next = [self.up.next_departure(now), self.down.next_departure(now)].into_iter().flatten().min();
            tokio::select! {
                control = controls.recv() => match control {
                    Some(StreamControl::Begin(at)) => self.begin(at),
                    // The receiver may have stopped waiting.
                    Some(StreamControl::Counters(reply)) => drop(reply.send(self.counters())),
                    None => return,
                },
                accepted = self.acceptor.accept() => match accepted {
                    // One too many is closed. A browser never has so many.
                    Ok((stream, from)) if self.connections.len() < MAX_SIGNALLING_CONNECTIONS => {
                        self.accept(stream, from.ip());
                    }
                    _ => {}
                },
                Some((direction, segment)) = self.segments.recv() => self.send(direction, segment),
                () = timer.wait(next) => {}
            }
            self.advance();
        }
    }

    fn begin(&mut self, now: Instant) {
        if !self.has_begun {
            self.has_begun = true;
            self.up.begin(now);
            self.down.begin(now);
        }
    }

    fn counters(&self) -> StreamCounters {
        StreamCounters {
            connections: self.accepted,
            segments_held: self.up.held() + self.down.held(),
            up: self.up.counters(),
            down: self.down.counters(),
        }
    }

    fn accept(&mut self, stream: TcpStream, from: IpAddr) {
        self.accepted += 1;
        let connection = self.accepted;
        let sender = |direction, window: &FlowWindow| SegmentSender {
            connection,
            direction,
            segments: self.segments_sender.clone(),
            window: window.clone(),
        };
        let (up, down) = (FlowWindow::new(), FlowWindow::new());
        let (to_client, from_server) = mpsc::unbounded_channel();
        let (to_server, from_client) = mpsc::unbounded_channel();
        let client =
            (stream, sender(Direction::Up, &up), SegmentReceiver { contents: from_server, window: down.clone() });
        let server = (sender(Direction::Down, &down), SegmentReceiver { contents: from_client, window: up });
        let state =
            LinkedConnection { to_client, to_server, ended: 0, client: Some(client), server: Some(server), from };
        self.connections.insert(connection, state);
        let open = StreamSegment { connection, contents: Contents::Open };
        match self.handshake {
            HandshakeMode::Delayed => self.send(Direction::Up, open),
            HandshakeMode::Immediate => self.deliver(Direction::Up, open),
        }
    }

    /// Puts a segment into the link of its direction.
    fn send(&mut self, direction: Direction, segment: StreamSegment) {
        match (self.has_begun, direction) {
            (false, _) => self.deliver(direction, segment),
            (true, Direction::Up) => self.up.send(Instant::now(), segment),
            (true, Direction::Down) => self.down.send(Instant::now(), segment),
        }
    }

    /// Delivers everything that is due.
    fn advance(&mut self) {
        let now = Instant::now();
        while let Some(segment) = self.up.receive(now) {
            self.deliver(Direction::Up, segment);
        }
        while let Some(segment) = self.down.receive(now) {
            self.deliver(Direction::Down, segment);
        }
        while self.ends.try_join_next().is_some() {}
    }

    /// Passes a segment that has arrived to its end.
    fn deliver(&mut self, direction: Direction, segment: StreamSegment) {
        let StreamSegment { connection: number, contents } = segment;
        // A connection that was reset meanwhile receives nothing more.
        let Some(connection) = self.connections.get_mut(&number) else { return };
        if contents == Contents::Open {
            return self.open(direction, number);
        }
        let is_over = match contents {
            Contents::Reset => true,
            Contents::End => {
                connection.ended += 1;
                connection.ended == 2
            }
            Contents::Open | Contents::Data(_) => false,
        };
        let to = match direction {
            Direction::Up => &connection.to_server,
            Direction::Down => &connection.to_client,
        };
        // An end that is gone has reported so itself.
        let _ = to.send(contents);
        if is_over {
            self.connections.remove(&number);
        }
    }

    /// Handles a SYN or a SYN-ACK that has arrived.
    fn open(&mut self, direction: Direction, number: ConnectionNumber) {
        let Some(connection) = self.connections.get_mut(&number) else { return };
        match direction {
            Direction::Up => {
                if let Some((sender, receiver)) = connection.server.take() {
                    let (end, ours) = server_end(connection.from);
                    self.ends.spawn(carry_server(ours, end.reset.clone(), sender, receiver));
                    // Without a server the end is closed at once.
                    let _ = self.servers.send(end);
                }
                let open = StreamSegment { connection: number, contents: Contents::Open };
                match self.handshake {
                    HandshakeMode::Delayed => self.send(Direction::Down, open),
                    HandshakeMode::Immediate => self.deliver(Direction::Down, open),
                }
            }
            Direction::Down => {
                if let Some((stream, sender, receiver)) = connection.client.take() {
                    self.ends.spawn(carry_client(stream, sender, receiver));
                }
            }
        }
    }
}
