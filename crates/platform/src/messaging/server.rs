//! What an application's server asks of a session, through the REST API.

use serde_json::{Value, json};

use super::frames;
use super::raptor::Message;
use super::session::{FORCE_DISCONNECTED, Session};
use crate::limits::{MAX_SIGNAL_DATA_BYTES, MAX_SIGNAL_TYPE_BYTES};

/// Whom a server's signal is from: no client, so that `event.from` is empty as clients' documentation has it.
const NOBODY: &str = "";

/// A request of an application's server.
#[derive(Debug, Clone, PartialEq)]
pub enum ServerRequest {
    /// List the streams.
    Streams,
    /// Describe one stream.
    Stream {
        /// Which.
        id: String,
    },
    /// Set the layout classes of streams.
    SetLayoutClasses {
        /// Each stream with its classes.
        items: Vec<(String, Vec<String>)>,
    },
    /// List the connections.
    Connections,
    /// Put a client out.
    Disconnect {
        /// Its connection.
        connection: String,
    },
    /// Send a signal.
    Signal {
        /// To this connection, or else to everybody.
        to: Option<String>,
        /// Its type.
        kind: String,
        /// What it says.
        data: String,
    },
    /// Mute a stream's audio.
    MuteStream {
        /// Which.
        id: String,
    },
    /// Mute every stream's audio, and that of streams to come as long as anybody is in the session; or end that.
    MuteAll {
        /// False ends it.
        active: bool,
        /// Streams that are left as they are.
        except: Vec<String>,
    },
}

/// What it is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum ServerReply {
    /// It was done.
    Done,
    /// One JSON object.
    One(Value),
    /// A list of JSON objects.
    Many(Vec<Value>),
    /// There is no such session, connection or stream.
    NotFound,
    /// It is larger than allowed.
    TooLarge,
}

impl Session {
    /// Does what an application's server asks.
    pub fn handle_server(&mut self, request: ServerRequest) -> ServerReply {
        match request {
            ServerRequest::Streams => {
                let announced = self.streams.iter().filter(|(_, stream)| stream.announced);
                ServerReply::Many(announced.map(|(id, stream)| stream.listing(id)).collect())
            }
            ServerRequest::Stream { id } => match self.streams.get(&id).filter(|stream| stream.announced) {
                Some(stream) => ServerReply::One(stream.listing(&id)),
                None => ServerReply::NotFound,
            },
            ServerRequest::SetLayoutClasses { items } => self.set_layout_classes(items),
            ServerRequest::Connections => ServerReply::Many(
                self.connections
                    .iter()
                    .map(|(id, connection)| {
                        json!({
                            "connectionId": id, "connectionState": "Connected", "createdAt": connection.created_ms
                        })
                    })
                    .collect(),
            ),
            ServerRequest::Disconnect { connection } => {
                if !self.connections.contains_key(&connection) {
                    return ServerReply::NotFound;
                }
                self.remove_connection(&connection, FORCE_DISCONNECTED);
                ServerReply::Done
            }
            ServerRequest::Signal { to, kind, data } => self.signal_from_server(to, &kind, &data),
            ServerRequest::MuteStream { id } => {
                if !self.streams.contains_key(&id) {
                    return ServerReply::NotFound;
                }
                self.mute_stream(&id);
                ServerReply::Done
            }
            ServerRequest::MuteAll { active, except } => {
                self.mute_all(active, &except);
                ServerReply::Done
            }
        }
    }

    fn set_layout_classes(&mut self, items: Vec<(String, Vec<String>)>) -> ServerReply {
        if items.iter().any(|(id, _)| !self.streams.contains_key(id)) {
            return ServerReply::NotFound;
        }
        for (id, classes) in items {
            if let Some(stream) = self.streams.get_mut(&id) {
                stream.layout_classes = classes;
            }
        }
        ServerReply::Done
    }

    fn signal_from_server(&mut self, to: Option<String>, kind: &str, data: &str) -> ServerReply {
        if kind.len() > MAX_SIGNAL_TYPE_BYTES || data.len() > MAX_SIGNAL_DATA_BYTES {
            return ServerReply::TooLarge;
        }
        let id = uuid::Uuid::new_v4();
        let content = json!({ "type": kind, "data": data });
        match to {
            None => {
                let message = Message::new("signal", format!("{}/signal/{id}", self.uri), content);
                self.deliver_all(&frames::message(&self.uri, NOBODY, &message), None);
                ServerReply::Done
            }
            Some(to) if self.connections.contains_key(&to) => {
                let uri = format!("{}/connection/{to}/signal/{id}", self.uri);
                self.deliver(&to, frames::message(&to, NOBODY, &Message::new("signal", uri, content)));
                ServerReply::Done
            }
            Some(_) => ServerReply::NotFound,
        }
    }

    /// Asks a stream's publisher to mute its audio. It does, says so to its application, and updates its channel.
    pub(super) fn mute_stream(&mut self, id: &str) {
        let Some(owner) = self.streams.get(id).map(|stream| stream.connection.clone()) else { return };
        let content = json!({ "reason": "mute", "channels": ["audio"], "active": true, "locked": false });
        self.send(&owner, &Message::new("update", format!("{}/stream/{id}", self.uri), content));
    }

    /// Asks every publisher to mute its audio, some streams excepted, and remembers it for those to come; or ends that.
    pub(super) fn mute_all(&mut self, active: bool, except: &[String]) {
        self.is_muted = active;
        let content = json!({
            "reason": "mute", "channels": ["audio"], "active": active, "locked": false, "exclusion": except
        });
        // Sessions hear of it by this, publishers by what is said to each.
        self.broadcast(&Message::new("update", self.uri.clone(), content), None);
        if active {
            let ids: Vec<_> = self.streams.keys().filter(|id| !except.contains(id)).cloned().collect();
            for id in ids {
                self.mute_stream(&id);
            }
        }
    }
}
