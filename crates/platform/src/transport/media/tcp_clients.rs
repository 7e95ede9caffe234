//! The TCP connections of browsers (ICE-TCP).

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use crate::limits::MAX_MEDIA_CONNECTIONS;
use crate::media::FrameDecoder;
use crate::transport::access_link::ClientPacket;
use crate::transport::client_addr::{ClientAddr, ConnectionId};
use crate::transport::connections::{ConnectionEvent, Connections};

/// How long a connection may be open without anything on it that is for a peer. Browsers check theirs every few
/// seconds.
const IDLE_LIMIT: Duration = Duration::from_secs(30);

/// An event of a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TcpEvent {
    /// The kernel has accepted a connection, whose handshake on the network begins.
    Accepted(ConnectionId),
    /// Whole frames have come.
    Received(Vec<ClientPacket>),
    /// A connection has ended.
    Ended(ConnectionId),
}

/// The connections that are open. Dropped, they are closed.
pub(super) struct TcpClients {
    connections: Connections,
    open: HashMap<ConnectionId, TcpClient>,
    by_address: HashMap<SocketAddr, ConnectionId>,
    /// The time at which each connection is checked next.
    due: BTreeSet<(Instant, ConnectionId)>,
}

struct TcpClient {
    from: SocketAddr,
    decoder: FrameDecoder,
    used_at: Instant,
    /// Whether anything on it was for a peer.
    is_used: bool,
    /// Its entry in `TcpClients::due`.
    due: Instant,
}

