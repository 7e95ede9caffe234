//! The TCP connections of clients, to a relay or to the media router.
//!
//! The kernel accepts a connection at once. It is not read, and so its client gets no answer, before it is established
//! on the case's network as well: see [`access_link`](super::access_link).

use std::collections::HashMap;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::acceptor::{Acceptor, NoRoom};
use super::client_addr::ConnectionId;

/// The most bytes that are read at once: what a TCP segment holds on Ethernet.
const SEGMENT_BYTES: usize = 1460;

/// How many segments of all clients wait to be taken.
const MAX_WAITING_SEGMENTS: usize = 64;

/// How many messages wait for a client that does not read; more are dropped.
const MAX_WAITING_MESSAGES: usize = 256;

/// The most connections that are accepted and not established. Each is a file, of which a process has a limited number.
const MAX_ACCEPTED: usize = 256;

/// The bytes that a client sent; `None` at the end of the connection.
pub(super) type SegmentRead = (ConnectionId, Option<Vec<u8>>);

/// The connections of clients. Dropped, they are closed.
pub(super) struct Connections {
    acceptor: Acceptor,
    tls_acceptor: Option<Acceptor>,
    accepted: HashMap<ConnectionId, (TcpStream, SocketAddr)>,
    open: HashMap<ConnectionId, OpenConnection>,
    next: u64,
    reads: mpsc::Receiver<SegmentRead>,
    reads_sender: mpsc::Sender<SegmentRead>,
}

struct OpenConnection {
    outbox: mpsc::Sender<Vec<u8>>,
    from: SocketAddr,
    _reader: AbortOnDropHandle<()>,
    _writer: AbortOnDropHandle<()>,
}

/// An event of a connection.
pub(super) enum ConnectionEvent {
    /// The kernel has accepted a connection. It is read only after [`Connections::establish`].
    Accepted {
        id: ConnectionId,
        from: SocketAddr,
        /// Whether the client speaks TLS.
        is_tls: bool,
    },
    Received(ConnectionId, Vec<u8>),
    Ended(ConnectionId),
}

impl Connections {
    /// Accepts connections of one listener, and of another for clients that use TLS.
    pub(super) fn new(listener: TcpListener, tls_listener: Option<TcpListener>) -> Self {
        let (reads_sender, reads) = mpsc::channel(MAX_WAITING_SEGMENTS);
        let (acceptor, tls_acceptor) = (Acceptor::new(listener), tls_listener.map(Acceptor::new));
        Self { acceptor, tls_acceptor, accepted: HashMap::new(), open: HashMap::new(), next: 1, reads, reads_sender }
    }

    /// Waits for something to happen; nothing is read while `reads` is off. Can be dropped and called again.
    pub(super) async fn next(&mut self, reads: bool) -> ConnectionEvent {
        loop {
            tokio::select! {
                // Where there is no room for a connection, it waits.
                accepted = self.acceptor.accept() => if let Ok((stream, from)) = accepted {
                    return self.accept(stream, from, false);
                },
                accepted = accept_tls(self.tls_acceptor.as_mut()) => if let Ok((stream, from)) = accepted {
                    return self.accept(stream, from, true);
                },
                Some((id, segment)) = self.reads.recv(), if reads => match segment {
                    Some(segment) => return ConnectionEvent::Received(id, segment),
                    None => {
                        self.close(id);
                        return ConnectionEvent::Ended(id);
                    }
                },
            }
        }
    }

    fn accept(&mut self, stream: TcpStream, from: SocketAddr, is_tls: bool) -> ConnectionEvent {
        let id = ConnectionId(self.next);
        self.next += 1;
        if self.accepted.len() >= MAX_ACCEPTED {
            return ConnectionEvent::Ended(id);
        }
        self.accepted.insert(id, (stream, from));
        ConnectionEvent::Accepted { id, from, is_tls }
    }

