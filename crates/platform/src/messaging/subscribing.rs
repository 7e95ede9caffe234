//! Requests about a client's own subscriptions.

use serde_json::json;

use super::answer::{CONFLICT, FORBIDDEN, FollowUp, NOT_FOUND, OK, RequestAnswer};
use super::session_state::SessionState;
use crate::media::MediaRequest;

/// Subscribes to a stream. In a routed session the router makes an offer, in a relayed one the publisher.
pub(super) fn create_subscriber(state: &mut SessionState, from: &str, stream: String, id: String) -> RequestAnswer {
    if !state.roster.may(from, "subscribe") {
        return FORBIDDEN;
    }
    let known = state.streams.find(&stream).filter(|stream| stream.announced);
    let Some(audio_fallback) = known.map(|stream| stream.has_audio_fallback()) else { return NOT_FOUND };
    if !state.subscriptions.insert(id.clone(), from, &stream) {
        return CONFLICT;
    }
    if state.is_relayed() {
        state.follow_up(FollowUp::RequestOffer { subscriber: id });
    } else {
        let access = state.roster.access_of(from);
        state.outputs.request_media(MediaRequest::Subscribe { subscriber: id, stream, audio_fallback, access });
    }
    (200, json!({ "content": { "iceServers": [] } }))
}

/// Ends a client's own subscription.
pub(super) fn delete_subscriber(state: &mut SessionState, from: &str, id: &str) -> RequestAnswer {
    if state.subscriptions.find(id).is_some_and(|subscription| subscription.connection == from) {
        state.remove_subscriber(id);
    }
    OK
}
