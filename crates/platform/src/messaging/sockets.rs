//! The sockets of a session: how a client opens one, and what ties it to a connection.

use std::time::{Duration, Instant};

use super::connection::{Connection, Made};
use super::output::{Close, Output};
use super::session::{NETWORK_DISCONNECTED, Session, SocketId};
use crate::clock::Now;
use crate::limits::TOKEN_TIMEOUT;
use crate::ticket::Ticket;

/// A socket on which nothing has come for this long is closed. Clients ping every 2 s.
const IDLE_LIMIT: Duration = Duration::from_secs(60);

/// How a client opens a socket.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// What the client calls it.
    pub client_socket: Option<String>,
    /// The ticket in the URL that it asked for.
    pub ticket: Option<Ticket>,
    /// Whether it is to take up an old connection.
    pub reconnect: bool,
}

/// An open socket.
pub(super) struct Socket {
    opening: Opening,
    pub connection: Option<String>,
    opened: Instant,
    pub last_heard: Instant,
    /// Whether its client has shown a token.
    is_admitted: bool,
}

impl Socket {
    /// Why it is closed by now, if it is.
    pub fn end(&self, now: Instant) -> Option<Close> {
        if !self.is_admitted && now >= self.opened + TOKEN_TIMEOUT {
            return Some(Close::NoToken);
        }
        (now >= self.last_heard + IDLE_LIMIT).then_some(Close::Idle)
    }
}

impl Opening {
    /// Whether it takes up this connection: by the same ticket, from a client that calls its socket the same.
    fn takes_up(&self, connection: &Connection) -> bool {
        let has_ticket = self.ticket.as_ref().zip(connection.ticket.as_ref()).is_some_and(|(own, good)| own.is(good));
        self.reconnect && has_ticket && self.client_socket == connection.client_socket
    }
}

impl Session {
    /// A socket was opened. With its ticket a client takes up an old connection; without, the socket is that of somebody new.
    pub fn open_socket(&mut self, now: Now, socket: SocketId, opening: Opening) {
        let mut connection = None;
        if let Some((id, known)) = self.connections.iter_mut().find(|(_, connection)| opening.takes_up(connection)) {
            connection = Some(id.clone());
            known.detached_since = None;
            if let Some(old) = known.socket.replace(socket) {
                self.sockets.remove(&old);
                self.outputs.push_back(Output::Close { socket: old, close: Close::Replaced });
            }
            // What was written to the old socket may be lost, whether or not the platform had seen it close.
            let missed = known.unacknowledged().map(|frame| Output::Send { socket, frame: frame.clone() });
            self.outputs.extend(missed);
        }
        let is_admitted = connection.is_some();
        let (opened, last_heard) = (now.instant, now.instant);
        self.sockets.insert(socket, Socket { opening, connection, opened, last_heard, is_admitted });
    }

    /// A socket is gone. Its client has [`RECONNECT_GRACE`] to come back.
    pub fn close_socket(&mut self, now: Now, socket: SocketId) {
        let Some(closed) = self.sockets.remove(&socket) else { return };
        let connection = closed.connection.and_then(|id| self.connections.get_mut(&id));
        if let Some(connection) = connection.filter(|connection| connection.socket == Some(socket)) {
            connection.socket = None;
            connection.detached_since = Some(now.instant);
        }
    }

    /// A socket's page is gone for good without a word of the client, as when it crashed.
    pub fn lose(&mut self, socket: SocketId) {
        if let Some(connection) = self.connection_of(socket) {
            self.remove_connection(&connection, NETWORK_DISCONNECTED);
        }
    }

    pub(super) fn connection_of(&self, socket: SocketId) -> Option<String> {
        self.sockets.get(&socket)?.connection.clone()
    }

    /// Whether a socket's client has shown no token yet.
    pub(super) fn is_anonymous(&self, socket: SocketId) -> bool {
        self.sockets.get(&socket).is_some_and(|open| !open.is_admitted)
    }

    /// A socket's client has shown a token.
    pub(super) fn admit(&mut self, socket: SocketId) {
        if let Some(open) = self.sockets.get_mut(&socket) {
            open.is_admitted = true;
        }
    }

    /// Ties a socket to a new connection, which can be taken up again if the socket's ticket is the one for it.
    pub(super) fn bind_socket(&mut self, now: Now, socket: SocketId, connection: &str, token: &str) -> Made {
        let mut made = Made { socket, client_socket: None, ticket: None, at_ms: now.unix_ms };
        if let Some(open) = self.sockets.get_mut(&socket) {
            open.connection = Some(connection.to_owned());
            made.client_socket.clone_from(&open.opening.client_socket);
            let good = self.config.tickets.issue(&self.config.session_id, connection, token);
            made.ticket = open.opening.ticket.clone().filter(|ticket| ticket.is(&good));
        }
        made
    }

    /// The connection for which most is kept, and how many bytes that is.
    pub fn heaviest(&self) -> Option<(&str, usize)> {
        let weights = self.connections.iter().map(|(id, connection)| (id.as_str(), connection.kept_bytes()));
        weights.max_by_key(|(_, bytes)| *bytes)
    }

    /// Puts a client out that does not take what it is sent, as others need the room.
    pub fn shed(&mut self, id: &str) {
        if let Some(socket) = self.connections.get(id).and_then(|connection| connection.socket) {
            self.sockets.remove(&socket);
            self.outputs.push_back(Output::Close { socket, close: Close::Overloaded });
        }
        self.remove_connection(id, NETWORK_DISCONNECTED);
    }
}
