//! What clients ask of a session, one function a request.

use serde_json::{Map, Value, json};

use super::connection::Connection;
use super::frames;
use super::output::Activity;
use super::raptor::{Message, Resource};
use super::refusal::{FORCE_UNPUBLISHED, Refusal};
use super::rumor::Frame;
use super::session::{FORCE_DISCONNECTED, Session, SocketId};
use super::state::{PublishedStream, is_light};
use crate::clock::Now;
use crate::credentials::TokenClaims;
use crate::limits::{
    MAX_CONNECTION_STREAMS, MAX_CONNECTIONS, MAX_SIGNAL_DATA_BYTES, MAX_SIGNAL_TYPE_BYTES, MAX_STREAMS,
    MAX_TRANSACTION_BYTES, MAX_URI_BYTES,
};
use crate::media::VideoCodec;
use crate::weight::weight;

/// With how many clients a publisher begins to send several layers.
const MIN_CONNECTIONS_FOR_SIMULCAST: usize = 3;

/// The header that a client shows its token in.
const TOKEN_HEADER: &str = "X-TB-TOKEN-AUTH";

/// The answer to a request: a status code and its payload.
pub(super) type RequestAnswer = (u16, Value);

pub(super) const OK: RequestAnswer = (200, Value::Null);
pub(super) const BAD_REQUEST: RequestAnswer = (400, Value::Null);
pub(super) const FORBIDDEN: RequestAnswer = (403, Value::Null);
pub(super) const NOT_FOUND: RequestAnswer = (404, Value::Null);
pub(super) const CONFLICT: RequestAnswer = (409, Value::Null);
pub(super) const TOO_LARGE: RequestAnswer = (413, Value::Null);

/// What a signal weighs besides its type and data: both of them and the object around them.
const SIGNAL_NODES_WEIGHT: usize = 8 * 64;

impl Session {
    /// Answers a MESSAGE frame, and does what it asks.
    pub(super) fn handle_message(&mut self, now: Now, socket: SocketId, frame: &Frame) {
        let transaction = frame.find_header("TRANSACTION-ID").unwrap_or_default();
        let connection = self.connection_of(socket);
        let (code, payload) = match serde_json::from_slice::<Message>(&frame.payload) {
            Err(_) => BAD_REQUEST,
            // Ids are part of the URI, and so bounded with it.
            Ok(message) if message.uri.len() > MAX_URI_BYTES || transaction.len() > MAX_TRANSACTION_BYTES => {
                BAD_REQUEST
            }
            Ok(message) => {
                self.note_token(now, socket, frame);
                let resource = Resource::parse(&message.uri, &self.uri);
                match (self.refusal_of(&message.method, resource.as_ref()), resource) {
                    (Some(Refusal::Silence), _) => return,
                    (Some(Refusal::Status(code)), _) => (code, Value::Null),
                    (None, Some(Resource::Connection(id))) if message.method == "create" => {
                        self.create_connection(now, socket, &id, frame)
                    }
                    (None, resource) => match connection {
                        None => FORBIDDEN,
                        // After a reconnect a client sends again what was never answered: done once, answered twice.
                        Some(id) if !self.is_new_transaction(&id, transaction) => OK,
                        Some(id) => self.handle_request(now, &id, resource, message),
                    },
                }
            }
        };
        let to = self.connection_of(socket).unwrap_or_default();
        let status = frames::status(&to, &self.config.symphony_address, transaction, code, &payload);
        self.send_on(socket, status);
        // What follows from a request is said after its answer.
        for follow_up in std::mem::take(&mut self.follow_ups) {
            match follow_up {
                FollowUp::ToOne(to, message) => self.send(&to, &message),
                FollowUp::ToAll(message) => self.broadcast(&message, None),
                FollowUp::Announce(stream) => self.announce_stream(&stream),
                FollowUp::AskForOffer { subscriber } => self.ask_for_offer(&subscriber),
            }
        }
    }

    fn is_new_transaction(&mut self, connection: &str, transaction: &str) -> bool {
        self.connections.get_mut(connection).is_none_or(|connection| connection.is_new_transaction(transaction))
    }

