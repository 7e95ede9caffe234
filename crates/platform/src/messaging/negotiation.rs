//! The negotiation of media in routed sessions: offers and answers between the clients and the media router, and what the
//! router says of its peers later.
//!
//! A client negotiates again when its ICE connection breaks (an ICE restart, RFC 8839 section 4.4.1.1.1). Seen on the
//! wire with OpenTok.js 2.18.2, 2.27.6 and 2.35.2: two seconds after the connection is lost, or as soon as its socket is
//! back, a client makes a new offer for its publisher, and one for each subscriber.

use serde_json::{Map, Value, json};

use super::output::Activity;
use super::raptor::Message;
use super::requests::{BAD_REQUEST, CONFLICT, FORBIDDEN, FollowUp, NOT_FOUND, OK, RequestAnswer};
use super::session::Session;
use super::state::Subscription;
use crate::limits::{MAX_CONNECTION_SUBSCRIBERS, MAX_SUBSCRIBERS, MAX_TAGS_WEIGHT};
use crate::media::{FallbackChange, MediaEvent, MediaRequest, PeerId};
use crate::weight::weight;

/// What clients call the media router when they tag a peer connection with its other end.
const MEDIA_ROUTER: &str = "MANTIS";

/// What a client tags an offer with. The oldest releases take an answer without their tags for another peer's.
const OFFER_TAGS: [&str; 3] = ["peerId", "peerPriority", "sourceStreamId"];

impl Session {
    /// A publisher's offer: its first, or one that restarts ICE.
    pub(super) fn offer(&mut self, from: &str, id: &str, content: &Value) -> RequestAnswer {
        let Some(sdp) = content.get("sdp").and_then(Value::as_str) else { return BAD_REQUEST };
        match self.streams.get(id) {
            Some(stream) if stream.connection == from => {
                let (stream, offer) = (id.to_owned(), sdp.to_owned());
                let video_codec = self.config.options.video_codec;
                self.request_media(MediaRequest::Publish { stream, offer, video_codec });
                OK
            }
            Some(_) => FORBIDDEN,
            None => NOT_FOUND,
        }
    }

    /// A subscriber's offer, which restarts ICE; the first offer is the server's.
    pub(super) fn offer_of_subscriber(&mut self, from: &str, id: String, content: &Value) -> RequestAnswer {
        let sdp = match self.sdp_of_subscriber(from, &id, content) {
            Ok(sdp) => sdp,
            Err(refusal) => return refusal,
        };
        let tags = OFFER_TAGS.iter().filter_map(|name| Some(((*name).to_owned(), content.get(*name)?.clone())));
        let tags: Map<_, _> = tags.collect();
        if tags.values().map(weight).sum::<usize>() > MAX_TAGS_WEIGHT {
            return BAD_REQUEST;
        }
        if let Some(subscriber) = self.subscribers.get_mut(&id) {
            subscriber.offer_tags = tags;
        }
        // A client that hears itself takes an answer for its publisher's up to 2.27.6. All of them answer an offer that
        // crosses their own.
        let hears_itself = self.subscribers.get(&id).and_then(|known| self.streams.get(&known.stream));
        let offer = hears_itself.is_none_or(|stream| stream.connection != from).then_some(sdp);
        self.request_media(MediaRequest::RestartSubscriber { subscriber: id, offer });
        OK
    }

    /// A subscriber's answer to the server's offer.
    pub(super) fn answer(&mut self, from: &str, id: String, content: &Value) -> RequestAnswer {
        let sdp = match self.sdp_of_subscriber(from, &id, content) {
            Ok(sdp) => sdp,
            Err(refusal) => return refusal,
        };
        self.request_media(MediaRequest::Answer { subscriber: id, sdp });
        OK
    }

    fn sdp_of_subscriber(&self, from: &str, id: &str, content: &Value) -> Result<String, RequestAnswer> {
        let sdp = content.get("sdp").and_then(Value::as_str).ok_or(BAD_REQUEST)?;
        match self.subscribers.get(id) {
            Some(subscriber) if subscriber.connection == from => Ok(sdp.to_owned()),
            Some(_) => Err(FORBIDDEN),
            None => Err(NOT_FOUND),
        }
    }

