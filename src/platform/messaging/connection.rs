//! A client's connection to a session, and the socket under it, which may come and go.

use std::collections::{HashSet, VecDeque};
use std::time::Instant;

use serde_json::{Value, json};

use super::frames::Outgoing;
use super::session::SocketId;
use crate::credentials::TokenClaims;

/// The most messages that are kept for a client until it acknowledges them. Past that the oldest is dropped, so that a
/// silent client cannot make the platform grow.
const MAX_UNACKNOWLEDGED: usize = 256;

/// How many transactions are remembered; a client re-sends only what was in flight.
const MAX_TRANSACTIONS: usize = 1024;

/// One client in a session.
pub(super) struct Connection {
    /// What the client calls its socket; stays the same when it reconnects.
    pub client_socket: Option<String>,
    /// The socket it has now.
    pub socket: Option<SocketId>,
    /// Since when it has none.
    pub detached_since: Option<Instant>,
    /// When it was made, in ms since the Unix epoch.
    pub created_ms: u64,
    /// What the token says of its bearer.
    pub data: String,
    /// What the token allows.
    pub permissions: &'static [&'static str],
    /// The layout classes that its streams begin with, as the token says.
    pub layout_classes: Vec<String>,
    unacknowledged: VecDeque<Outgoing>,
    transactions: HashSet<String>,
    transaction_order: VecDeque<String>,
}

impl Connection {
    pub fn new(socket: SocketId, client_socket: Option<String>, created_ms: u64, claims: TokenClaims) -> Self {
        Self {
            client_socket,
            socket: Some(socket),
            detached_since: None,
            created_ms,
            data: claims.connection_data,
            permissions: claims.role.permissions(),
            layout_classes: claims.layout_classes,
            unacknowledged: VecDeque::new(),
            transactions: HashSet::new(),
            transaction_order: VecDeque::new(),
        }
    }

    /// The connection object of the protocol.
    pub fn object(&self, id: &str) -> Value {
        json!({ "id": id, "creationTime": self.created_ms, "data": self.data, "permissions": self.permissions })
    }

    pub fn may(&self, permission: &str) -> bool {
        self.permissions.contains(&permission)
    }

    /// Notes a transaction; false when it was noted before, so that what is sent twice is done once.
    pub fn is_new_transaction(&mut self, id: &str) -> bool {
        if id.is_empty() {
            return true;
        }
        if !self.transactions.insert(id.to_owned()) {
            return false;
        }
        self.transaction_order.push_back(id.to_owned());
        if self.transaction_order.len() > MAX_TRANSACTIONS
            && let Some(oldest) = self.transaction_order.pop_front()
        {
            self.transactions.remove(&oldest);
        }
        true
    }

    /// Keeps a message until the client acknowledges it, as what is written to a socket that is dying never arrives.
    pub fn keep(&mut self, message: Outgoing) {
        if self.unacknowledged.len() == MAX_UNACKNOWLEDGED {
            self.unacknowledged.pop_front();
        }
        self.unacknowledged.push_back(message);
    }

    /// The client has the message of this transaction.
    pub fn acknowledge(&mut self, transaction: &str) {
        self.unacknowledged.retain(|message| message.transaction != transaction);
    }

    /// The frames that the client has not acknowledged, in order.
    pub fn unacknowledged(&self) -> impl Iterator<Item = &[u8]> {
        self.unacknowledged.iter().map(|message| message.frame.as_slice())
    }
}
