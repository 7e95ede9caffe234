//! Relayed sessions (`p2p`): media goes from client to client, and the session passes its negotiation on.
//!
//! A publisher makes an offer for each subscriber. Both ends tag their messages with the peer that the request for the
//! offer named (`peerId`; newer clients also take `sourceStreamId`), which here is the subscriber's id. Seen on the
//! wire with OpenTok.js 2.18.2, 2.27.6 and 2.35.2.

use serde_json::{Value, json};

use super::frames;
use super::raptor::{Message, Resource};
use super::session_state::SessionState;

/// The names of the tag. Every client knows the first.
const PEER_TAGS: [&str; 2] = ["peerId", "sourceStreamId"];

/// Asks the publisher of a subscriber's stream for an offer.
pub(super) fn request_offer(state: &mut SessionState, subscriber: &str) {
    let Some(known) = state.subscriptions.find(subscriber) else { return };
    let (stream, from) = (known.stream.clone(), known.connection.clone());
    let mut content = json!({});
    tag(&mut content, subscriber);
    let message = Message::new("generateoffer", state.stream_uri(&stream), content);
    pass_to_publisher(state, &stream, &from, &message);
}

/// Passes an offer, an answer or a candidate on to the other end. Returns false if there is none, or if the resource is
/// not the client's own.
pub(super) fn pass_on(state: &mut SessionState, from: &str, resource: &Resource, message: &Message) -> bool {
    match resource {
        Resource::Stream(stream) => pass_to_subscriber(state, stream, from, message),
        Resource::Subscriber { stream, subscriber } => {
            let known = state.subscriptions.find(subscriber);
            if !known.is_some_and(|known| known.connection == from && known.stream == *stream) {
                return false;
            }
            let mut content = message.content.clone();
            tag(&mut content, subscriber);
            let message = Message::new(&message.method, state.stream_uri(stream), content);
            pass_to_publisher(state, stream, from, &message)
        }
        _ => false,
    }
}

fn pass_to_subscriber(state: &mut SessionState, stream: &str, from: &str, message: &Message) -> bool {
    if state.streams.owner(stream) != Some(from) {
        return false;
    }
    let peer = PEER_TAGS.iter().find_map(|name| message.content.get(name)?.as_str());
    let known = peer.and_then(|peer| Some((peer, state.subscriptions.find(peer)?)));
    let Some((peer, subscription)) = known.filter(|(_, subscription)| subscription.stream == stream) else {
        return false;
    };
    let (peer, to) = (peer.to_owned(), subscription.connection.clone());
    if message.method == "offer" {
        let sdp = message.content.get("sdp").and_then(Value::as_str).unwrap_or_default();
        state.report_subscriber(&peer, sdp);
    }
    let uri = format!("{}/subscriber/{peer}", state.stream_uri(stream));
    let mut content = message.content.clone();
    tag(&mut content, &peer);
    state.deliver(&to, frames::message(&to, from, &Message::new(&message.method, uri, content)));
    true
}

fn pass_to_publisher(state: &mut SessionState, stream: &str, from: &str, message: &Message) -> bool {
    let Some(to) = state.streams.owner(stream).map(str::to_owned) else { return false };
    state.deliver(&to, frames::message(&to, from, message));
    true
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
