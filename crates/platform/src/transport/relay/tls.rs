//! TLS between clients and the relay, on connections whose bytes pass an access link. Sans-I/O, as rustls is.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;

use tokio_rustls::rustls::{self, ServerConfig, ServerConnection};

use crate::transport::client_addr::ConnectionId;

/// The TLS sessions of clients' connections.
pub(super) struct TlsSessions {
    config: Arc<ServerConfig>,
    open: HashMap<ConnectionId, ServerConnection>,
}

impl TlsSessions {
    /// Returns an empty set of TLS sessions.
    pub(super) fn new(config: Arc<ServerConfig>) -> Self {
        Self { config, open: HashMap::new() }
    }

    /// Begins the TLS handshake of a client that has connected.
    ///
    /// # Errors
    ///
    /// When rustls does not take the configuration.
    pub(super) fn begin(&mut self, connection: ConnectionId) -> Result<(), rustls::Error> {
        let mut session = ServerConnection::new(Arc::clone(&self.config))?;
        // The access link limits the bytes in flight to a client; the bytes in here leave at once.
        session.set_buffer_limit(None);
        self.open.insert(connection, session);
        Ok(())
    }

    /// Returns whether a connection has TLS.
    pub(super) fn has(&self, connection: ConnectionId) -> bool {
        self.open.contains_key(&connection)
    }

    /// Bytes came of a client; gives what they hold. [`TlsSessions::take_output`] has to follow, after an error too.
    ///
    /// # Errors
    ///
    /// When they are no TLS, or the client refuses the certificate.
    pub(super) fn receive(&mut self, connection: ConnectionId, mut bytes: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let mut contents = Vec::new();
        let Some(session) = self.open.get_mut(&connection) else { return Ok(contents) };
        while !bytes.is_empty() {
            // A slice is read without errors of its own; rustls refuses bytes that it has no room for.
            match session.read_tls(&mut bytes) {
                Ok(0) | Err(_) => return Err(rustls::Error::General("more than one record at a time".to_owned())),
                Ok(_) => {}
            }
            session.process_new_packets()?;
            match session.reader().read_to_end(&mut contents) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(rustls::Error::General(error.to_string())),
            }
        }
        Ok(contents)
    }

    /// Sends a message to a client. [`TlsSessions::take_output`] has to follow.
    pub(super) fn send(&mut self, connection: ConnectionId, message: &[u8]) {
        if let Some(session) = self.open.get_mut(&connection) {
            // Without a limit its buffer takes everything.
            let _ = session.writer().write_all(message);
        }
    }

    /// Returns the bytes to send to a client now; empty when there are none.
    pub(super) fn take_output(&mut self, connection: ConnectionId) -> Vec<u8> {
        let mut output = Vec::new();
        if let Some(session) = self.open.get_mut(&connection) {
            // Writing to memory does not fail.
            while session.wants_write() && session.write_tls(&mut output).is_ok_and(|length| length > 0) {}
        }
        output
    }

    /// Forgets a connection that has ended.
    pub(super) fn end(&mut self, connection: ConnectionId) {
        self.open.remove(&connection);
    }
}

#[cfg(test)]
mod tests {
    use tokio_rustls::rustls::ClientConnection;

    use super::*;
    use crate::transport::tls_identity::TlsIdentity;
    use crate::transport::tls_identity::trusting;

    const CONNECTION: ConnectionId = ConnectionId(1);

    fn sessions() -> (TlsSessions, ClientConnection) {
        let identity = TlsIdentity::generate(&["127.0.0.1"]).expect("an identity");
        let name = "127.0.0.1".try_into().expect("a name");
        let client = ClientConnection::new(trusting(&identity), name).expect("a client");
        let mut sessions = TlsSessions::new(identity.stream_config());
        sessions.begin(CONNECTION).expect("a session");
        (sessions, client)
    }

    /// Carries bytes both ways until there are none, in pieces of this length; gives what the server heard.
    fn carry(sessions: &mut TlsSessions, client: &mut ClientConnection, piece: usize) -> Vec<u8> {
        let mut heard = Vec::new();
        loop {
            let mut up = Vec::new();
            while client.wants_write() {
                client.write_tls(&mut up).expect("written");
            }
            for bytes in up.chunks(piece) {
                heard.extend(sessions.receive(CONNECTION, bytes).expect("TLS"));
            }
            let down = sessions.take_output(CONNECTION);
            let mut rest = down.as_slice();
            while !rest.is_empty() {
                client.read_tls(&mut rest).expect("read");
                client.process_new_packets().expect("TLS");
            }
            if up.is_empty() && down.is_empty() {
                return heard;
            }
        }
    }

    #[test]
    fn messages_pass_both_ways_in_any_pieces() {
        for piece in [1, 100, 1460] {
            let (mut sessions, mut client) = sessions();
            client.writer().write_all(b"up").expect("written");
            assert_eq!(carry(&mut sessions, &mut client, piece), b"up");
            sessions.send(CONNECTION, b"down");
            carry(&mut sessions, &mut client, piece);
            let mut heard = [0; 4];
            client.reader().read_exact(&mut heard).expect("it came");
            assert_eq!(&heard, b"down");
        }
    }

    #[test]
    fn other_protocols_end_with_an_alert() {
        let (mut sessions, _) = sessions();
        assert!(sessions.receive(CONNECTION, b"GET / HTTP/1.1\r\n\r\n").is_err());
        assert!(!sessions.take_output(CONNECTION).is_empty());
        sessions.end(CONNECTION);
        assert!(!sessions.has(CONNECTION));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(pieces in proptest::collection::vec(proptest::collection::vec(0u8.., 0..300), 0..20)) {
            let (mut sessions, _) = sessions();
            for piece in pieces {
                if sessions.receive(CONNECTION, &piece).is_err() {
                    break;
                }
            }
        }
    }
}
