//! The connections of a session, their sockets, and the messages that wait for them.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::connection::{Connection, NewConnection};
use super::frames::Outgoing;
use super::output::Activity;
use super::output::Close;
use super::outputs::Outputs;
use super::socket_id::SocketId;
use crate::clock::Now;
use crate::credentials::TokenClaims;
use crate::limits::TOKEN_TIMEOUT;
use crate::media::AccessId;
use crate::memory_meter::MemoryMeter;
use crate::ticket::Ticket;

/// A socket on which nothing has come for this long is closed. Clients ping every 2 s.
const IDLE_LIMIT: Duration = Duration::from_secs(60);

/// How long a client that lost its socket stays in the session: as long as OpenTok.js tries to reconnect.
const RECONNECT_GRACE: Duration = Duration::from_secs(30);

/// How a client opens a socket.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// The client's own name for the socket; `None` without reconnection.
    pub client_socket: Option<String>,
    /// The ticket in the URL that the client requested.
    pub ticket: Option<Ticket>,
    /// Whether the client wants to resume a connection.
    pub reconnect: bool,
    /// The access point by which the client reaches the platform. Its media takes the same.
    pub access: AccessId,
}

impl Opening {
    /// Returns whether it resumes a connection: by the connection's ticket, from a client with the same name for its
    /// socket.
    fn resumes(&self, connection: &Connection) -> bool {
        let has_ticket = self.ticket.as_ref().zip(connection.ticket.as_ref()).is_some_and(|(own, good)| own.is(good));
        self.reconnect && has_ticket && self.client_socket == connection.client_socket
    }
}

/// An open socket.
struct OpenSocket {
    opening: Opening,
    connection: Option<String>,
    opened: Instant,
    last_heard: Instant,
    /// Whether its client has shown a valid token.
    has_token: bool,
}

impl OpenSocket {
    /// Returns when the socket is closed, and why, unless its client sends something before.
    fn timeout(&self) -> (Instant, Close) {
        let idle = (self.last_heard + IDLE_LIMIT, Close::Idle);
        let no_token = (self.opened + TOKEN_TIMEOUT, Close::NoToken);
        if !self.has_token && no_token.0 <= idle.0 { no_token } else { idle }
    }
}

/// The connections of a session with their sockets.
#[derive(Default)]
pub(super) struct Roster {
    connections: BTreeMap<String, Connection>,
    sockets: HashMap<SocketId, OpenSocket>,
}

impl Roster {
    /// Returns whether there is neither a connection nor a socket.
    pub(super) fn is_empty(&self) -> bool {
        self.sockets.is_empty() && self.connections.is_empty()
    }

    /// Adds a socket. With the ticket of a connection the client resumes that connection, and gets the messages again
    /// that it has not acknowledged.
    pub(super) fn open_socket(&mut self, now: Instant, socket: SocketId, opening: Opening, outputs: &mut Outputs) {
        let mut connection = None;
        if let Some((id, known)) = self.connections.iter_mut().find(|(_, connection)| opening.resumes(connection)) {
            connection = Some(id.clone());
            known.detached_since = None;
            known.access = opening.access;
            if let Some(old) = known.socket.replace(socket) {
                self.sockets.remove(&old);
                outputs.close(old, Close::Replaced);
            }
            // Frames on the old socket may be lost, whether or not the platform has seen it close.
            known.unacknowledged().for_each(|frame| outputs.send(socket, frame.clone()));
            outputs.report(Activity::Resumed { connection: id.clone() });
        }
        let has_token = connection.is_some();
        self.sockets.insert(socket, OpenSocket { opening, connection, opened: now, last_heard: now, has_token });
    }

    /// Removes a socket. Its client has [`RECONNECT_GRACE`] to reconnect.
    pub(super) fn close_socket(&mut self, now: Instant, socket: SocketId) {
        let Some(closed) = self.sockets.remove(&socket) else { return };
        let connection = closed.connection.and_then(|id| self.connections.get_mut(&id));
        if let Some(connection) = connection.filter(|connection| connection.socket == Some(socket)) {
            connection.socket = None;
            connection.detached_since = Some(now);
        }
    }

