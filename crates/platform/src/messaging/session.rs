//! One session: a state machine without I/O. It passes each input to the code that handles it.

use std::collections::HashMap;
use std::time::Instant;

use super::client_requests::{ClientMessage, handle_request};
use super::frames;
use super::output::{Close, Output};
use super::reason::{CLIENT_DISCONNECTED, FORCE_DISCONNECTED, FORCE_UNPUBLISHED, NETWORK_DISCONNECTED};
use super::refusal::{Refusal, SessionFault};
use super::roster::Opening;
use super::routed;
use super::rumor::{Frame, FrameKind};
use super::server_message::{ServerReply, ServerRequest};
use super::server_requests;
use super::session_state::{SessionConfig, SessionState};
use super::socket_id::SocketId;
use crate::clock::Now;
use crate::media::MediaEvent;
use precall_netem::fault::Service;

/// A session with its clients. Follows the contract in the [crate's documentation](crate).
pub struct Session {
    state: SessionState,
    refusals: HashMap<Service, Refusal>,
}

impl Session {
    /// Creates a session without clients.
    pub fn new(config: SessionConfig) -> Self {
        Self { state: SessionState::new(config), refusals: HashMap::new() }
    }

    /// Returns the next output.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.state.outputs.poll()
    }

    /// Returns the next time at which [`Session::handle_timeout`] has something to do.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.state.roster.poll_timeout()
    }

    /// Closes sockets that are idle or have shown no token, and removes connections that were not resumed in time.
    pub fn handle_timeout(&mut self, now: Now) {
        for connection in self.state.roster.handle_timeout(now.instant, &mut self.state.outputs) {
            self.state.remove_connection(&connection, NETWORK_DISCONNECTED);
        }
    }

    /// Handles a WebSocket that a client has opened. With its ticket a client resumes a connection; otherwise it makes
    /// a new one.
    pub fn handle_socket_opened(&mut self, now: Now, socket: SocketId, opening: Opening) {
        self.state.roster.open_socket(now.instant, socket, opening, &mut self.state.outputs);
    }

    /// Handles the end of a WebSocket. Its client may reconnect.
    pub fn handle_socket_closed(&mut self, now: Now, socket: SocketId) {
        self.state.roster.close_socket(now.instant, socket);
    }

    /// Handles the end of a WebSocket whose page is gone, as when it crashed: its client cannot reconnect.
    pub fn handle_page_gone(&mut self, socket: SocketId) {
        if let Some(connection) = self.state.roster.connection_of(socket) {
            self.state.remove_connection(&connection, NETWORK_DISCONNECTED);
        }
    }

    /// Handles a WebSocket message, which holds one frame.
    pub fn handle_frame(&mut self, now: Now, socket: SocketId, bytes: &[u8]) {
        let state = &mut self.state;
        if !state.roster.note_heard(now.instant, socket) {
            return;
        }
        let Ok(frame) = Frame::decode(bytes) else {
            state.outputs.close(socket, Close::BadFrame);
            return state.roster.close_socket(now.instant, socket);
        };
        match frame.kind {
            FrameKind::Ping => state.outputs.send(socket, frames::pong()),
            FrameKind::Message => handle_request(state, &self.refusals, &ClientMessage { now, socket, frame: &frame }),
            FrameKind::Disconnect if frame.find_header("reconnect").unwrap_or_default().is_empty() => {
                if let Some(connection) = state.roster.connection_of(socket) {
                    state.remove_connection(&connection, CLIENT_DISCONNECTED);
                }
            }
            FrameKind::Status => {
                if let Some(transaction) = frame.find_header("TRANSACTION-ID") {
                    state.roster.acknowledge(socket, transaction);
                }
            }
            // The session's own address is the only one to subscribe to, so subscriptions need no state.
            FrameKind::Connect
            | FrameKind::Disconnect
            | FrameKind::Subscribe
            | FrameKind::Unsubscribe
            | FrameKind::Pong => {}
        }
    }

    /// Handles an event of the media router.
    pub fn handle_media_event(&mut self, event: MediaEvent) {
        routed::handle_media_event(&mut self.state, event);
    }

    /// Handles a request of an application's server.
    pub fn handle_server_request(&mut self, request: ServerRequest) -> ServerReply {
        server_requests::handle(&mut self.state, request)
    }

    /// Begins a fault.
    pub fn handle_fault(&mut self, fault: SessionFault) {
        match fault {
            SessionFault::Refuse(service, refusal) => drop(self.refusals.insert(service, refusal)),
            SessionFault::DisconnectAll => {
                let ids: Vec<_> = self.state.roster.iter().map(|(id, _)| id.clone()).collect();
                ids.iter().for_each(|id| self.state.remove_connection(id, FORCE_DISCONNECTED));
            }
            SessionFault::UnpublishAll => {
                let ids = self.state.streams.ids();
                ids.iter().for_each(|id| self.state.remove_stream(id, FORCE_UNPUBLISHED));
            }
        }
    }

    /// Disconnects a client that does not read its messages, since others need the memory.
    pub fn handle_overload(&mut self, connection: &str) {
        self.state.remove_overloaded(connection);
    }

    /// Returns the connection for which most bytes wait, and their number.
    pub fn heaviest(&self) -> Option<(&str, usize)> {
        self.state.roster.heaviest()
    }

    /// Returns whether the session has neither connections nor sockets.
    pub fn is_empty(&self) -> bool {
        self.state.roster.is_empty()
    }
}

#[cfg(test)]
mod tests;
