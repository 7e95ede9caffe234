//! The router: who hears whom, and which datagram is for whom.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

use str0m::RtcError;
use str0m::media::KeyframeRequestKind;

use super::peer::{MediaEvent, MediaRequest, Outbox, PeerId, PeerKind, RouterOutput};
use super::publisher::{Ingress, Publisher};
use super::subscriber::{Feedback, Subscriber};

/// The most peers of one router; each costs memory and a look at every datagram.
const MAX_PEERS: usize = 1024;

/// A media router at one address.
pub struct Router {
    address: SocketAddr,
    publishers: BTreeMap<String, Publisher>,
    subscribers: BTreeMap<String, Subscriber>,
    outbox: Outbox,
    publishers_blocked: bool,
    subscribers_blocked: bool,
}

impl Router {
    /// A router that tells its peers to reach it at `address`.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            publishers: BTreeMap::new(),
            subscribers: BTreeMap::new(),
            outbox: Outbox::new(),
            publishers_blocked: false,
            subscribers_blocked: false,
        }
    }

    /// The next thing to do, if there is one.
    pub fn poll_output(&mut self) -> Option<RouterOutput> {
        self.outbox.pop_front()
    }

    /// When [`Router::handle_timeout`] is wanted next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let publishers = self.publishers.values().filter(|_| !self.publishers_blocked);
        let subscribers = self.subscribers.values().filter(|_| !self.subscribers_blocked);
        let subscribers = subscribers.filter_map(Subscriber::poll_timeout);
        publishers.filter_map(Publisher::poll_timeout).chain(subscribers).min()
    }

    /// How many publishers and subscribers there are.
    pub fn peer_counts(&self) -> (usize, usize) {
        (self.publishers.len(), self.subscribers.len())
    }

    /// The messaging leg asks for something.
    pub fn handle_request(&mut self, now: Instant, request: MediaRequest) {
        match request {
            MediaRequest::Publish { stream, offer } => self.publish(now, stream, &offer),
            MediaRequest::Subscribe { subscriber, stream } => self.subscribe(now, subscriber, stream),
            MediaRequest::Answer { subscriber, sdp } => {
                if let Some(known) = self.subscribers.get_mut(&subscriber)
                    && let Err(reason) = known.accept_answer(now, &sdp, &mut self.outbox)
                {
                    self.fail(PeerId::Subscriber(subscriber), reason);
                }
            }
            MediaRequest::Close { peer: PeerId::Publisher(stream) } => {
                self.publishers.remove(&stream);
            }
            MediaRequest::Close { peer: PeerId::Subscriber(subscriber) } => {
                self.subscribers.remove(&subscriber);
            }
            MediaRequest::Block(PeerKind::Publisher) => self.publishers_blocked = true,
            MediaRequest::Block(PeerKind::Subscriber) => self.subscribers_blocked = true,
        }
        self.handle_timeout(now);
    }

    /// A datagram came to the router's address.
    pub fn handle_datagram(&mut self, now: Instant, source: SocketAddr, contents: &[u8]) {
        if let Some((id, publisher)) =
            self.publishers.iter_mut().find(|(_, publisher)| publisher.accepts(now, source, contents))
        {
            if self.publishers_blocked {
                return;
            }
            let id = id.clone();
            let result = publisher.handle_datagram(now, source, contents, &mut self.outbox);
            self.after_publisher(now, &id, result);
        } else if let Some((id, subscriber)) =
            self.subscribers.iter_mut().find(|(_, subscriber)| subscriber.accepts(now, source, contents))
        {
            if self.subscribers_blocked {
                return;
            }
            let id = id.clone();
            let result = subscriber.handle_datagram(now, source, contents, &mut self.outbox);
            self.after_subscriber(now, &id, result);
        }
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        // Blocked peers stand still: whatever they would send is for nobody.
        let publishers = self.publishers.iter().filter(|(_, p)| !self.publishers_blocked && p.is_due(now));
        let due: Vec<_> = publishers.map(|(id, _)| id.clone()).collect();
        for id in due {
            let result = self.publishers.get_mut(&id).map(|publisher| publisher.handle_timeout(now, &mut self.outbox));
            self.after_publisher(now, &id, result.unwrap_or_else(|| Ok(Ingress::default())));
        }
        let subscribers = self.subscribers.iter().filter(|(_, s)| !self.subscribers_blocked && s.is_due(now));
        let due: Vec<_> = subscribers.map(|(id, _)| id.clone()).collect();
        for id in due {
            let result =
                self.subscribers.get_mut(&id).map(|subscriber| subscriber.handle_timeout(now, &mut self.outbox));
            self.after_subscriber(now, &id, result.unwrap_or_else(|| Ok(Feedback::default())));
        }
    }

    fn publish(&mut self, now: Instant, stream: String, offer: &str) {
        if self.is_full() {
            return self.fail(PeerId::Publisher(stream), FULL.to_owned());
        }
        match Publisher::accept(now, self.address, offer) {
            Ok((publisher, sdp)) => {
                self.publishers.insert(stream.clone(), publisher);
                self.outbox.push_back(RouterOutput::Event(MediaEvent::Answer { stream, sdp }));
            }
            Err(error) => self.fail(PeerId::Publisher(stream), error.to_string()),
        }
    }

    fn subscribe(&mut self, now: Instant, subscriber: String, stream: String) {
        if self.is_full() {
            return self.fail(PeerId::Subscriber(subscriber), FULL.to_owned());
        }
        match Subscriber::offer(now, self.address, stream) {
            Ok((peer, sdp)) => {
                self.subscribers.insert(subscriber.clone(), peer);
                self.outbox.push_back(RouterOutput::Event(MediaEvent::Offer { subscriber, sdp }));
            }
            Err(error) => self.fail(PeerId::Subscriber(subscriber), error.to_string()),
        }
    }

    fn is_full(&self) -> bool {
        self.publishers.len() + self.subscribers.len() >= MAX_PEERS
    }

    /// Sends on what a publisher sent, and tells of its coming up or breaking.
    fn after_publisher(&mut self, now: Instant, id: &str, result: Result<Ingress, RtcError>) {
        let ingress = match result {
            Ok(ingress) => ingress,
            Err(error) => {
                self.publishers.remove(id);
                return self.fail(PeerId::Publisher(id.to_owned()), error.to_string());
            }
        };
        if ingress.connected {
            let peer = PeerId::Publisher(id.to_owned());
            self.outbox.push_back(RouterOutput::Event(MediaEvent::Connected { peer }));
        }
        if ingress.packets.is_empty() || self.subscribers_blocked {
            return;
        }
        let listeners: Vec<_> =
            self.subscribers.iter().filter(|(_, s)| s.stream == id).map(|(id, _)| id.clone()).collect();
        for listener in listeners {
            for packet in &ingress.packets {
                let Some(subscriber) = self.subscribers.get_mut(&listener) else { break };
                let result = subscriber.forward(now, packet, &mut self.outbox);
                self.after_subscriber(now, &listener, result);
            }
        }
    }

    /// Passes on what a subscriber asks for, and tells of its coming up or breaking.
    fn after_subscriber(&mut self, now: Instant, id: &str, result: Result<Feedback, RtcError>) {
        let feedback = match result {
            Ok(feedback) => feedback,
            Err(error) => {
                self.subscribers.remove(id);
                return self.fail(PeerId::Subscriber(id.to_owned()), error.to_string());
            }
        };
        let mut keyframe = feedback.keyframe;
        if feedback.connected {
            let peer = PeerId::Subscriber(id.to_owned());
            self.outbox.push_back(RouterOutput::Event(MediaEvent::Connected { peer }));
            // A newcomer can show nothing before a frame that stands on its own.
            keyframe = Some(KeyframeRequestKind::Pli);
        }
        if let Some(kind) = keyframe {
            let stream = self.subscribers.get(id).map(|subscriber| &subscriber.stream);
            if let Some(publisher) = stream.and_then(|stream| self.publishers.get_mut(stream)) {
                // It sends what it is asked for later; nothing comes of the request itself.
                if let Err(error) = publisher.request_keyframe(now, kind, &mut self.outbox) {
                    tracing::debug!(%error, "a publisher could not be asked for a key frame");
                }
            }
        }
    }

    fn fail(&mut self, peer: PeerId, reason: String) {
        self.outbox.push_back(RouterOutput::Event(MediaEvent::Failed { peer, reason }));
    }
}

const FULL: &str = "the media router has no room for another peer";

#[cfg(test)]
mod tests;
