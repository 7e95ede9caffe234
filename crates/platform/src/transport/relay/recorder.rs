//! The recorder of packets on a relay's access link.
//!
//! A reader of a capture looks for RTP. So the payload of a message is recorded as the datagram that it is, between the
//! client and its peer, as if there were no relay. Messages without a payload are recorded as datagrams between the
//! client and the relay. Both are UDP in the capture, also where the client's transport is a stream: there a message
//! passes with its last byte. With TLS, messages can be read only on the platform's side of the link.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Instant;

use crate::relay::{MessageStream, RelayServer};
use crate::transport::access_link::ClientPacket;
use crate::transport::capture::{CapturePoint, Tap};
use crate::transport::client_addr::{ClientAddr, ConnectionId};
use precall_netem::Direction;

/// Records the packets of an access link.
pub(super) struct RelayRecorder {
    tap: Tap,
    relay: SocketAddr,
    /// The incomplete messages of each client's stream, on the browser's side of the link and on the platform's. A
    /// stream that does not consist of messages is not recorded further.
    streams: HashMap<ConnectionId, [Option<MessageStream>; 2]>,
}

impl RelayRecorder {
    pub(super) fn new(tap: Tap, relay: SocketAddr) -> Self {
        Self { tap, relay, streams: HashMap::new() }
    }

    /// Notes that a client has connected.
    pub(super) fn connect(&mut self, now: Instant, connection: ConnectionId) {
        self.streams.insert(connection, [(); 2].map(|()| Some(MessageStream::new(now))));
    }

    /// Records a packet at one side of the link.
    pub(super) fn see(
        &mut self,
        side: CapturePoint,
        direction: Direction,
        now: Instant,
        packet: &ClientPacket,
        server: &RelayServer,
    ) {
        match (packet.client, direction) {
            (ClientAddr::Tcp(connection, _), Direction::Up) => {
                for message in self.messages(side, connection, &packet.contents) {
                    self.message(side, direction, now, packet.client, &message, server);
                }
            }
            _ => self.message(side, direction, now, packet.client, &packet.contents, server),
        }
    }

    /// Forgets a client's connection that has ended.
    pub(super) fn forget(&mut self, connection: ConnectionId) {
        self.streams.remove(&connection);
    }

    /// Returns the messages of a stream that end with these bytes. Bytes of a connection that has ended, and that are
    /// still in the link, hold none.
    fn messages(&mut self, side: CapturePoint, connection: ConnectionId, bytes: &[u8]) -> Vec<Vec<u8>> {
        let Some(streams) = self.streams.get_mut(&connection) else { return Vec::new() };
        let known = match side {
            CapturePoint::Browser => &mut streams[0],
            CapturePoint::Platform => &mut streams[1],
        };
        let Some(stream) = known else { return Vec::new() };
        stream.push(bytes);
        let mut messages = Vec::new();
        loop {
            match stream.next_message() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => return messages,
                Err(_) => {
                    *known = None;
                    return messages;
                }
            }
        }
    }

    fn message(
        &self,
        side: CapturePoint,
        direction: Direction,
        now: Instant,
        client: ClientAddr,
        message: &[u8],
        server: &RelayServer,
    ) {
        let carried = server.carried(now, client, message);
        let (other, contents) = carried.as_ref().map_or((self.relay, message), |(peer, data)| (*peer, data.as_slice()));
        let (from, to) = match direction {
            Direction::Up => (client.address(), other),
            Direction::Down => (other, client.address()),
        };
        self.tap.see(side, now, from, to, contents);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::{RelayConfig, RelayPeers, RelaySecret};

    #[test]
    fn packets_of_an_ended_connection_are_not_recorded() {
        let now = Instant::now();
        let listen = SocketAddr::from(([127, 0, 0, 1], 3478));
        let config = RelayConfig { listen, secret: RelaySecret::generate(), peers: RelayPeers::All };
        let server = RelayServer::new(config, now);
        let tap = Tap::new(tempfile::tempfile().expect("a file")).expect("a capture");
        let mut recorder = RelayRecorder::new(tap, listen);
        let connection = ConnectionId(1);
        let client = ClientAddr::Tcp(connection, listen);
        let packet = ClientPacket { client, contents: vec![0, 1, 0, 0] };
        recorder.connect(now, connection);
        recorder.see(CapturePoint::Browser, Direction::Up, now, &packet, &server);
        assert_eq!(recorder.streams.len(), 1);
        recorder.forget(connection);
        recorder.see(CapturePoint::Platform, Direction::Up, now, &packet, &server);
        assert!(recorder.streams.is_empty());
    }
}
