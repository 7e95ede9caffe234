//! A client's connection to a session. Its socket may change while the connection stays.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::time::Instant;

use bytes::Bytes;
use serde_json::{Value, json};

use super::frames::Outgoing;
use super::socket_id::SocketId;
use crate::credentials::TokenClaims;
use crate::limits::{MAX_TRANSACTIONS, MAX_WAITING_BYTES, MAX_WAITING_FRAMES};
use crate::media::AccessId;
use crate::memory_meter::{HeldMemory, MemoryMeter};
use crate::ticket::Ticket;

/// A client in a session, and the messages that it has not acknowledged.
pub(super) struct Connection {
    /// The client's own name for its socket, which stays the same when it reconnects; `None` without reconnection.
    pub client_socket: Option<String>,
    /// The ticket by which the client can resume the connection; `None` if it cannot.
    pub ticket: Option<Ticket>,
    /// The access point by which the client reaches the platform.
    pub access: AccessId,
    /// The current socket; `None` while the client is reconnecting.
    pub socket: Option<SocketId>,
    /// Since when the client has no socket; `None` while it has one.
    pub detached_since: Option<Instant>,
    created_ms: u64,
    data: String,
    permissions: &'static [&'static str],
    layout_classes: Vec<String>,
    unacknowledged: VecDeque<KeptMessage>,
    kept_bytes: usize,
    meter: MemoryMeter,
    /// Hashes of transaction ids under a key of this connection's own: an id may be long, and there are many.
    transactions: HashSet<u64>,
    transaction_order: VecDeque<u64>,
    hasher: RandomState,
}

/// A message that waits for its acknowledgement.
struct KeptMessage {
    message: Outgoing,
    _held: HeldMemory,
}

/// The socket on which a connection is new.
pub(super) struct NewConnection {
    pub socket: SocketId,
    pub client_socket: Option<String>,
    pub ticket: Option<Ticket>,
    pub access: AccessId,
    /// The time in milliseconds since the Unix epoch.
    pub created_ms: u64,
}

impl Connection {
    pub(super) fn new(new: NewConnection, claims: TokenClaims, meter: MemoryMeter) -> Self {
        Self {
            client_socket: new.client_socket,
            ticket: new.ticket,
            access: new.access,
            socket: Some(new.socket),
            detached_since: None,
            created_ms: new.created_ms,
            data: claims.connection_data,
            permissions: claims.role.permissions(),
            layout_classes: claims.layout_classes,
            unacknowledged: VecDeque::new(),
            kept_bytes: 0,
            meter,
            transactions: HashSet::new(),
            transaction_order: VecDeque::new(),
            hasher: RandomState::new(),
        }
    }

    /// Returns the connection object of the protocol.
    pub(super) fn object(&self, id: &str) -> Value {
        json!({ "id": id, "creationTime": self.created_ms, "data": self.data, "permissions": self.permissions })
    }

    /// Returns the object that the REST API lists.
    pub(super) fn listing(&self, id: &str) -> Value {
        json!({ "connectionId": id, "connectionState": "Connected", "createdAt": self.created_ms })
    }

    /// Returns the layout classes that the connection's streams begin with, as its token states them.
    pub(super) fn layout_classes(&self) -> &[String] {
        &self.layout_classes
    }

    /// Returns whether the token gives a permission.
    pub(super) fn may(&self, permission: &str) -> bool {
        self.permissions.contains(&permission)
    }

    /// Records a transaction. Returns false if it is known, so that a request that is sent twice is carried out once.
    pub(super) fn is_new_transaction(&mut self, id: &str) -> bool {
        if id.is_empty() {
            return true;
        }
        let hash = self.hasher.hash_one(id);
        if !self.transactions.insert(hash) {
            return false;
        }
        self.transaction_order.push_back(hash);
        if self.transaction_order.len() > MAX_TRANSACTIONS
            && let Some(oldest) = self.transaction_order.pop_front()
        {
            self.transactions.remove(&oldest);
        }
        true
    }

    /// Keeps a message until the client acknowledges it, since a message that is written to a broken socket never
    /// arrives. Beyond the limits the oldest message is dropped, so that a silent client cannot make the platform grow.
    pub(super) fn keep(&mut self, message: Outgoing) {
        let bytes = message.frame.len();
        while self.unacknowledged.len() >= MAX_WAITING_FRAMES
            || (!self.unacknowledged.is_empty() && self.kept_bytes + bytes > MAX_WAITING_BYTES)
        {
            self.forget_oldest();
        }
        self.kept_bytes += bytes;
        self.unacknowledged.push_back(KeptMessage { message, _held: self.meter.hold(bytes) });
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.unacknowledged.pop_front() {
            self.kept_bytes -= oldest.message.frame.len();
        }
    }

    /// Drops the message of a transaction, which the client has acknowledged.
    pub(super) fn acknowledge(&mut self, transaction: &str) {
        self.unacknowledged.retain(|kept| *kept.message.transaction != *transaction);
        self.kept_bytes = self.unacknowledged.iter().map(|kept| kept.message.frame.len()).sum();
    }

    /// Returns the frames that the client has not acknowledged, in order.
    pub(super) fn unacknowledged(&self) -> impl Iterator<Item = &Bytes> {
        self.unacknowledged.iter().map(|kept| &kept.message.frame)
    }

    /// Returns the number of bytes of unacknowledged frames.
    pub(super) fn kept_bytes(&self) -> usize {
        self.kept_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::{Role, SessionId};

    fn connection(meter: &MemoryMeter) -> Connection {
        let new = NewConnection {
            socket: SocketId(1),
            client_socket: None,
            ticket: None,
            access: AccessId::default(),
            created_ms: 0,
        };
        let claims = TokenClaims::new(&SessionId::generate("100", 0), Role::Publisher, 1_000, 60);
        Connection::new(new, claims, meter.clone())
    }

    fn message(number: usize, bytes: usize) -> Outgoing {
        Outgoing { transaction: number.to_string().into(), frame: vec![0; bytes].into() }
    }

    #[test]
    fn messages_for_a_silent_client_are_bounded_in_number_and_bytes() {
        let meter = MemoryMeter::default();
        let mut connection = connection(&meter);
        for number in 0..10 * MAX_WAITING_FRAMES {
            connection.keep(message(number, 10));
        }
        assert_eq!((connection.unacknowledged().count(), meter.bytes()), (MAX_WAITING_FRAMES, 10 * MAX_WAITING_FRAMES));
        for number in 0..1000 {
            connection.keep(message(number, 60_000));
        }
        assert!(meter.bytes() <= MAX_WAITING_BYTES && connection.kept_bytes() == meter.bytes(), "{}", meter.bytes());
        // One that is larger than the limit waits alone.
        connection.keep(message(7, 2 * MAX_WAITING_BYTES));
        assert_eq!((connection.unacknowledged().count(), meter.bytes()), (1, 2 * MAX_WAITING_BYTES));
        connection.acknowledge("7");
        assert_eq!((connection.kept_bytes(), meter.bytes()), (0, 0));
        connection.keep(message(8, 10));
        drop(connection);
        assert_eq!(meter.bytes(), 0);
    }

    #[test]
    fn known_transactions_are_bounded_in_number() {
        let mut connection = connection(&MemoryMeter::default());
        for number in 0..10 * MAX_TRANSACTIONS {
            assert!(connection.is_new_transaction(&number.to_string()));
            assert!(!connection.is_new_transaction(&number.to_string()));
        }
        assert_eq!(
            (connection.transactions.len(), connection.transaction_order.len()),
            (MAX_TRANSACTIONS, MAX_TRANSACTIONS)
        );
    }
}
