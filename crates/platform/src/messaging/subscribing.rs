//! Requests about a client's own subscriptions.

use serde_json::json;

use super::answer::{CONFLICT, FORBIDDEN, FollowUp, NOT_FOUND, OK, RequestAnswer};
use super::room::Room;
use crate::media::MediaRequest;

/// Subscribes to a stream. In a routed session the router makes an offer, in a relayed one the publisher.
pub(super) fn create_subscriber(room: &mut Room, from: &str, stream: String, id: String) -> RequestAnswer {
    if !room.roster.may(from, "subscribe") {
        return FORBIDDEN;
    }
    let known = room.streams.find(&stream).filter(|stream| stream.announced);
    let Some(audio_fallback) = known.map(|stream| stream.has_audio_fallback()) else { return NOT_FOUND };
    if !room.subscriptions.insert(id.clone(), from, &stream) {
        return CONFLICT;
    }
    if room.is_relayed() {
        room.follow_up(FollowUp::RequestOffer { subscriber: id });
    } else {
        room.outputs.request_media(MediaRequest::Subscribe { subscriber: id, stream, audio_fallback });
    }
    (200, json!({ "content": { "iceServers": [] } }))
}

/// Ends a client's own subscription.
pub(super) fn delete_subscriber(room: &mut Room, from: &str, id: &str) -> RequestAnswer {
    if room.subscriptions.find(id).is_some_and(|subscription| subscription.connection == from) {
        room.remove_subscriber(id);
    }
    OK
}