    fn handle_request(&mut self, now: Now, from: &str, resource: Option<Resource>, message: Message) -> RequestAnswer {
        match (message.method.as_str(), resource) {
            ("offer" | "answer" | "candidate", Some(resource)) if self.is_relayed() => {
                if self.pass_on(from, &resource, &message) { OK } else { NOT_FOUND }
            }
            ("create", Some(Resource::Stream(stream))) => self.create_stream(now, from, stream, message.content),
            ("offer", Some(Resource::Stream(stream))) => self.offer(from, &stream, &message.content),
            ("offer", Some(Resource::Subscriber { subscriber, .. })) => {
                self.offer_of_subscriber(from, subscriber, &message.content)
            }
            ("update", Some(Resource::StreamChannel { stream, channel })) => {
                self.update_channel(from, &stream, &channel, message)
            }
            ("delete", Some(Resource::Stream(stream))) => self.delete_stream(from, &stream),
            ("create", Some(Resource::Subscriber { stream, subscriber })) => {
                self.create_subscriber(from, stream, subscriber)
            }
            ("answer", Some(Resource::Subscriber { subscriber, .. })) => {
                self.answer(from, subscriber, &message.content)
            }
            ("delete", Some(Resource::Subscriber { subscriber, .. })) => self.delete_subscriber(from, &subscriber),
            // The router is ICE-lite: it learns a client's addresses from its checks. Layer choice comes with simulcast.
            ("candidate", Some(Resource::Stream(_) | Resource::Subscriber { .. }))
            | ("update", Some(Resource::SubscriberChannel { .. })) => OK,
            ("signal", Some(Resource::Signal)) => self.signal(from, None, &message),
            ("signal", Some(Resource::SignalTo(to))) => self.signal(from, Some(&to), &message),
            ("read", Some(Resource::Session)) => {
                let read = Message::new("read", self.uri.clone(), self.state());
                self.follow_ups.push(FollowUp::ToOne(from.to_owned(), read));
                OK
            }
            ("update", Some(Resource::Stream(stream))) if is_mute(&message) => {
                self.force_mute(from, Some(&stream), &message)
            }
            ("update", Some(Resource::Session)) if is_mute(&message) => self.force_mute(from, None, &message),
            ("delete", Some(Resource::Connection(id))) => self.delete_connection(from, &id),
            _ => {
                self.tell(Activity::UnknownRequest { method: message.method, uri: message.uri });
                OK
            }
        }
    }

    /// What the token of a frame says, if it is good for this session.
    fn claims_of(&self, now: Now, frame: &Frame) -> Option<TokenClaims> {
        let token = frame.find_header(TOKEN_HEADER)?;
        TokenClaims::verify(token, &self.config.project, &self.config.session_id, now.unix_ms / 1000).ok()
    }

    /// A socket whose client has shown a token may stay, also where a fault keeps it from connecting.
    fn note_token(&mut self, now: Now, socket: SocketId, frame: &Frame) {
        if self.is_anonymous(socket) && self.claims_of(now, frame).is_some() {
            self.admit(socket);
        }
    }

    fn create_connection(&mut self, now: Now, socket: SocketId, id: &str, frame: &Frame) -> RequestAnswer {
        if self.connections.contains_key(id) {
            return if self.connection_of(socket).as_deref() == Some(id) { (200, self.state()) } else { CONFLICT };
        }
        if self.connection_of(socket).is_some() || self.connections.len() >= MAX_CONNECTIONS {
            return CONFLICT;
        }
        let Some(claims) = self.claims_of(now, frame) else { return FORBIDDEN };
        let made = self.bind_socket(now, socket, id, frame.find_header(TOKEN_HEADER).unwrap_or_default());
        let connection = Connection::new(made, claims, self.config.meter.clone());
        let created = Message::new("created", format!("{}/connection/{id}", self.uri), connection.object(id));
        self.connections.insert(id.to_owned(), connection);
        // Clients wait for this message about themselves too.
        self.follow_ups.push(FollowUp::ToAll(created));
        self.tell(Activity::Connected { connection: id.to_owned() });
        (200, self.state())
    }

    /// The session's state as a client wants it at the root of the answer to its connecting: three arrays, all required.
    fn state(&self) -> Value {
        let connections: Vec<_> = self.connections.iter().map(|(id, connection)| connection.object(id)).collect();
        let streams: Vec<_> =
            self.streams.iter().filter(|(_, stream)| stream.announced).map(|(id, stream)| stream.object(id)).collect();
        json!({ "connection": connections, "stream": streams, "archive": [] })
    }

    fn delete_connection(&mut self, from: &str, id: &str) -> RequestAnswer {
        let may = from == id || self.connections.get(from).is_some_and(|c| c.may("forcedisconnect"));
        if !may {
            return FORBIDDEN;
        }
        if !self.connections.contains_key(id) {
            return NOT_FOUND;
        }
        self.remove_connection(id, if from == id { "clientDisconnected" } else { FORCE_DISCONNECTED });
        OK
    }

