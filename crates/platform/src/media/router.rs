//! The router: it forwards each stream to its subscribers, and each datagram to its peer.

use std::time::Instant;

use str0m::RtcError;
use str0m::media::KeyframeRequestKind;

use super::address::{AccessId, MediaAddresses, PeerAddr};
use super::codec::RtpVideoCodec;
use super::feedback::Feedback;
use super::ingress::Ingress;
use super::peer::{MediaEvent, MediaRequest, PeerId, PeerKind, RouterOutput, RouterOutputs};
use super::peers::{Endpoint, PeerKey, Peers};
use super::publisher::Publisher;
use super::subscriber::Subscriber;

/// The most peers of one router; each costs some tens of kilobytes.
const MAX_PEERS: usize = 4096;

/// A media router. It is reached at one or more access points, each with one address for each transport.
pub struct Router {
    access_points: Vec<MediaAddresses>,
    peers: Peers,
    outputs: RouterOutputs,
}

impl Router {
    /// Returns a router with one access point, which has these addresses.
    pub fn new(addresses: impl Into<MediaAddresses>) -> Self {
        let first = MediaAddresses { access: AccessId::default(), ..addresses.into() };
        Self { access_points: vec![first], peers: Peers::default(), outputs: RouterOutputs::new() }
    }

    /// Adds an access point with these addresses, and returns its number.
    pub fn add_access_point(&mut self, addresses: impl Into<MediaAddresses>) -> AccessId {
        let access = AccessId(u32::try_from(self.access_points.len()).unwrap_or(u32::MAX));
        self.access_points.push(MediaAddresses { access, ..addresses.into() });
        access
    }

    /// Returns the next thing to do, if there is one.
    pub fn poll_output(&mut self) -> Option<RouterOutput> {
        self.outputs.pop_front()
    }

