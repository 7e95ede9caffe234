//! The connections of browsers that come by TCP.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use crate::path::connections::{ConnectionEvent, Connections};
use crate::path::leg::LegPacket;
use crate::platform::media::FrameDecoder;
use crate::platform::relay::{ConnectionId, RelayClient};

/// The most connections. Each is a file, of which a process may have 1024 open unless it is told otherwise; a browser makes one
/// for each peer connection, or two while it changes networks.
const MAX_CONNECTIONS: usize = 256;

/// How long a connection may be open without anything on it that is for a peer. Browsers check theirs every few seconds.
const IDLE_LIMIT: Duration = Duration::from_secs(30);

/// Something that happened.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum StreamEvent {
    /// The kernel has accepted a connection, whose handshake on the network begins.
    Accepted(ConnectionId),
    /// Whole frames have come.
    Received(Vec<LegPacket>),
    /// A connection has ended.
    Ended(ConnectionId),
}

/// The connections that are open. Dropped, they are closed.
pub(super) struct Streams {
    connections: Connections,
    open: HashMap<ConnectionId, Stream>,
    by_address: HashMap<SocketAddr, ConnectionId>,
    /// When each is looked at next.
    due: BTreeSet<(Instant, ConnectionId)>,
}

struct Stream {
    from: SocketAddr,
    decoder: FrameDecoder,
    used_at: Instant,
    /// Its entry in `Streams::due`.
    due: Instant,
}

impl Streams {
    pub fn new(listener: TcpListener) -> Self {
        Self {
            connections: Connections::new(listener, None),
            open: HashMap::new(),
            by_address: HashMap::new(),
            due: BTreeSet::new(),
        }
    }

    /// Waits for something to happen; nothing is read while `reads` is off. Can be dropped and called again.
    pub async fn next(streams: Option<&mut Self>, reads: bool) -> StreamEvent {
        let Some(streams) = streams else { return std::future::pending().await };
        let event = streams.connections.next(reads).await;
        streams.handle(Instant::now(), event)
    }

    /// A connection's handshake is over: its client may send.
    pub fn establish(&mut self, connection: ConnectionId) {
        self.connections.establish(connection);
    }

    /// The connection that a client has opened from this address.
    pub fn connection(&self, from: SocketAddr) -> Option<ConnectionId> {
        self.by_address.get(&from).copied()
    }

    /// Sends a frame. A client that does not read loses it whole.
    pub fn send(&self, connection: ConnectionId, frame: Vec<u8>) {
        let _ = self.connections.send(connection, frame);
    }

    /// What came on a connection was for a peer.
    pub fn note_use(&mut self, now: Instant, connection: ConnectionId) {
        if let Some(stream) = self.open.get_mut(&connection) {
            stream.used_at = now;
        }
    }

    /// When [`Streams::handle_timeout`] is wanted.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Closes connections that have been of no use for too long.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some((_, id)) = self.due.first().copied().filter(|(at, _)| *at <= now) {
            match self.open.get_mut(&id).filter(|stream| stream.used_at + IDLE_LIMIT > now) {
                Some(stream) => {
                    self.due.remove(&(stream.due, id));
                    stream.due = stream.used_at + IDLE_LIMIT;
                    self.due.insert((stream.due, id));
                }
                None => self.close(id),
            }
        }
    }

    fn handle(&mut self, now: Instant, event: ConnectionEvent) -> StreamEvent {
        match event {
            ConnectionEvent::Accepted { id, .. } if self.open.len() >= MAX_CONNECTIONS => {
                self.connections.close(id);
                StreamEvent::Ended(id)
            }
            ConnectionEvent::Accepted { id, from, .. } => {
                let due = now + IDLE_LIMIT;
                self.open.insert(id, Stream { from, decoder: FrameDecoder::default(), used_at: now, due });
                self.by_address.insert(from, id);
                self.due.insert((due, id));
                StreamEvent::Accepted(id)
            }
            ConnectionEvent::Received(id, bytes) => StreamEvent::Received(self.frames(id, &bytes)),
            ConnectionEvent::Ended(id) => {
                self.close(id);
                StreamEvent::Ended(id)
            }
        }
    }

    /// The frames that end with these bytes. A stream that is none of frames is closed.
    fn frames(&mut self, id: ConnectionId, bytes: &[u8]) -> Vec<LegPacket> {
        let Some(stream) = self.open.get_mut(&id) else { return Vec::new() };
        let client = RelayClient::Tcp(id, stream.from);
        stream.decoder.push(bytes);
        let mut packets = Vec::new();
        loop {
            match stream.decoder.next_frame() {
                Ok(Some(contents)) => packets.push(LegPacket { client, contents }),
                Ok(None) => return packets,
                Err(error) => {
                    tracing::debug!(%error, "a connection for media is closed");
                    self.close(id);
                    return packets;
                }
            }
        }
    }

    /// Closes a connection.
    pub fn close(&mut self, id: ConnectionId) {
        self.connections.close(id);
        let Some(stream) = self.open.remove(&id) else { return };
        self.due.remove(&(stream.due, id));
        if self.by_address.get(&stream.from) == Some(&id) {
            self.by_address.remove(&stream.from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::media::framed;

    #[tokio::test]
    async fn a_connection_lasts_as_long_as_it_is_of_use() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let (mut streams, now) = (Streams::new(listener), Instant::now());
        let (id, from) = (ConnectionId(1), SocketAddr::from(([127, 0, 0, 1], 5000)));
        let second = |number| now + Duration::from_secs(number);
        assert_eq!(streams.poll_timeout(), None);
        let accepted = |id| ConnectionEvent::Accepted { id, from, is_tls: false };
        assert_eq!(streams.handle(now, accepted(id)), StreamEvent::Accepted(id));
        assert_eq!((streams.connection(from), streams.poll_timeout()), (Some(id), Some(second(30))));
        let frame = framed(b"for a peer").expect("short");
        let packets = streams.handle(second(20), ConnectionEvent::Received(id, frame.clone()));
        let packet = LegPacket { client: RelayClient::Tcp(id, from), contents: frame };
        assert_eq!(packets, StreamEvent::Received(vec![packet]));
        streams.note_use(second(20), id);
        streams.handle_timeout(second(30));
        assert_eq!((streams.connection(from), streams.poll_timeout()), (Some(id), Some(second(50))));
        // What comes is for nobody any more.
        streams.handle(second(49), ConnectionEvent::Received(id, vec![0, 1, 7]));
        streams.handle_timeout(second(50));
        assert_eq!((streams.connection(from), streams.poll_timeout()), (None, None));
        // An address is that of its newest connection.
        streams.handle(second(60), accepted(ConnectionId(2)));
        streams.handle(second(60), accepted(ConnectionId(3)));
        streams.handle(second(61), ConnectionEvent::Ended(ConnectionId(2)));
        assert_eq!(streams.connection(from), Some(ConnectionId(3)));
    }
}
