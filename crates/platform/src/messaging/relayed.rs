//! Relayed sessions (`p2p`): media goes from client to client, and only its negotiation goes through here.
//!
//! A publisher makes an offer for each subscriber. Both ends tag what they say with the peer that the request for the
//! offer named (`peerId`; newer clients also take `sourceStreamId`), which is the subscriber's id here. Seen on the wire
//! with OpenTok.js 2.18.2, 2.27.6 and 2.35.2.

use serde_json::{Value, json};

use super::frames;
use super::raptor::{Message, Resource};
use super::session::Session;
use crate::session_registry::MediaMode;

/// The names of the tag, the one that every client knows first.
const PEER_TAGS: [&str; 2] = ["peerId", "sourceStreamId"];

impl Session {
    pub(super) fn is_relayed(&self) -> bool {
        self.config.options.media_mode == MediaMode::Relayed
    }

    /// Asks the publisher of a subscriber's stream for an offer.
    pub(super) fn ask_for_offer(&mut self, subscriber: &str) {
        let Some(known) = self.subscribers.get(subscriber) else { return };
        let (stream, from) = (known.stream.clone(), known.connection.clone());
        let mut content = json!({});
        tag(&mut content, subscriber);
        self.pass_to_publisher(&stream, &from, &Message::new("generateoffer", self.stream_uri(&stream), content));
    }

    /// Passes an offer, an answer or a candidate on to the other end; false when there is none, or it is not its own.
    pub(super) fn pass_on(&mut self, from: &str, resource: &Resource, message: &Message) -> bool {
        match resource {
            Resource::Stream(stream) => self.pass_to_subscriber(stream, from, message),
            Resource::Subscriber { stream, subscriber } => {
                if !self.subscribers.get(subscriber).is_some_and(|s| s.connection == from && s.stream == *stream) {
                    return false;
                }
                let mut content = message.content.clone();
                tag(&mut content, subscriber);
                self.pass_to_publisher(stream, from, &Message::new(&message.method, self.stream_uri(stream), content))
            }
            _ => false,
        }
    }

    fn pass_to_subscriber(&mut self, stream: &str, from: &str, message: &Message) -> bool {
        if self.streams.get(stream).is_none_or(|stream| stream.connection != from) {
            return false;
        }
        let peer = PEER_TAGS.iter().find_map(|name| message.content.get(name)?.as_str());
        let known = peer.and_then(|peer| Some((peer, self.subscribers.get(peer)?)));
        let Some((peer, subscriber)) = known.filter(|(_, subscriber)| subscriber.stream == stream) else {
            return false;
        };
        let to = subscriber.connection.clone();
        let uri = format!("{}/subscriber/{peer}", self.stream_uri(stream));
        let mut content = message.content.clone();
        tag(&mut content, peer);
        let message = frames::message(&to, from, &Message::new(&message.method, uri, content));
        self.deliver(&to, message);
        true
    }

    fn pass_to_publisher(&mut self, stream: &str, from: &str, message: &Message) -> bool {
        let Some(to) = self.streams.get(stream).map(|stream| stream.connection.clone()) else { return false };
        let message = frames::message(&to, from, message);
        self.deliver(&to, message);
        true
    }

    fn stream_uri(&self, stream: &str) -> String {
        format!("{}/stream/{stream}", self.uri)
    }
}

fn tag(content: &mut Value, peer: &str) {
    if let Value::Object(content) = content {
        // The oldest clients take a priority that differs from the offer's for another peer.
        content.remove("peerPriority");
        for name in PEER_TAGS {
            content.insert(name.to_owned(), json!(peer));
        }
    }
}
