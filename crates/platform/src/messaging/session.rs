//! One session: who is in it, and what goes in and out. Sans-I/O.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::json;

use super::connection::Connection;
use super::frames::{self, Outgoing};
use super::output::{Activity, Close, Output};
use super::raptor::{Message, session_uri};
use super::refusal::Refusal;
use super::requests::FollowUp;
use super::rumor::{Frame, FrameKind};
use super::sockets::Socket;
use super::state::{Stream, Subscriber};
use crate::credentials::Project;
use crate::directory::SessionOptions;
use crate::held::Meter;
use crate::media::{MediaRequest, PeerId};
use crate::ticket::Tickets;
use precall_netem::fault::Service;

/// How long a client that lost its socket stays in the session: as long as OpenTok.js tries to come back.
const RECONNECT_GRACE: Duration = Duration::from_secs(30);

/// The reason a client is told when a moderator disconnects it.
pub(super) const FORCE_DISCONNECTED: &str = "forceDisconnected";

/// The reason that others are told of a client that is gone without a word.
pub(super) const NETWORK_DISCONNECTED: &str = "networkDisconnected";

/// The moment of an input.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// For timeouts.
    pub instant: Instant,
    /// For what clients are told, in ms since the Unix epoch.
    pub unix_ms: u64,
}

/// A WebSocket, numbered by whoever owns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SocketId(pub u64);

/// What a session is made of.
#[derive(Debug, Clone)]
pub struct SessionConfig {
    /// The project whose tokens open it.
    pub project: Project,
    /// Its id.
    pub session_id: String,
    /// The logical address that clients send to and hear from.
    pub symphony_address: String,
    /// What it was created with.
    pub options: SessionOptions,
    /// Knows what a connection is taken up again by.
    pub tickets: Tickets,
    /// Counts what waits for its clients.
    pub meter: Meter,
}

/// One session.
pub struct Session {
    pub(super) config: SessionConfig,
    pub(super) uri: String,
    pub(super) connections: BTreeMap<String, Connection>,
    pub(super) streams: BTreeMap<String, Stream>,
    pub(super) subscribers: BTreeMap<String, Subscriber>,
    pub(super) follow_ups: Vec<FollowUp>,
    pub(super) refusals: HashMap<Service, Refusal>,
    /// Whether newcomers publish muted, by a moderator's word.
    pub(super) is_muted: bool,
    pub(super) sockets: HashMap<SocketId, Socket>,
    pub(super) outputs: VecDeque<Output>,
}

impl Session {
    /// An empty session.
    pub fn new(config: SessionConfig) -> Self {
        let uri = session_uri(&config.project.api_key, &config.session_id);
        Self {
            config,
            uri,
            connections: BTreeMap::new(),
            streams: BTreeMap::new(),
            subscribers: BTreeMap::new(),
            follow_ups: Vec::new(),
            refusals: HashMap::new(),
            is_muted: false,
            sockets: HashMap::new(),
            outputs: VecDeque::new(),
        }
    }

    /// The next thing to do, if there is one.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Whether nobody is here.
    pub fn is_empty(&self) -> bool {
        self.sockets.is_empty() && self.connections.is_empty()
    }

    /// Time has passed: called every second or so, as the limits here are tens of seconds.
    pub fn handle_timeout(&mut self, now: Now) {
        let ended = self.sockets.iter().filter_map(|(id, socket)| Some((*id, socket.end(now.instant)?)));
        for (socket, close) in ended.collect::<Vec<_>>() {
            self.outputs.push_back(Output::Close { socket, close });
            self.close_socket(now, socket);
        }
        let gone: Vec<_> = self
            .connections
            .iter()
            .filter(|(_, c)| c.detached_since.is_some_and(|since| now.instant >= since + RECONNECT_GRACE))
            .map(|(id, _)| id.clone())
            .collect();
        for connection in gone {
            self.remove_connection(&connection, NETWORK_DISCONNECTED);
        }
    }

    /// A WebSocket message came.
    pub fn handle_frame(&mut self, now: Now, socket: SocketId, bytes: &[u8]) {
        let Some(open) = self.sockets.get_mut(&socket) else { return };
        open.last_heard = now.instant;
        let Ok(frame) = Frame::decode(bytes) else {
            self.outputs.push_back(Output::Close { socket, close: Close::BadFrame });
            return self.close_socket(now, socket);
        };
        match frame.kind {
            FrameKind::Ping => self.outputs.push_back(Output::Send { socket, frame: frames::pong() }),
            FrameKind::Message => self.handle_message(now, socket, &frame),
            FrameKind::Disconnect if frame.find_header("reconnect").unwrap_or_default().is_empty() => {
                if let Some(connection) = self.connection_of(socket) {
                    self.remove_connection(&connection, "clientDisconnected");
                }
            }
            FrameKind::Status => {
                let connection = self.connection_of(socket).and_then(|id| self.connections.get_mut(&id));
                if let (Some(connection), Some(transaction)) = (connection, frame.find_header("TRANSACTION-ID")) {
                    connection.acknowledge(transaction);
                }
            }
            // The session's own address is the only one there is to hear, so subscriptions need no book-keeping.
            FrameKind::Connect
            | FrameKind::Disconnect
            | FrameKind::Subscribe
            | FrameKind::Unsubscribe
            | FrameKind::Pong => {}
        }
    }