impl TcpClients {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self {
            connections: Connections::new(listener, None),
            open: HashMap::new(),
            by_address: HashMap::new(),
            due: BTreeSet::new(),
        }
    }

    /// Waits for something to happen; nothing is read while `reads` is off. Can be dropped and called again.
    pub(super) async fn next(&mut self, reads: bool) -> TcpEvent {
        let event = self.connections.next(reads).await;
        self.handle(Instant::now(), event)
    }

    /// Notes that a connection's handshake is over: its client may send.
    pub(super) fn establish(&mut self, connection: ConnectionId) {
        self.connections.establish(connection);
    }

    /// Returns the connection that a client has opened from this address.
    pub(super) fn connection(&self, from: SocketAddr) -> Option<ConnectionId> {
        self.by_address.get(&from).copied()
    }

    /// Sends a frame. A client that does not read loses it whole.
    pub(super) fn send(&self, connection: ConnectionId, frame: Vec<u8>) {
        let _ = self.connections.send(connection, frame);
    }

    /// Notes that a datagram of a connection belonged to a peer.
    pub(super) fn note_use(&mut self, now: Instant, connection: ConnectionId) {
        if let Some(stream) = self.open.get_mut(&connection) {
            stream.used_at = now;
            stream.is_used = true;
        }
    }

    /// Returns the time of the next timeout.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Closes connections that have been of no use for too long.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
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

    fn handle(&mut self, now: Instant, event: ConnectionEvent) -> TcpEvent {
        match event {
            ConnectionEvent::Accepted { id, .. } if self.open.len() >= MAX_MEDIA_CONNECTIONS && !self.make_room() => {
                self.connections.close(id);
                TcpEvent::Ended(id)
            }
            ConnectionEvent::Accepted { id, from, .. } => {
                let due = now + IDLE_LIMIT;
                self.open.insert(
                    id,
                    TcpClient { from, decoder: FrameDecoder::default(), used_at: now, is_used: false, due },
                );
                self.by_address.insert(from, id);
                self.due.insert((due, id));
                TcpEvent::Accepted(id)
            }
            ConnectionEvent::Received(id, bytes) => TcpEvent::Received(self.frames(id, &bytes)),
            ConnectionEvent::Ended(id) => {
                self.close(id);
                TcpEvent::Ended(id)
            }
        }
    }

    /// Closes the oldest connection that has not been used yet. Returns `false` when all are in use. A handshake in
    /// progress is dropped.
    fn make_room(&mut self) -> bool {
        let unused = self.open.iter().filter(|(_, stream)| !stream.is_used);
        let oldest = unused.map(|(id, _)| *id).min();
        oldest.into_iter().for_each(|id| self.close(id));
        oldest.is_some()
    }

    /// Returns the frames that end with these bytes. A stream that does not consist of frames is closed.
    fn frames(&mut self, id: ConnectionId, bytes: &[u8]) -> Vec<ClientPacket> {
        let Some(stream) = self.open.get_mut(&id) else { return Vec::new() };
        let client = ClientAddr::Tcp(id, stream.from);
        stream.decoder.push(bytes);
        let mut packets = Vec::new();
        loop {
            match stream.decoder.next_frame() {
                Ok(Some(contents)) => packets.push(ClientPacket { client, contents }),
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
    pub(super) fn close(&mut self, id: ConnectionId) {
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
    use crate::media::framed;

    #[tokio::test]
    async fn unused_connections_expire() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let (mut streams, now) = (TcpClients::new(listener), Instant::now());
        let (id, from) = (ConnectionId(1), SocketAddr::from(([127, 0, 0, 1], 5000)));
        let second = |number| now + Duration::from_secs(number);
        assert_eq!(streams.poll_timeout(), None);
        let accepted = |id| ConnectionEvent::Accepted { id, from, is_tls: false };
        assert_eq!(streams.handle(now, accepted(id)), TcpEvent::Accepted(id));
        assert_eq!((streams.connection(from), streams.poll_timeout()), (Some(id), Some(second(30))));
        let frame = framed(b"for a peer").expect("short");
        let packets = streams.handle(second(20), ConnectionEvent::Received(id, frame.clone()));
        let packet = ClientPacket { client: ClientAddr::Tcp(id, from), contents: frame };
        assert_eq!(packets, TcpEvent::Received(vec![packet]));
        streams.note_use(second(20), id);
        streams.handle_timeout(second(30));
        assert_eq!((streams.connection(from), streams.poll_timeout()), (Some(id), Some(second(50))));
        // Further bytes have no receiver.
        streams.handle(second(49), ConnectionEvent::Received(id, vec![0, 1, 7]));
        streams.handle_timeout(second(50));
        assert_eq!((streams.connection(from), streams.poll_timeout()), (None, None));
        // An address is that of its newest connection.
        streams.handle(second(60), accepted(ConnectionId(2)));
        streams.handle(second(60), accepted(ConnectionId(3)));
        streams.handle(second(61), ConnectionEvent::Ended(ConnectionId(2)));
        assert_eq!(streams.connection(from), Some(ConnectionId(3)));
    }

    #[tokio::test]
    async fn unused_connections_are_evicted_first() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let (mut streams, now) = (TcpClients::new(listener), Instant::now());
        let from = |id: u64| SocketAddr::from(([127, 0, 0, 1], u16::try_from(1024 + id).expect("few")));
        let accept = |streams: &mut TcpClients, id: u64| {
            let id = ConnectionId(id);
            streams.handle(now, ConnectionEvent::Accepted { id, from: from(id.0), is_tls: false })
        };
        accept(&mut streams, 0);
        streams.note_use(now, ConnectionId(0));
        for id in 1..=2 * MAX_MEDIA_CONNECTIONS as u64 {
            assert_eq!(accept(&mut streams, id), TcpEvent::Accepted(ConnectionId(id)));
        }
        assert_eq!(streams.open.len(), MAX_MEDIA_CONNECTIONS);
        assert_eq!((streams.connection(from(0)), streams.connection(from(1))), (Some(ConnectionId(0)), None));
        for id in streams.open.keys().copied().collect::<Vec<_>>() {
            streams.note_use(now, id);
        }
        assert_eq!(accept(&mut streams, 9999), TcpEvent::Ended(ConnectionId(9999)));
    }
}