    /// Begins to read a connection that was accepted.
    pub(super) fn establish(&mut self, id: ConnectionId) {
        let Some((stream, from)) = self.accepted.remove(&id) else { return };
        // Without it what is small waits for the answer to what was before; nothing worse.
        let _ = stream.set_nodelay(true);
        let (read, write) = stream.into_split();
        let (outbox, messages) = mpsc::channel(MAX_WAITING_MESSAGES);
        let reader = tokio::spawn(read_all(id, read, self.reads_sender.clone()));
        let writer = tokio::spawn(write_all(write, messages));
        let (_reader, _writer) = (AbortOnDropHandle::new(reader), AbortOnDropHandle::new(writer));
        self.open.insert(id, OpenConnection { outbox, from, _reader, _writer });
    }

    /// Returns the address of a client whose connection is not closed.
    pub(super) fn address(&self, id: ConnectionId) -> Option<SocketAddr> {
        let open = self.open.get(&id).map(|connection| connection.from);
        open.or_else(|| self.accepted.get(&id).map(|(_, from)| *from))
    }

    /// Sends a message, and returns whether it is in flight. A message to a client that does not read is dropped whole,
    /// as a datagram would be.
    pub(super) fn send(&self, id: ConnectionId, message: Vec<u8>) -> bool {
        self.open.get(&id).is_some_and(|connection| connection.outbox.try_send(message).is_ok())
    }

    pub(super) fn close(&mut self, id: ConnectionId) {
        self.accepted.remove(&id);
        self.open.remove(&id);
    }
}

async fn accept_tls(acceptor: Option<&mut Acceptor>) -> Result<(TcpStream, SocketAddr), NoRoom> {
    match acceptor {
        Some(acceptor) => acceptor.accept().await,
        None => std::future::pending().await,
    }
}

async fn read_all(id: ConnectionId, mut stream: OwnedReadHalf, reads: mpsc::Sender<SegmentRead>) {
    let mut buffer = [0; SEGMENT_BYTES];
    loop {
        // An error ends a stream just as its end does.
        let length = stream.read(&mut buffer).await.unwrap_or(0);
        let segment = (length > 0).then(|| buffer[..length].to_vec());
        let is_end = segment.is_none();
        if reads.send((id, segment)).await.is_err() || is_end {
            return;
        }
    }
}

async fn write_all(mut stream: OwnedWriteHalf, mut messages: mpsc::Receiver<Vec<u8>>) {
    while let Some(message) = messages.recv().await {
        if stream.write_all(&message).await.is_err() {
            // The reader sees that it has ended.
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn slow_clients_lose_whole_messages() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut connections = Connections::new(listener, None);
        let mut client = TcpStream::connect(address).await.expect("connected");
        let ConnectionEvent::Accepted { id, from, is_tls: false } = connections.next(true).await else {
            panic!("a client has connected")
        };
        assert!(!connections.send(id, vec![0]), "it is not established");
        connections.establish(id);
        assert_eq!(connections.address(id), client.local_addr().ok());
        assert_eq!(Some(from), connections.address(id));
        // Nothing is written in between: there is one thread.
        for number in 0..10_000u32 {
            connections.send(id, [number.to_be_bytes(); 100].concat());
        }
        let mut come = vec![0; MAX_WAITING_MESSAGES * 400];
        client.read_exact(&mut come).await.expect("what waited");
        for (number, message) in (0..).zip(come.chunks(400)) {
            assert_eq!(message, [u32::to_be_bytes(number); 100].concat());
        }
        connections.close(id);
        assert_eq!(client.read(&mut come).await.ok(), Some(0), "nothing else was kept");
    }
    #[tokio::test]
    async fn connections_are_not_read_before_the_handshake() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let tls_listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = tls_listener.local_addr().expect("an address");
        let mut connections = Connections::new(listener, Some(tls_listener));
        let mut client = TcpStream::connect(address).await.expect("connected");
        client.write_all(b"early").await.expect("sent");
        let ConnectionEvent::Accepted { id, is_tls: true, .. } = connections.next(true).await else {
            panic!("a client has connected")
        };
        let early = tokio::time::timeout(Duration::from_millis(20), connections.next(true)).await;
        assert!(early.is_err(), "it was read");
        connections.establish(id);
        let ConnectionEvent::Received(_, bytes) = connections.next(true).await else { panic!("it is read") };
        assert_eq!(bytes, b"early");
    }
}
