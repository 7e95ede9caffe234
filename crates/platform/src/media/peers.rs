//! The peers of a router: which of them a datagram is for, and which of them wants time next.
//!
//! Every look-up is by index, so that a packet costs the same among two peers and among thousands.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Instant;

use str0m::ice::StunMessage;

use super::address::{AccessId, PeerAddr};
use super::peer::{PeerId, PeerKind, Transport, is_stun};
use super::publisher::Publisher;
use super::subscriber::Subscriber;

/// The most addresses that one peer is heard from: those of a browser's interfaces. The oldest makes room.
const MAX_SOURCES: usize = 16;

/// Where a datagram comes from: the access point that it came by, and the address of its sender.
type Source = (AccessId, PeerAddr);

/// A peer's number within its router, never used again.
pub(super) type PeerKey = u64;

/// One end of media; some 10 kB, so that it is kept where it is.
pub(super) enum Endpoint {
    Publisher(Box<Publisher>),
    Subscriber(Box<Subscriber>),
}

impl Endpoint {
    fn transport(&self) -> &Transport {
        match self {
            Self::Publisher(publisher) => publisher.transport(),
            Self::Subscriber(subscriber) => subscriber.transport(),
        }
    }

    /// Returns the time at which it wants time, should nothing else happen.
    fn poll_timeout(&self) -> Option<Instant> {
        match self {
            Self::Publisher(publisher) => publisher.poll_timeout(),
            Self::Subscriber(subscriber) => subscriber.transport().poll_timeout(),
        }
    }
}

struct Peer {
    id: PeerId,
    endpoint: Endpoint,
    /// Its entry in `Peers::due`.
    due: Option<Instant>,
    /// Its entries in `Peers::by_source`, some of which may be another's by now.
    sources: VecDeque<Source>,
    local_ufrag: String,
}

/// The peers of a router.
#[derive(Default)]
pub(super) struct Peers {
    next_key: PeerKey,
    peers: HashMap<PeerKey, Peer>,
    by_id: HashMap<PeerId, PeerKey>,
    by_ufrag: HashMap<String, PeerKey>,
    by_source: HashMap<Source, PeerKey>,
    listeners: HashMap<String, Vec<PeerKey>>,
    due: BTreeSet<(Instant, PeerKey)>,
    blocked: Vec<PeerKind>,
}

impl Peers {
    /// Takes a peer in, which is due at once. One of the same id makes room for it.
    pub(super) fn insert(&mut self, now: Instant, id: PeerId, mut endpoint: Endpoint) -> PeerKey {
        if let Some(old) = self.find(&id) {
            self.remove(old);
        }
        let key = self.next_key;
        self.next_key += 1;
        let local_ufrag = match &mut endpoint {
            Endpoint::Publisher(publisher) => publisher.local_ufrag(),
            Endpoint::Subscriber(subscriber) => {
                self.listeners.entry(subscriber.stream.clone()).or_default().push(key);
                subscriber.local_ufrag()
            }
        };
        self.by_id.insert(id.clone(), key);
        self.by_ufrag.insert(local_ufrag.clone(), key);
        let due = (!self.blocked.contains(&id.kind())).then_some(now);
        self.due.extend(due.map(|at| (at, key)));
        self.peers.insert(key, Peer { id, endpoint, due, sources: VecDeque::new(), local_ufrag });
        key
    }

    /// Notes that a peer may have another user name fragment, as it restarted ICE.
    pub(super) fn note_restart(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let local_ufrag = match &mut peer.endpoint {
            Endpoint::Publisher(publisher) => publisher.local_ufrag(),
            Endpoint::Subscriber(subscriber) => subscriber.local_ufrag(),
        };
        let old = std::mem::replace(&mut peer.local_ufrag, local_ufrag.clone());
        self.by_ufrag.remove(&old);
        self.by_ufrag.insert(local_ufrag, key);
    }

    /// Forgets a peer; gives its id.
    pub(super) fn remove(&mut self, key: PeerKey) -> Option<PeerId> {
        let peer = self.peers.remove(&key)?;
        self.by_id.remove(&peer.id);
        self.by_ufrag.remove(&peer.local_ufrag);
        for source in &peer.sources {
            if self.by_source.get(source) == Some(&key) {
                self.by_source.remove(source);
            }
        }
        if let Some(at) = peer.due {
            self.due.remove(&(at, key));
        }
        if let Endpoint::Subscriber(subscriber) = &peer.endpoint
            && let Some(listeners) = self.listeners.get_mut(&subscriber.stream)
        {
            listeners.retain(|listener| *listener != key);
            if listeners.is_empty() {
                self.listeners.remove(&subscriber.stream);
            }
        }
        Some(peer.id)
    }