    /// Returns the time at which [`Router::handle_timeout`] is wanted next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.peers.next_due()
    }

    /// Returns how many publishers and subscribers there are.
    pub fn peer_counts(&self) -> (usize, usize) {
        self.peers.counts()
    }

    /// Handles a request of the messaging service.
    pub fn handle_request(&mut self, now: Instant, request: MediaRequest) {
        match request {
            MediaRequest::Publish { stream, offer, video_codec, access } => {
                self.publish(now, stream, &offer, video_codec, access);
            }
            MediaRequest::Subscribe { subscriber, stream, audio_fallback, access } => {
                self.subscribe(now, subscriber, stream, audio_fallback, access);
            }
            MediaRequest::RestartSubscriber { subscriber, offer } => self.restart_subscriber(now, subscriber, offer),
            MediaRequest::Answer { subscriber, sdp } => self.answer(now, subscriber, &sdp),
            MediaRequest::Close { peer } => {
                if let Some(key) = self.peers.find(&peer) {
                    self.remove(now, key);
                }
            }
            MediaRequest::Block(kind) => self.peers.block(kind),
        }
        self.handle_timeout(now);
    }

    /// Handles a datagram that arrived at an address of the first access point. Returns whether it belonged to a peer.
    pub fn handle_datagram(&mut self, now: Instant, source: impl Into<PeerAddr>, contents: &[u8]) -> bool {
        self.handle_datagram_at(now, AccessId::default(), source.into(), contents)
    }

    /// Handles a datagram that arrived at an address of an access point. Returns whether it belonged to a peer of that
    /// access point.
    pub fn handle_datagram_at(&mut self, now: Instant, access: AccessId, source: PeerAddr, contents: &[u8]) -> bool {
        let key = self.peers.route(now, (access, source), contents);
        if let Some(key) = key {
            self.advance(now, key, Some((source, contents)));
        }
        key.is_some()
    }

    /// Returns the addresses of an access point; of the first, for a number that the router has not given out.
    fn addresses(&self, access: AccessId) -> MediaAddresses {
        self.access_points.get(access.0 as usize).copied().unwrap_or(self.access_points[0])
    }

    /// Handles the timeouts that have expired.
    pub fn handle_timeout(&mut self, now: Instant) {
        for key in self.peers.due(now) {
            self.advance(now, key, None);
        }
    }

    /// Handles the timeout of only the peer that has waited longest. With hundreds of them due at once, the caller can
    /// forward packets in between.
    pub fn handle_first_timeout(&mut self, now: Instant) {
        if let Some(key) = self.peers.first_due(now) {
            self.advance(now, key, None);
        }
    }

    /// Gives a peer a datagram, or just time.
    fn advance(&mut self, now: Instant, key: PeerKey, datagram: Option<(PeerAddr, &[u8])>) {
        let outputs = &mut self.outputs;
        match self.peers.endpoint(key) {
            Some(Endpoint::Publisher(publisher)) => {
                let result = match datagram {
                    Some((source, contents)) => publisher.handle_datagram(now, source, contents, outputs),
                    None => publisher.handle_timeout(now, outputs),
                };
                self.after_publisher(now, key, result);
            }
            Some(Endpoint::Subscriber(subscriber)) => {
                let result = match datagram {
                    Some((source, contents)) => subscriber.handle_datagram(now, source, contents, outputs),
                    None => subscriber.handle_timeout(now, outputs),
                };
                self.after_subscriber(now, key, result);
            }
            None => {}
        }
    }

    fn publish(&mut self, now: Instant, stream: String, offer: &str, preferred: RtpVideoCodec, access: AccessId) {
        let id = PeerId::Publisher(stream.clone());
        if let Some(key) = self.peers.find(&id)
            && self.peers.publisher(key).is_some_and(|publisher| publisher.is_same_peer(offer))
        {
            return self.restart_publisher(now, key, id, offer);
        }
        if self.peers.len() >= MAX_PEERS {
            return self.fail(id, FULL.to_owned());
        }
        match Publisher::accept(now, self.addresses(access), offer, preferred) {
            Ok((publisher, sdp)) => {
                self.peers.insert(now, id.clone(), Endpoint::Publisher(Box::new(publisher)));
                self.tell(MediaEvent::Answer { peer: id, sdp });
                for listener in self.peers.listeners(&stream).to_vec() {
                    if let Some(subscriber) = self.peers.subscriber(listener) {
                        subscriber.begin_source();
                    }
                }
            }
            Err(error) => self.fail(id, error.to_string()),
        }
    }

    fn restart_publisher(&mut self, now: Instant, key: PeerKey, id: PeerId, offer: &str) {
        let Some(publisher) = self.peers.publisher(key) else { return };
        match publisher.restart(now, offer, &mut self.outputs) {
            Ok((sdp, ingress)) => {
                self.peers.note_restart(key);
                self.tell(MediaEvent::Answer { peer: id, sdp });
                self.after_publisher(now, key, Ok(ingress));
            }
            Err(error) => self.fail(id, error.to_string()),
        }
    }

    fn restart_subscriber(&mut self, now: Instant, subscriber: String, offer: Option<String>) {
        let id = PeerId::Subscriber(subscriber.clone());
        let Some(key) = self.peers.find(&id) else { return };
        let Some(known) = self.peers.subscriber(key) else { return };
        let result = match &offer {
            Some(offer) => known.accept_restart(now, offer, &mut self.outputs),
            None => known.offer_restart(),
        };
        self.after_restart(now, key);
        match result {
            Ok(sdp) if offer.is_some() => self.tell(MediaEvent::Answer { peer: id, sdp }),
            Ok(sdp) => self.tell(MediaEvent::Offer { subscriber, sdp }),
            Err(reason) => self.fail(id, reason),
        }
    }

    fn subscribe(&mut self, now: Instant, subscriber: String, stream: String, audio_fallback: bool, access: AccessId) {
        let id = PeerId::Subscriber(subscriber.clone());
        if self.peers.len() >= MAX_PEERS {
            return self.fail(id, FULL.to_owned());
        }
        let publisher = self.peers.find(&PeerId::Publisher(stream.clone())).and_then(|key| self.peers.publisher(key));
        let Some((media, stream_bps)) = publisher.map(|publisher| (publisher.media, publisher.rate_bps(now))) else {
            return self.fail(id, NO_STREAM.to_owned());
        };
        let addresses = self.addresses(access);
        match Subscriber::offer(now, addresses, stream.clone(), media, stream_bps, audio_fallback) {
            Ok((peer, sdp)) => {
                self.peers.insert(now, id, Endpoint::Subscriber(Box::new(peer)));
                self.limit_publisher(now, &stream);
                self.tell(MediaEvent::Offer { subscriber, sdp });
            }
            Err(error) => self.fail(id, error.to_string()),
        }
    }

    fn answer(&mut self, now: Instant, subscriber: String, sdp: &str) {
        let id = PeerId::Subscriber(subscriber);
        let Some(key) = self.peers.find(&id) else { return };
        let outputs = &mut self.outputs;
        let result = self.peers.subscriber(key).map_or(Ok(()), |known| known.accept_answer(now, sdp, outputs));
        self.after_restart(now, key);
        if let Err(reason) = result {
            self.fail(id, reason);
        }
    }

    /// Notes that a subscriber may have restarted ICE. It then has other credentials, and the limit of its new path is
    /// unknown.
    fn after_restart(&mut self, now: Instant, key: PeerKey) {
        self.peers.note_restart(key);
        self.after_subscriber(now, key, Ok(Feedback { new_limit: true, ..Feedback::default() }));
    }

    /// Forwards the packets of a publisher, and reports when it connects or fails.
    fn after_publisher(&mut self, now: Instant, key: PeerKey, result: Result<Ingress, RtcError>) {
        self.peers.reschedule(key);
        let ingress = match result {
            Ok(ingress) => ingress,
            Err(error) => return self.drop_broken(now, key, &error),
        };
        if ingress.connected {
            self.tell_connected(key);
        }
        if ingress.packets.is_empty() || self.peers.is_blocked(PeerKind::Subscriber) {
            return;
        }
        let rates = self.peers.publisher(key).map(|publisher| publisher.layer_rates(now)).unwrap_or_default();
        let Some(PeerId::Publisher(stream)) = self.peers.id(key) else { return };
        for listener in self.peers.listeners(stream).to_vec() {
            for packet in &ingress.packets {
                let Some(subscriber) = self.peers.subscriber(listener) else { break };
                let result = subscriber.forward(now, packet, &rates, &mut self.outputs);
                self.after_subscriber(now, listener, result);
            }
        }
    }

    /// Passes on a subscriber's requests, and reports when it connects or fails.
    fn after_subscriber(&mut self, now: Instant, key: PeerKey, result: Result<Feedback, RtcError>) {
        self.peers.reschedule(key);
        let feedback = match result {
            Ok(feedback) => feedback,
            Err(error) => return self.drop_broken(now, key, &error),
        };
        if let Some(change) = feedback.fallback
            && let Some(PeerId::Subscriber(subscriber)) = self.peers.id(key).cloned()
        {
            self.tell(MediaEvent::Fallback { subscriber, change });
        }
        if feedback.connected {
            self.tell_connected(key);
        }
        // A newcomer can show nothing before a frame that stands on its own.
        let wanted = feedback.connected.then_some((KeyframeRequestKind::Pli, 0)).or(feedback.keyframe);
        let keyframe = wanted.filter(|_| {
            let subscriber = self.peers.subscriber(key);
            subscriber.is_some_and(|subscriber| subscriber.passes_keyframe_request(now, feedback.connected))
        });
        if keyframe.is_none() && !feedback.new_limit {
            return;
        }
        let Some(stream) = self.peers.subscriber(key).map(|subscriber| subscriber.stream.clone()) else { return };
        if feedback.new_limit {
            self.limit_publisher(now, &stream);
        }
        let Some((kind, layer)) = keyframe else { return };
        let Some(key) = self.peers.find(&PeerId::Publisher(stream)) else { return };
        let Some(publisher) = self.peers.publisher(key) else { return };
        // str0m handles the request later; the request itself has no result.
        if let Err(error) = publisher.request_keyframe(now, kind, layer, &mut self.outputs) {
            tracing::debug!(%error, "a publisher could not be asked for a key frame");
        }
        self.peers.reschedule(key);
    }

    /// Limits a stream's publisher to what the narrowest downlink of its subscribers can carry.
    fn limit_publisher(&mut self, now: Instant, stream: &str) {
        let listeners = self.peers.listeners(stream).to_vec();
        let limits = listeners.into_iter().filter_map(|listener| self.peers.subscriber(listener)?.limit_bps(now));
        let limit = limits.min_by(f64::total_cmp);
        if let Some(key) = self.peers.find(&PeerId::Publisher(stream.to_owned()))
            && let Some(publisher) = self.peers.publisher(key)
        {
            publisher.set_limit(limit);
        }
    }

    /// Forgets a peer. A subscriber that leaves no longer limits its publisher.
    fn remove(&mut self, now: Instant, key: PeerKey) -> Option<PeerId> {
        let stream = self.peers.subscriber(key).map(|subscriber| subscriber.stream.clone());
        let id = self.peers.remove(key);
        if let Some(stream) = stream {
            self.limit_publisher(now, &stream);
        }
        id
    }

    fn tell_connected(&mut self, key: PeerKey) {
        if let Some(peer) = self.peers.id(key).cloned() {
            self.tell(MediaEvent::Connected { peer });
        }
    }

    fn drop_broken(&mut self, now: Instant, key: PeerKey, error: &RtcError) {
        if let Some(id) = self.remove(now, key) {
            self.fail(id, error.to_string());
        }
    }

    fn fail(&mut self, peer: PeerId, reason: String) {
        self.tell(MediaEvent::Failed { peer, reason: one_line(&reason) });
    }

    fn tell(&mut self, event: MediaEvent) {
        self.outputs.push_back(RouterOutput::Event(event));
    }
}

/// Returns a reason as one line, without the memory addresses that str0m's SDP parser adds.
fn one_line(reason: &str) -> String {
    let lines = reason.lines().map(|line| {
        let (before, rest) = line.split_once("PointerOffset(").unwrap_or((line, ""));
        let after = rest.split_once(')').map_or("", |(_, after)| after);
        format!("{}{after}", before.trim_end_matches(" at ")).trim().to_owned()
    });
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

const NO_STREAM: &str = "there is no such stream";
const FULL: &str = "the media router has no room for another peer";

#[cfg(test)]
mod tests;
