//! The state of a session: its connections, streams and subscriptions, and the operations that keep them consistent.

use serde_json::{Value, json};

use super::answer::FollowUp;
use super::frames::{self, Outgoing};
use super::output::Activity;
use super::outputs::Outputs;
use super::raptor::{Message, session_uri};
use super::reason::{FORCE_DISCONNECTED, NETWORK_DISCONNECTED};
use super::roster::Roster;
use super::streams::Streams;
use super::subscriptions::Subscriptions;
use crate::credentials::Project;
use crate::media::{MediaRequest, PeerId};
use crate::memory_meter::MemoryMeter;
use crate::session_registry::{MediaMode, SessionOptions};
use crate::ticket::{Ticket, Tickets};

/// The most tracks of an offer that are reported: a stream has two.
const MAX_OFFER_TRACKS: usize = 8;

/// The configuration of a session.
#[derive(Debug, Clone)]
pub struct SessionConfig {
    /// The project whose tokens open the session.
    pub project: Project,
    /// The id of the session.
    pub session_id: String,
    /// The logical address of messages to and from the platform.
    pub symphony_address: String,
    /// The options that the session was created with.
    pub options: SessionOptions,
    /// Issues the tickets by which connections are resumed.
    pub tickets: Tickets,
    /// Counts the bytes that wait for the session's clients.
    pub meter: MemoryMeter,
}

/// The state of a session.
pub(super) struct SessionState {
    config: SessionConfig,
    uri: String,
    pub roster: Roster,
    pub streams: Streams,
    pub subscriptions: Subscriptions,
    pub outputs: Outputs,
    follow_ups: Vec<FollowUp>,
}

impl SessionState {
    /// Creates the state of a session without clients.
    pub(super) fn new(config: SessionConfig) -> Self {
        Self {
            uri: session_uri(&config.project.api_key, &config.session_id),
            config,
            roster: Roster::default(),
            streams: Streams::default(),
            subscriptions: Subscriptions::default(),
            outputs: Outputs::default(),
            follow_ups: Vec::new(),
        }
    }

    /// Returns the configuration of the session.
    pub(super) fn config(&self) -> &SessionConfig {
        &self.config
    }

    /// Returns the URI of the session, which that of every resource begins with.
    pub(super) fn uri(&self) -> &str {
        &self.uri
    }

    /// Returns the URI of a stream.
    pub(super) fn stream_uri(&self, stream: &str) -> String {
        format!("{}/stream/{stream}", self.uri)
    }

    /// Returns whether media goes from client to client.
    pub(super) fn is_relayed(&self) -> bool {
        self.config.options.media_mode == MediaMode::Relayed
    }

    /// Returns the ticket by which a connection of this id can be resumed, if it is made with this token.
    pub(super) fn ticket(&self, connection: &str, token: &str) -> Ticket {
        self.config.tickets.issue(&self.config.session_id, connection, token)
    }

    /// Returns the state of the session as the answer to a new client has it at its root: three arrays, all of them
    /// required.
    pub(super) fn snapshot(&self) -> Value {
        let connections: Vec<_> = self.roster.iter().map(|(id, connection)| connection.object(id)).collect();
        let streams: Vec<_> = self.streams.announced().map(|(id, stream)| stream.object(id)).collect();
        json!({ "connection": connections, "stream": streams, "archive": [] })
    }

    /// Adds a message that is sent after the answer to the current request.
    pub(super) fn follow_up(&mut self, follow_up: FollowUp) {
        self.follow_ups.push(follow_up);
    }

    /// Takes the messages that are to be sent after the answer.
    pub(super) fn take_follow_ups(&mut self) -> Vec<FollowUp> {
        std::mem::take(&mut self.follow_ups)
    }

    /// Sends a message of the server to a connection.
    pub(super) fn send(&mut self, to: &str, message: &Message) {
        let message = frames::message(to, &self.config.symphony_address, message);
        self.deliver(to, message);
    }

    /// Sends a message of the server to every connection.
    pub(super) fn broadcast(&mut self, message: &Message) {
        let message = frames::message(&self.uri, &self.config.symphony_address, message);
        self.deliver_all(&message);
    }

    /// Sends a frame to a connection, and keeps it until the client acknowledges it.
    pub(super) fn deliver(&mut self, to: &str, message: Outgoing) {
        self.roster.deliver(to, message, &mut self.outputs);
    }

    /// Sends a frame to every connection.
    pub(super) fn deliver_all(&mut self, message: &Outgoing) {
        self.roster.deliver_all(message, &mut self.outputs);
    }