    fn create_stream(&mut self, now: Now, from: &str, id: String, content: Value) -> RequestAnswer {
        let Some(publisher) = self.connections.get(from).filter(|connection| connection.may("publish")) else {
            return FORBIDDEN;
        };
        let layout_classes = publisher.layout_classes.clone();
        let own = self.streams.values().filter(|stream| stream.connection == from).count();
        let is_full = own >= MAX_CONNECTION_STREAMS || self.streams.len() >= MAX_STREAMS;
        if is_full || self.streams.contains_key(&id) {
            return CONFLICT;
        }
        let content = match content {
            Value::Object(content) => content,
            _ => Map::new(),
        };
        if !is_light(&content) {
            return TOO_LARGE;
        }
        self.follow_ups.push(if self.is_relayed() {
            // Its media is between it and each subscriber: there is nothing here to wait for.
            FollowUp::Announce(id.clone())
        } else {
            let content = if self.wants_simulcast(&content) { json!({ "simulcastEnabled": true }) } else { json!({}) };
            let generate = Message::new("generateoffer", format!("{}/stream/{id}", self.uri), content);
            FollowUp::ToOne(from.to_owned(), generate)
        });
        let stream = PublishedStream {
            connection: from.to_owned(),
            created_ms: now.unix_ms,
            content,
            announced: false,
            layout_classes,
        };
        self.streams.insert(id, stream);
        // Older clients read their ICE servers from here.
        (200, json!({ "content": { "iceServers": [] } }))
    }

    /// As the cloud does: a video is worth several layers once more than two clients are there. Screens stay as they are.
    fn wants_simulcast(&self, content: &Map<String, Value>) -> bool {
        let options = &self.config.options;
        let channels = content.get("channel").and_then(Value::as_array).into_iter().flatten();
        let mut videos = channels.filter(|channel| channel["type"] == "video");
        options.simulcast
            && options.video_codec == VideoCodec::Vp8
            && self.connections.len() >= MIN_CONNECTIONS_FOR_SIMULCAST
            && !videos.any(|video| video["source"] == "screen")
    }

    fn update_channel(&mut self, from: &str, id: &str, channel: &str, message: Message) -> RequestAnswer {
        // An update may cross the stream's end.
        let Some(stream) = self.streams.get_mut(id) else { return OK };
        if stream.connection != from {
            return FORBIDDEN;
        }
        if !stream.update_channel(channel, &message.content) {
            return TOO_LARGE;
        }
        if stream.announced {
            self.follow_ups.push(FollowUp::ToAll(Message::new("updated", message.uri, message.content)));
        }
        OK
    }

    fn delete_stream(&mut self, from: &str, id: &str) -> RequestAnswer {
        match self.streams.get(id) {
            Some(stream) if stream.connection == from => self.remove_stream(id, "clientDisconnected"),
            Some(_) if self.connections.get(from).is_some_and(|c| c.may("forceunpublish")) => {
                self.remove_stream(id, FORCE_UNPUBLISHED);
            }
            Some(_) => return FORBIDDEN,
            // Some releases delete twice.
            None => {}
        }
        OK
    }

    /// A moderator mutes one stream, or all but some; or ends that.
    fn force_mute(&mut self, from: &str, stream: Option<&str>, message: &Message) -> RequestAnswer {
        if !self.connections.get(from).is_some_and(|connection| connection.may("forcemute")) {
            return FORBIDDEN;
        }
        match stream {
            Some(stream) if self.streams.contains_key(stream) => self.mute_stream(stream),
            Some(_) => return NOT_FOUND,
            None => {
                let active = message.content.get("active").and_then(Value::as_bool).unwrap_or(true);
                let except = message.content.get("exclusion").and_then(Value::as_array).into_iter().flatten();
                let except: Vec<_> = except.filter_map(Value::as_str).map(str::to_owned).collect();
                self.mute_all(active, &except);
            }
        }
        OK
    }

    fn signal(&mut self, from: &str, to: Option<&str>, message: &Message) -> RequestAnswer {
        if !self.connections.get(from).is_some_and(|connection| connection.may("signal")) {
            return FORBIDDEN;
        }
        if !is_signal_within_limits(&message.content) {
            return TOO_LARGE;
        }
        match to {
            None => {
                self.deliver_all(&frames::message(&self.uri, from, message), None);
            }
            Some(to) if self.connections.contains_key(to) => {
                self.deliver(to, frames::message(to, from, message));
            }
            Some(_) => return NOT_FOUND,
        }
        OK
    }
}

/// Whether a signal is as small as OpenTok wants it.
fn is_signal_within_limits(content: &Value) -> bool {
    let length = |name: &str| content.get(name).and_then(Value::as_str).map_or(0, str::len);
    length("type") <= MAX_SIGNAL_TYPE_BYTES
        && length("data") <= MAX_SIGNAL_DATA_BYTES
        && weight(content) <= MAX_SIGNAL_TYPE_BYTES + MAX_SIGNAL_DATA_BYTES + SIGNAL_NODES_WEIGHT
}

/// Whether an update of a stream or a session is a moderator's word to mute.
fn is_mute(message: &Message) -> bool {
    message.content.get("reason").and_then(Value::as_str) == Some("mute")
}

/// What follows the answer to a request.
pub(super) enum FollowUp {
    /// A message to one connection.
    ToOne(String, Message),
    /// A message to everybody.
    ToAll(Message),
    /// A stream is there.
    Announce(String),
    /// In a relayed session, a publisher is to make an offer to this subscriber.
    AskForOffer { subscriber: String },
}