    pub(super) fn len(&self) -> usize {
        self.peers.len()
    }

    /// Returns how many publishers and subscribers there are.
    pub(super) fn counts(&self) -> (usize, usize) {
        let publishers = self.by_id.keys().filter(|id| id.kind() == PeerKind::Publisher).count();
        (publishers, self.peers.len() - publishers)
    }

    pub(super) fn find(&self, id: &PeerId) -> Option<PeerKey> {
        self.by_id.get(id).copied()
    }

    pub(super) fn id(&self, key: PeerKey) -> Option<&PeerId> {
        self.peers.get(&key).map(|peer| &peer.id)
    }

    pub(super) fn publisher(&mut self, key: PeerKey) -> Option<&mut Publisher> {
        match &mut self.peers.get_mut(&key)?.endpoint {
            Endpoint::Publisher(publisher) => Some(publisher),
            Endpoint::Subscriber(_) => None,
        }
    }

    pub(super) fn subscriber(&mut self, key: PeerKey) -> Option<&mut Subscriber> {
        match &mut self.peers.get_mut(&key)?.endpoint {
            Endpoint::Subscriber(subscriber) => Some(subscriber),
            Endpoint::Publisher(_) => None,
        }
    }

    pub(super) fn endpoint(&mut self, key: PeerKey) -> Option<&mut Endpoint> {
        self.peers.get_mut(&key).map(|peer| &mut peer.endpoint)
    }

    /// Returns the subscribers of a stream.
    pub(super) fn listeners(&self, stream: &str) -> &[PeerKey] {
        self.listeners.get(stream).map_or(&[], Vec::as_slice)
    }

    /// Returns the peer that a datagram is for: a STUN request names it (RFC 8445 section 7.3), and everything else
    /// comes from where a request of the same peer came from.
    pub(super) fn route(&mut self, now: Instant, source: Source, contents: &[u8]) -> Option<PeerKey> {
        let request = is_stun(contents).then(|| StunMessage::parse(contents)).transpose().ok()?;
        let key = match request.filter(StunMessage::is_binding_request) {
            Some(request) => self.checked(now, source, contents, &request)?,
            None => *self.by_source.get(&source)?,
        };
        let kind = self.peers.get(&key)?.id.kind();
        (!self.blocked.contains(&kind)).then_some(key)
    }

    /// Returns the peer that a connectivity check is for; from then on its source is the peer's.
    fn checked(&mut self, now: Instant, source: Source, contents: &[u8], request: &StunMessage<'_>) -> Option<PeerKey> {
        let key = *self.by_ufrag.get(request.split_username()?.0)?;
        let peer = self.peers.get_mut(&key)?;
        if !peer.endpoint.transport().accepts(now, source.0, source.1, contents) {
            return None;
        }
        if self.by_source.get(&source) != Some(&key) {
            if peer.sources.len() >= MAX_SOURCES
                && let Some(oldest) = peer.sources.pop_front()
                && self.by_source.get(&oldest) == Some(&key)
            {
                self.by_source.remove(&oldest);
            }
            peer.sources.push_back(source);
            self.by_source.insert(source, key);
        }
        Some(key)
    }

    /// Returns the time at which the first peer wants time.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Returns the peer whose timeout expired first.
    pub(super) fn first_due(&self, now: Instant) -> Option<PeerKey> {
        self.due.first().filter(|(at, _)| *at <= now).map(|(_, key)| *key)
    }

    /// Returns the peers that want time by now.
    pub(super) fn due(&self, now: Instant) -> Vec<PeerKey> {
        self.due.iter().take_while(|(at, _)| *at <= now).map(|(_, key)| *key).collect()
    }

    /// Notes the peer's next timeout. The caller calls this after every change to the peer.
    pub(super) fn reschedule(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let at = peer.endpoint.poll_timeout().filter(|_| !self.blocked.contains(&peer.id.kind()));
        if at == peer.due {
            return;
        }
        if let Some(old) = std::mem::replace(&mut peer.due, at) {
            self.due.remove(&(old, key));
        }
        self.due.extend(at.map(|at| (at, key)));
    }

    /// Peers of this kind are neither heard nor given time any more.
    pub(super) fn block(&mut self, kind: PeerKind) {
        self.blocked.push(kind);
        let keys: Vec<_> = self.peers.keys().copied().collect();
        keys.into_iter().for_each(|key| self.reschedule(key));
    }

    pub(super) fn is_blocked(&self, kind: PeerKind) -> bool {
        self.blocked.contains(&kind)
    }
}
