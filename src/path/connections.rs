//! The TCP connections of clients, to a relay or to the media router.

use std::collections::HashMap;
use std::net::SocketAddr;

use axum::serve::Listener;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::platform::relay::ConnectionId;

/// The most bytes that are read at once: what a TCP segment holds on Ethernet.
const SEGMENT_BYTES: usize = 1460;

/// How many segments of all clients wait to be taken.
const MAX_WAITING_SEGMENTS: usize = 64;

/// How many messages wait for a client that does not read; more are dropped.
const MAX_WAITING_MESSAGES: usize = 256;

/// What came of a client; nothing at the end.
pub(super) type Read = (ConnectionId, Option<Vec<u8>>);

/// The connections that are open. Dropped, they are closed.
pub(super) struct Connections {
    listener: TcpListener,
    open: HashMap<ConnectionId, Connection>,
    next: u64,
    reads: mpsc::Receiver<Read>,
    reads_sender: mpsc::Sender<Read>,
}

struct Connection {
    outbox: mpsc::Sender<Vec<u8>>,
    from: SocketAddr,
    _reader: AbortOnDropHandle<()>,
    _writer: AbortOnDropHandle<()>,
}

/// Something that happened.
pub(super) enum ConnectionEvent {
    Connected(ConnectionId, SocketAddr),
    Received(ConnectionId, Vec<u8>),
    Ended(ConnectionId),
}

impl Connections {
    pub fn new(listener: TcpListener) -> Self {
        let (reads_sender, reads) = mpsc::channel(MAX_WAITING_SEGMENTS);
        Self { listener, open: HashMap::new(), next: 1, reads, reads_sender }
    }

    /// Waits for something to happen; nothing is read while `reads` is off. Can be dropped and called again.
    pub async fn next(&mut self, reads: bool) -> ConnectionEvent {
        tokio::select! {
            // axum's own listener knows which errors of `accept` pass by waiting.
            (stream, from) = Listener::accept(&mut self.listener) => {
                let id = ConnectionId(self.next);
                self.next += 1;
                // Without it what is small waits for the answer to what was before; nothing worse.
                let _ = stream.set_nodelay(true);
                let (read, write) = stream.into_split();
                let (outbox, messages) = mpsc::channel(MAX_WAITING_MESSAGES);
                let reader = tokio::spawn(read_all(id, read, self.reads_sender.clone()));
                let writer = tokio::spawn(write_all(write, messages));
                let (_reader, _writer) = (AbortOnDropHandle::new(reader), AbortOnDropHandle::new(writer));
                self.open.insert(id, Connection { outbox, from, _reader, _writer });
                ConnectionEvent::Connected(id, from)
            }
            Some((id, segment)) = self.reads.recv(), if reads => match segment {
                Some(segment) => ConnectionEvent::Received(id, segment),
                None => {
                    self.close(id);
                    ConnectionEvent::Ended(id)
                }
            }
        }
    }

    /// Whose a connection is, if it is open.
    pub fn address(&self, id: ConnectionId) -> Option<SocketAddr> {
        self.open.get(&id).map(|connection| connection.from)
    }

    /// Sends a message. A client that does not read loses it whole, as it would a datagram.
    pub fn send(&self, id: ConnectionId, message: Vec<u8>) {
        if let Some(connection) = self.open.get(&id) {
            let _ = connection.outbox.try_send(message);
        }
    }

    pub fn close(&mut self, id: ConnectionId) {
        self.open.remove(&id);
    }
}

async fn read_all(id: ConnectionId, mut stream: OwnedReadHalf, reads: mpsc::Sender<Read>) {
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
    use tokio::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn a_client_that_does_not_read_loses_messages_whole() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut connections = Connections::new(listener);
        let mut client = TcpStream::connect(address).await.expect("connected");
        let ConnectionEvent::Connected(id, from) = connections.next(true).await else {
            panic!("a client has connected")
        };
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
}