    pub(super) fn create_subscriber(&mut self, from: &str, stream: String, id: String) -> RequestAnswer {
        if !self.connections.get(from).is_some_and(|connection| connection.may("subscribe")) {
            return FORBIDDEN;
        }
        let Some(audio_fallback) =
            self.streams.get(&stream).filter(|stream| stream.announced).map(|stream| stream.has_audio_fallback())
        else {
            return NOT_FOUND;
        };
        let own = self.subscribers.values().filter(|subscriber| subscriber.connection == from).count();
        let is_full = own >= MAX_CONNECTION_SUBSCRIBERS || self.subscribers.len() >= MAX_SUBSCRIBERS;
        if is_full || self.subscribers.contains_key(&id) {
            return CONFLICT;
        }
        let subscriber = Subscription { connection: from.to_owned(), stream: stream.clone(), offer_tags: Map::new() };
        self.subscribers.insert(id.clone(), subscriber);
        if self.is_relayed() {
            self.follow_ups.push(FollowUp::AskForOffer { subscriber: id });
        } else {
            self.request_media(MediaRequest::Subscribe { subscriber: id, stream, audio_fallback });
        }
        (200, json!({ "content": { "iceServers": [] } }))
    }

    pub(super) fn delete_subscriber(&mut self, from: &str, id: &str) -> RequestAnswer {
        if self.subscribers.get(id).is_some_and(|subscriber| subscriber.connection == from) {
            self.remove_subscriber(id);
        }
        OK
    }

    /// The media router has news.
    pub fn handle_media(&mut self, event: MediaEvent) {
        match event {
            MediaEvent::Answer { peer: PeerId::Publisher(stream), sdp } => {
                if let Some(owner) = self.streams.get(&stream).map(|stream| stream.connection.clone()) {
                    let uri = format!("{}/stream/{stream}", self.uri);
                    // No peer id: the answer must carry what the generateoffer carried, and it carried none.
                    self.send(&owner, &Message::new("answer", uri, json!({ "sdp": sdp, "type": "answer" })));
                }
            }
            MediaEvent::Answer { peer: PeerId::Subscriber(subscriber), sdp } => {
                let Some(known) = self.subscribers.get(&subscriber) else { return };
                let mut content = known.offer_tags.clone();
                content.extend([("sdp".to_owned(), json!(sdp)), ("type".to_owned(), json!("answer"))]);
                self.send_to_subscriber(&subscriber, "answer", "", Value::Object(content));
            }
            MediaEvent::Offer { subscriber, sdp } => {
                // By this tag, which clients put on their own offers to the router, newer ones find the peer connection.
                // Without it they do not restart its ICE, and 2.35.2 does not know the network condition: where a page
                // publishes as well, it logs an error for each subscriber.
                let content = json!({ "sdp": sdp, "type": "offer", "sourceStreamId": MEDIA_ROUTER });
                self.send_to_subscriber(&subscriber, "offer", "", content);
            }
            MediaEvent::Connected { peer: PeerId::Publisher(stream) } => self.announce_stream(&stream),
            MediaEvent::Connected { peer: PeerId::Subscriber(subscriber) } => {
                self.tell(Activity::Subscribed { subscriber });
            }
            MediaEvent::Failed { peer, reason } => self.tell(Activity::MediaFailed { peer, reason }),
            MediaEvent::Fallback { subscriber, change } => self.tell_fallback(subscriber, change),
        }
    }

    /// Tells a subscriber what its way down means for its video. Seen with OpenTok.js 2.18.2, 2.27.6 and 2.35.2: an
    /// `updated` channel with `disableWarning` fires `videoDisableWarning` and `videoDisableWarningLifted`, and an
    /// `update` with `active` fires `videoDisabled` and `videoEnabled` with the reason `quality`.
    fn tell_fallback(&mut self, subscriber: String, change: FallbackChange) {
        let (method, content) = match change {
            FallbackChange::Warning => ("updated", json!({ "disableWarning": true })),
            FallbackChange::WarningLifted => ("updated", json!({ "disableWarning": false })),
            FallbackChange::VideoDisabled => ("update", json!({ "active": false })),
            FallbackChange::VideoEnabled => ("update", json!({ "active": true })),
        };
        let Some(stream) = self.subscribers.get(&subscriber).and_then(|known| self.streams.get(&known.stream)) else {
            return;
        };
        let Some(channel) = stream.video_channel().map(|channel| format!("/channel/{channel}")) else { return };
        self.send_to_subscriber(&subscriber, method, &channel, content);
        self.tell(Activity::Fallback { subscriber, change });
    }

    /// Sends a message about a subscriber, or about `below` it, to its client.
    fn send_to_subscriber(&mut self, subscriber: &str, method: &str, below: &str, content: Value) {
        let Some(known) = self.subscribers.get(subscriber) else { return };
        let uri = format!("{}/stream/{}/subscriber/{subscriber}{below}", self.uri, known.stream);
        let owner = known.connection.clone();
        self.send(&owner, &Message::new(method, uri, content));
    }
}