    /// Announces a stream to every client, once its media flows. A client that knew of it earlier would take a stream
    /// whose media is blocked for one that works.
    pub(super) fn announce_stream(&mut self, id: &str) {
        let Some(object) = self.streams.announce(id) else { return };
        self.broadcast(&Message::new("created", self.stream_uri(id), object));
        if let Some(stream) = self.streams.find(id) {
            self.outputs.report(Activity::Published {
                stream: id.to_owned(),
                connection: stream.connection.clone(),
                name: stream.name().to_owned(),
                media: stream.active_media(),
            });
        }
        if self.streams.is_muted() {
            self.mute_stream(id);
        }
    }

    /// Removes a connection with its subscriptions and streams.
    pub(super) fn remove_connection(&mut self, id: &str, reason: &'static str) {
        let deleted = Message::new("deleted", format!("{}/connection/{id}", self.uri), json!({})).reason(reason);
        if reason == FORCE_DISCONNECTED {
            // The client is notified as well, and then leaves.
            self.send(id, &deleted);
        }
        if !self.roster.disconnect(id) {
            return;
        }
        for subscriber in self.subscriptions.ids_of_connection(id) {
            self.remove_subscriber(&subscriber);
        }
        for stream in self.streams.ids_of(id) {
            self.remove_stream(&stream, reason);
        }
        self.broadcast(&deleted);
        self.outputs.report(Activity::Disconnected { connection: id.to_owned(), reason });
    }

    /// Disconnects a client that does not read, since others need the memory.
    pub(super) fn remove_overloaded(&mut self, id: &str) {
        self.roster.close_overloaded(id, &mut self.outputs);
        self.remove_connection(id, NETWORK_DISCONNECTED);
    }

    /// Removes a stream with all subscriptions to it.
    pub(super) fn remove_stream(&mut self, id: &str, reason: &str) {
        let Some(stream) = self.streams.remove(id) else { return };
        for subscriber in self.subscriptions.ids_of_stream(id) {
            self.remove_subscriber(&subscriber);
        }
        self.outputs.request_media(MediaRequest::Close { peer: PeerId::Publisher(id.to_owned()) });
        if stream.announced {
            self.broadcast(&Message::new("deleted", self.stream_uri(id), json!({})).reason(reason));
            self.outputs.report(Activity::Unpublished { stream: id.to_owned() });
        }
    }

    /// Removes a subscription.
    pub(super) fn remove_subscriber(&mut self, id: &str) {
        if self.subscriptions.remove(id) {
            self.outputs.request_media(MediaRequest::Close { peer: PeerId::Subscriber(id.to_owned()) });
            self.outputs.report(Activity::Unsubscribed { subscriber: id.to_owned() });
        }
    }

    /// Reports that a client subscribes, with the first offer that it is sent.
    pub(super) fn report_subscriber(&mut self, id: &str, offer: &str) {
        let Some(known) = self.subscriptions.first_offer(id) else { return };
        self.outputs.report(Activity::Subscribing {
            subscriber: id.to_owned(),
            connection: known.connection.clone(),
            stream: known.stream.clone(),
            tracks: tracks_of(offer),
        });
    }

    /// Mutes the audio of a stream by a message to its publisher, which notifies its application and updates the
    /// channel.
    pub(super) fn mute_stream(&mut self, id: &str) {
        let Some(owner) = self.streams.owner(id).map(str::to_owned) else { return };
        let content = json!({ "reason": "mute", "channels": ["audio"], "active": true, "locked": false });
        self.send(&owner, &Message::new("update", self.stream_uri(id), content));
    }

    /// Asks every publisher to mute its audio, with the exception of some streams, and mutes new streams from now on.
    /// With `active` false it ends that.
    pub(super) fn mute_all(&mut self, active: bool, except: &[String]) {
        self.streams.set_muted(active);
        let content = json!({
            "reason": "mute", "channels": ["audio"], "active": active, "locked": false, "exclusion": except
        });
        // This message notifies applications. Publishers act on the message to each of them.
        self.broadcast(&Message::new("update", self.uri.clone(), content));
        if active {
            for id in self.streams.ids().into_iter().filter(|id| !except.contains(id)) {
                self.mute_stream(&id);
            }
        }
    }
}

/// Returns the ids of the tracks of an offer (`msid`, RFC 8830).
fn tracks_of(offer: &str) -> Vec<String> {
    let ids = offer.lines().filter_map(|line| line.strip_prefix("a=msid:")?.split_whitespace().nth(1));
    ids.take(MAX_OFFER_TRACKS).map(str::to_owned).collect()
}
