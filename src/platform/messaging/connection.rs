//! A client's connection to a session, and the socket under it, which may come and go.

use std::collections::{HashSet, VecDeque};
use std::time::Instant;

use serde_json::{Value, json};

use super::session::SocketId;
use crate::credentials::TokenClaims;

/// How many frames wait for a client that lost its socket; past that the oldest go, as a slow client must not grow us.
const MAX_BACKLOG_FRAMES: usize = 256;

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
    backlog: VecDeque<Vec<u8>>,
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
            backlog: VecDeque::new(),
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

    /// Keeps a frame until the client is back.
    pub fn keep(&mut self, frame: Vec<u8>) {
        if self.backlog.len() == MAX_BACKLOG_FRAMES {
            self.backlog.pop_front();
        }
        self.backlog.push_back(frame);
    }

    /// The frames that waited, in order.
    pub fn take_backlog(&mut self) -> VecDeque<Vec<u8>> {
        std::mem::take(&mut self.backlog)
    }
}