    /// A stream's media flows: everybody hears of it. Told earlier, a client whose media is blocked would take the
    /// stream for working.
    pub(super) fn announce_stream(&mut self, id: &str) {
        let Some(stream) = self.streams.get_mut(id).filter(|stream| !stream.announced) else { return };
        stream.announced = true;
        let created = Message::new("created", format!("{}/stream/{id}", self.uri), stream.object(id));
        self.broadcast(&created, None);
        self.tell(Activity::Published { stream: id.to_owned() });
        if self.is_muted {
            self.mute_stream(id);
        }
    }

    /// Ends a connection with all that it has.
    pub(super) fn remove_connection(&mut self, id: &str, reason: &'static str) {
        let deleted = Message::new("deleted", format!("{}/connection/{id}", self.uri), json!({})).reason(reason);
        if reason == FORCE_DISCONNECTED {
            // It hears of it itself, and then leaves.
            self.send(id, &deleted);
        }
        let Some(connection) = self.connections.remove(id) else { return };
        if let Some(socket) = connection.socket.and_then(|socket| self.sockets.get_mut(&socket)) {
            socket.connection = None;
        }
        let own = |owner: &String| owner == id;
        let subscribers: Vec<_> =
            self.subscribers.iter().filter(|(_, s)| own(&s.connection)).map(|(id, _)| id.clone()).collect();
        for subscriber in subscribers {
            self.remove_subscriber(&subscriber);
        }
        let streams: Vec<_> =
            self.streams.iter().filter(|(_, s)| own(&s.connection)).map(|(id, _)| id.clone()).collect();
        for stream in streams {
            self.remove_stream(&stream, reason);
        }
        self.broadcast(&deleted, None);
        self.tell(Activity::Disconnected { connection: id.to_owned(), reason });
    }

    /// Ends a stream and every subscription to it.
    pub(super) fn remove_stream(&mut self, id: &str, reason: &str) {
        let Some(stream) = self.streams.remove(id) else { return };
        let subscribers: Vec<_> =
            self.subscribers.iter().filter(|(_, s)| s.stream == id).map(|(id, _)| id.clone()).collect();
        for subscriber in subscribers {
            self.remove_subscriber(&subscriber);
        }
        self.request_media(MediaRequest::Close { peer: PeerId::Publisher(id.to_owned()) });
        if stream.announced {
            let deleted = Message::new("deleted", format!("{}/stream/{id}", self.uri), json!({})).reason(reason);
            self.broadcast(&deleted, None);
            self.tell(Activity::Unpublished { stream: id.to_owned() });
        }
    }

    /// Ends a subscription.
    pub(super) fn remove_subscriber(&mut self, id: &str) {
        if self.subscribers.remove(id).is_some() {
            self.request_media(MediaRequest::Close { peer: PeerId::Subscriber(id.to_owned()) });
        }
    }

    /// A message from the server to one connection.
    pub(super) fn send(&mut self, to: &str, message: &Message) {
        let message = frames::message(to, &self.config.symphony_address, message);
        self.deliver(to, message);
    }

    /// A message from the server to all connections but one.
    pub(super) fn broadcast(&mut self, message: &Message, except: Option<&str>) {
        let message = frames::message(&self.uri, &self.config.symphony_address, message);
        self.deliver_all(&message, except);
    }

    pub(super) fn deliver_all(&mut self, message: &Outgoing, except: Option<&str>) {
        let everybody: Vec<_> = self.connections.keys().filter(|id| Some(id.as_str()) != except).cloned().collect();
        for id in everybody {
            self.deliver(&id, message.clone());
        }
    }

    /// Sends a message, if the client has a socket, and keeps it until the client acknowledges it.
    pub(super) fn deliver(&mut self, to: &str, message: Outgoing) {
        let Some(connection) = self.connections.get_mut(to) else { return };
        if let Some(socket) = connection.socket {
            self.outputs.push_back(Output::Send { socket, frame: message.frame.clone() });
        }
        connection.keep(message);
    }

    pub(super) fn send_on(&mut self, socket: SocketId, frame: Bytes) {
        self.outputs.push_back(Output::Send { socket, frame });
    }

    pub(super) fn request_media(&mut self, request: MediaRequest) {
        self.outputs.push_back(Output::Media(request));
    }

    pub(super) fn tell(&mut self, activity: Activity) {
        self.outputs.push_back(Output::Activity(activity));
    }
}

#[cfg(test)]
mod tests;