    /// Returns the next time at which [`Roster::handle_timeout`] has something to do.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let sockets = self.sockets.values().map(|socket| socket.timeout().0);
        let detached = self.connections.values().filter_map(|connection| connection.detached_since);
        sockets.chain(detached.map(|since| since + RECONNECT_GRACE)).min()
    }

    /// Closes sockets that are idle or have shown no token. Returns the connections that were not resumed in time.
    pub(super) fn handle_timeout(&mut self, now: Instant, outputs: &mut Outputs) -> Vec<String> {
        let timeouts = self.sockets.iter().map(|(id, socket)| (*id, socket.timeout()));
        let ended: Vec<_> = timeouts.filter(|(_, (at, _))| *at <= now).collect();
        for (socket, (_, close)) in ended {
            outputs.close(socket, close);
            self.close_socket(now, socket);
        }
        let is_over = |since: Instant| now >= since + RECONNECT_GRACE;
        let gone = self.connections.iter().filter(|(_, connection)| connection.detached_since.is_some_and(is_over));
        gone.map(|(id, _)| id.clone()).collect()
    }

    /// Records that something came on a socket; false if the socket is not open.
    pub(super) fn note_heard(&mut self, now: Instant, socket: SocketId) -> bool {
        let open = self.sockets.get_mut(&socket);
        let is_open = open.is_some();
        open.into_iter().for_each(|open| open.last_heard = now);
        is_open
    }

    /// Records that a socket's client has shown a valid token.
    pub(super) fn note_token(&mut self, socket: SocketId) {
        if let Some(open) = self.sockets.get_mut(&socket) {
            open.has_token = true;
        }
    }

    /// Returns whether a socket's client has shown no valid token yet.
    pub(super) fn is_anonymous(&self, socket: SocketId) -> bool {
        self.sockets.get(&socket).is_some_and(|open| !open.has_token)
    }

    /// Returns the connection that a socket belongs to.
    pub(super) fn connection_of(&self, socket: SocketId) -> Option<String> {
        self.sockets.get(&socket)?.connection.clone()
    }

    /// Makes a connection on a socket. It can be resumed if the ticket of the socket is `ticket`, which is that for
    /// this connection.
    pub(super) fn connect(
        &mut self,
        now: Now,
        socket: SocketId,
        id: &str,
        claims: TokenClaims,
        ticket: &Ticket,
        meter: &MemoryMeter,
    ) -> Value {
        let access = AccessId::default();
        let mut new = NewConnection { socket, client_socket: None, ticket: None, access, created_ms: now.unix_ms };
        if let Some(open) = self.sockets.get_mut(&socket) {
            open.connection = Some(id.to_owned());
            new.client_socket.clone_from(&open.opening.client_socket);
            new.access = open.opening.access;
            new.ticket = open.opening.ticket.clone().filter(|own| own.is(ticket));
        }
        let connection = Connection::new(new, claims, meter.clone());
        let object = connection.object(id);
        self.connections.insert(id.to_owned(), connection);
        object
    }

    /// Removes a connection. Its socket stays open, and belongs to no connection any more. Returns whether there was
    /// one.
    pub(super) fn disconnect(&mut self, id: &str) -> bool {
        let Some(connection) = self.connections.remove(id) else { return false };
        if let Some(socket) = connection.socket.and_then(|socket| self.sockets.get_mut(&socket)) {
            socket.connection = None;
        }
        true
    }

    /// Closes the socket of a client that does not read, since others need the memory.
    pub(super) fn close_overloaded(&mut self, id: &str, outputs: &mut Outputs) {
        if let Some(socket) = self.connections.get(id).and_then(|connection| connection.socket) {
            self.sockets.remove(&socket);
            outputs.close(socket, Close::Overloaded);
        }
    }

    /// Returns the number of connections.
    pub(super) fn len(&self) -> usize {
        self.connections.len()
    }

    /// Returns the connection with this id.
    pub(super) fn find(&self, id: &str) -> Option<&Connection> {
        self.connections.get(id)
    }

    /// Returns the connections by id.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Connection)> {
        self.connections.iter()
    }

    /// Returns the access point of a connection's client.
    pub(super) fn access_of(&self, id: &str) -> AccessId {
        self.connections.get(id).map(|connection| connection.access).unwrap_or_default()
    }

    /// Returns whether a connection exists and has a permission.
    pub(super) fn may(&self, id: &str, permission: &str) -> bool {
        self.connections.get(id).is_some_and(|connection| connection.may(permission))
    }

    /// Records a transaction of a connection; false if it is known.
    pub(super) fn is_new_transaction(&mut self, id: &str, transaction: &str) -> bool {
        self.connections.get_mut(id).is_none_or(|connection| connection.is_new_transaction(transaction))
    }

    /// Drops the message that a socket's client has acknowledged.
    pub(super) fn acknowledge(&mut self, socket: SocketId, transaction: &str) {
        if let Some(connection) = self.connection_of(socket).and_then(|id| self.connections.get_mut(&id)) {
            connection.acknowledge(transaction);
        }
    }

    /// Sends a message to a connection, if it has a socket, and keeps it until the client acknowledges it.
    pub(super) fn deliver(&mut self, to: &str, message: Outgoing, outputs: &mut Outputs) {
        if let Some(connection) = self.connections.get_mut(to) {
            deliver(connection, message, outputs);
        }
    }

    /// Sends a message to every connection.
    pub(super) fn deliver_all(&mut self, message: &Outgoing, outputs: &mut Outputs) {
        self.connections.values_mut().for_each(|connection| deliver(connection, message.clone(), outputs));
    }

    /// Returns the connection for which most bytes are kept, and their number.
    pub(super) fn heaviest(&self) -> Option<(&str, usize)> {
        let weights = self.connections.iter().map(|(id, connection)| (id.as_str(), connection.kept_bytes()));
        weights.max_by_key(|(_, bytes)| *bytes)
    }
}

fn deliver(connection: &mut Connection, message: Outgoing, outputs: &mut Outputs) {
    if let Some(socket) = connection.socket {
        outputs.send(socket, message.frame.clone());
    }
    connection.keep(message);
}

#[cfg(test)]
mod tests;
