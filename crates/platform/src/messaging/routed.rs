//! Routed sessions: the negotiation of media between clients and the media router, and the router's later events.
//!
//! A client negotiates again when its ICE connection breaks (an ICE restart, RFC 8839 section 4.4.1.1.1). Seen on the
//! wire with OpenTok.js 2.18.2, 2.27.6 and 2.35.2: two seconds after the connection is lost, or as soon as its socket
//! is back, a client makes a new offer for its publisher, and one for each subscriber.

use serde_json::{Map, Value, json};

use super::answer::{BAD_REQUEST, FORBIDDEN, NOT_FOUND, OK, RequestAnswer};
use super::output::Activity;
use super::raptor::Message;
use super::session_state::SessionState;
use crate::limits::MAX_TAGS_WEIGHT;
use crate::media::{FallbackChange, MediaEvent, MediaRequest, PeerId};
use crate::weight::weight;

/// The media router's name in the tags of a peer connection.
const MEDIA_ROUTER: &str = "MANTIS";

/// The tags of a client's offer. The oldest releases take an answer without these tags for another peer's.
const OFFER_TAGS: [&str; 3] = ["peerId", "peerPriority", "sourceStreamId"];

/// Handles a publisher's offer: its first, or one that restarts ICE.
pub(super) fn publisher_offer(state: &mut SessionState, from: &str, id: &str, content: &Value) -> RequestAnswer {
    let Some(sdp) = content.get("sdp").and_then(Value::as_str) else { return BAD_REQUEST };
    match state.streams.owner(id) {
        Some(owner) if owner == from => {
            let (stream, offer) = (id.to_owned(), sdp.to_owned());
            let (video_codec, access) = (state.config().options.video_codec, state.roster.access_of(from));
            state.outputs.request_media(MediaRequest::Publish { stream, offer, video_codec, access });
            OK
        }
        Some(_) => FORBIDDEN,
        None => NOT_FOUND,
    }
}

/// Handles a subscriber's offer, which restarts ICE. The first offer is the router's.
pub(super) fn subscriber_offer(state: &mut SessionState, from: &str, id: String, content: &Value) -> RequestAnswer {
    let sdp = match subscriber_sdp(state, from, &id, content) {
        Ok(sdp) => sdp,
        Err(refusal) => return refusal,
    };
    let tags = OFFER_TAGS.iter().filter_map(|name| Some(((*name).to_owned(), content.get(*name)?.clone())));
    let tags: Map<_, _> = tags.collect();
    if tags.values().map(weight).sum::<usize>() > MAX_TAGS_WEIGHT {
        return BAD_REQUEST;
    }
    state.subscriptions.set_offer_tags(&id, tags);
    // Up to 2.27.6, a client that subscribes to its own stream takes an answer for its publisher's. All releases answer
    // an offer that crosses their own.
    let owner = state.subscriptions.find(&id).and_then(|known| state.streams.owner(&known.stream));
    let offer = owner.is_none_or(|owner| owner != from).then_some(sdp);
    state.outputs.request_media(MediaRequest::RestartSubscriber { subscriber: id, offer });
    OK
}

/// Handles a subscriber's answer to the router's offer.
pub(super) fn subscriber_answer(state: &mut SessionState, from: &str, id: String, content: &Value) -> RequestAnswer {
    match subscriber_sdp(state, from, &id, content) {
        Ok(sdp) => {
            state.outputs.request_media(MediaRequest::Answer { subscriber: id, sdp });
            OK
        }
        Err(refusal) => refusal,
    }
}

fn subscriber_sdp(state: &SessionState, from: &str, id: &str, content: &Value) -> Result<String, RequestAnswer> {
    let sdp = content.get("sdp").and_then(Value::as_str).ok_or(BAD_REQUEST)?;
    match state.subscriptions.find(id) {
        Some(subscription) if subscription.connection == from => Ok(sdp.to_owned()),
        Some(_) => Err(FORBIDDEN),
        None => Err(NOT_FOUND),
    }
}

/// Handles an event of the media router.
pub(super) fn handle_media_event(state: &mut SessionState, event: MediaEvent) {
    match event {
        MediaEvent::Answer { peer: PeerId::Publisher(stream), sdp } => {
            if let Some(owner) = state.streams.owner(&stream).map(str::to_owned) {
                let uri = state.stream_uri(&stream);
                // Without a peer id: the answer must carry the same tags as the generateoffer, which had none.
                state.send(&owner, &Message::new("answer", uri, json!({ "sdp": sdp, "type": "answer" })));
            }
        }
        MediaEvent::Answer { peer: PeerId::Subscriber(subscriber), sdp } => {
            let Some(known) = state.subscriptions.find(&subscriber) else { return };
            let mut content = known.offer_tags.clone();
            content.extend([("sdp".to_owned(), json!(sdp)), ("type".to_owned(), json!("answer"))]);
            send_to_subscriber(state, &subscriber, "answer", "", Value::Object(content));
        }
        MediaEvent::Offer { subscriber, sdp } => {
            state.report_subscriber(&subscriber, &sdp);
            // Newer clients find the peer connection by this tag, which they put on their own offers to the router.
            // Without it they do not restart its ICE, and 2.35.2 does not know the network condition: where a page
            // publishes as well, it logs an error for each subscriber.
            let content = json!({ "sdp": sdp, "type": "offer", "sourceStreamId": MEDIA_ROUTER });
            send_to_subscriber(state, &subscriber, "offer", "", content);
        }
        MediaEvent::Connected { peer: PeerId::Publisher(stream) } => state.announce_stream(&stream),
        MediaEvent::Connected { peer: PeerId::Subscriber(subscriber) } => {
            state.outputs.report(Activity::Subscribed { subscriber });
        }
        MediaEvent::Failed { peer, reason } => state.outputs.report(Activity::MediaFailed { peer, reason }),
        MediaEvent::Fallback { subscriber, change } => send_fallback(state, subscriber, change),
    }
}

/// Tells a subscriber's client what its downlink means for its video. Seen with OpenTok.js 2.18.2, 2.27.6 and 2.35.2:
/// an `updated` channel with `disableWarning` fires `videoDisableWarning` and `videoDisableWarningLifted`, and an
/// `update` with `active` fires `videoDisabled` and `videoEnabled` with the reason `quality`.
fn send_fallback(state: &mut SessionState, subscriber: String, change: FallbackChange) {
    let (method, content) = match change {
        FallbackChange::Warning => ("updated", json!({ "disableWarning": true })),
        FallbackChange::WarningLifted => ("updated", json!({ "disableWarning": false })),
        FallbackChange::VideoDisabled => ("update", json!({ "active": false })),
        FallbackChange::VideoEnabled => ("update", json!({ "active": true })),
    };
    let known = state.subscriptions.find(&subscriber).and_then(|known| state.streams.find(&known.stream));
    let Some(channel) = known.and_then(|stream| stream.video_channel()).map(|id| format!("/channel/{id}")) else {
        return;
    };
    send_to_subscriber(state, &subscriber, method, &channel, content);
    state.outputs.report(Activity::Fallback { subscriber, change });
}

/// Sends a message about a subscriber, or about `below` it, to its client.
fn send_to_subscriber(state: &mut SessionState, subscriber: &str, method: &str, below: &str, content: Value) {
    let Some(known) = state.subscriptions.find(subscriber) else { return };
    let uri = format!("{}/subscriber/{subscriber}{below}", state.stream_uri(&known.stream));
    let owner = known.connection.clone();
    state.send(&owner, &Message::new(method, uri, content));
}
