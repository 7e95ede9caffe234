//! The allocation of a client at the relay: its relayed address, its permissions, and its channels (RFC 8656, sections
//! 3.2 to 3.5).

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use turn_types::stun::message::{IntegrityKey, TransactionId};

/// RFC 8656, section 9: 300 s, always.
const PERMISSION_LIFETIME: Duration = Duration::from_secs(300);

/// RFC 8656, section 12: 10 min, always.
const CHANNEL_LIFETIME: Duration = Duration::from_secs(600);

/// The most permissions, and the most channels, of an allocation: a browser needs one for each address of each
/// candidate of its peer.
const MAX_PEERS: usize = 64;

/// The number of an allocation. Its relayed transport address is a UDP socket of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AllocationId(pub u64);

/// Why a channel cannot be bound.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BindError {
    /// The number is another peer's, or the peer has another number.
    Taken,
    /// There are too many.
    Full,
}

/// The allocation of one client.
#[derive(Debug)]
pub(super) struct Allocation {
    pub id: AllocationId,
    /// The user that made it. No other user may change it.
    pub username: String,
    /// The key that signs answers to that user.
    pub key: IntegrityKey,
    /// The request that made it: clients repeat it when they hear no answer.
    pub transaction: TransactionId,
    /// Its relayed transport address; `None` while its socket is being opened.
    pub relayed: Option<SocketAddr>,
    /// The token of the next port, which is kept beside it.
    pub token: Option<u64>,
    /// How long it was last given.
    pub lifetime: Duration,
    /// When it ends unless it is refreshed.
    pub expires_at: Instant,
    permissions: HashMap<IpAddr, Instant>,
    channels: Vec<Channel>,
}

#[derive(Debug)]
struct Channel {
    number: u16,
    peer: SocketAddr,
    expires_at: Instant,
}

impl Allocation {
    pub(super) fn new(
        id: AllocationId,
        username: String,
        key: IntegrityKey,
        transaction: TransactionId,
        lifetime: Duration,
        now: Instant,
    ) -> Self {
        Self {
            id,
            username,
            key,
            transaction,
            relayed: None,
            token: None,
            lifetime,
            expires_at: now + lifetime,
            permissions: HashMap::new(),
            channels: Vec::new(),
        }
    }

    /// Sets the time at which the allocation expires.
    pub(super) fn refresh(&mut self, now: Instant, lifetime: Duration) {
        self.lifetime = lifetime;
        self.expires_at = now + lifetime;
    }

    /// Lets a peer through; `false` when there are too many.
    pub(super) fn permit(&mut self, now: Instant, ip: IpAddr) -> bool {
        self.permissions.retain(|_, expires_at| *expires_at > now);
        if self.permissions.len() >= MAX_PEERS && !self.permissions.contains_key(&ip) {
            return false;
        }
        self.permissions.insert(ip, now + PERMISSION_LIFETIME);
        true
    }

    /// Returns whether a peer is let through.
    pub(super) fn permits(&self, now: Instant, ip: IpAddr) -> bool {
        self.permissions.get(&ip).is_some_and(|expires_at| *expires_at > now)
    }

    /// Binds a channel to a peer, or refreshes it, and installs the permission for the peer.
    pub(super) fn bind(&mut self, now: Instant, number: u16, peer: SocketAddr) -> Result<(), BindError> {
        self.channels.retain(|channel| channel.expires_at > now);
        let known = self.channels.iter().position(|channel| channel.number == number || channel.peer == peer);
        if known.is_some_and(|at| (self.channels[at].number, self.channels[at].peer) != (number, peer)) {
            return Err(BindError::Taken);
        }
        if known.is_none() && self.channels.len() >= MAX_PEERS || !self.permit(now, peer.ip()) {
            return Err(BindError::Full);
        }
        let expires_at = now + CHANNEL_LIFETIME;
        match known {
            Some(at) => self.channels[at].expires_at = expires_at,
            None => self.channels.push(Channel { number, peer, expires_at }),
        }
        Ok(())
    }

    /// Returns the peer that a channel is bound to.
    pub(super) fn peer_of(&self, now: Instant, number: u16) -> Option<SocketAddr> {
        self.live_channels(now).find(|channel| channel.number == number).map(|channel| channel.peer)
    }

    /// Returns the channel that leads to a peer.
    pub(super) fn channel_of(&self, now: Instant, peer: SocketAddr) -> Option<u16> {
        self.live_channels(now).find(|channel| channel.peer == peer).map(|channel| channel.number)
    }

    fn live_channels(&self, now: Instant) -> impl Iterator<Item = &Channel> {
        self.channels.iter().filter(move |channel| channel.expires_at > now)
    }
}

#[cfg(test)]
mod tests {
    use turn_types::stun::message::{IntegrityAlgorithm, LongTermKeyCredentials};

    use super::*;

    fn allocation(now: Instant) -> Allocation {
        let key = LongTermKeyCredentials::new("1:u".to_owned(), "p".to_owned(), "r".to_owned());
        let key = key.make_key(IntegrityAlgorithm::Sha1);
        Allocation::new(AllocationId(1), "1:u".to_owned(), key, 1.into(), Duration::from_secs(600), now)
    }

    fn peer(last: u8) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, last], 9))
    }

    #[test]
    fn permissions_and_channels_expire() {
        let now = Instant::now();
        let mut allocation = allocation(now);
        assert_eq!(allocation.bind(now, 0x4000, peer(1)), Ok(()));
        let just_before = now + Duration::from_millis(299_999);
        assert!(allocation.permits(just_before, peer(1).ip()));
        assert!(!allocation.permits(now + Duration::from_secs(300), peer(1).ip()));
        let just_before = now + Duration::from_millis(599_999);
        assert_eq!(allocation.peer_of(just_before, 0x4000), Some(peer(1)));
        assert_eq!(allocation.peer_of(now + Duration::from_secs(600), 0x4000), None);
        assert_eq!(allocation.channel_of(now + Duration::from_secs(600), peer(1)), None);
    }

    #[test]
    fn a_channel_has_one_peer_and_a_peer_one_channel() {
        let now = Instant::now();
        let mut allocation = allocation(now);
        assert_eq!(allocation.bind(now, 0x4000, peer(1)), Ok(()));
        assert_eq!(allocation.bind(now, 0x4000, peer(1)), Ok(()));
        assert_eq!(allocation.bind(now, 0x4000, peer(2)), Err(BindError::Taken));
        assert_eq!(allocation.bind(now, 0x4001, peer(1)), Err(BindError::Taken));
        assert_eq!(allocation.bind(now + Duration::from_secs(600), 0x4000, peer(2)), Ok(()));
    }

    #[test]
    fn peers_are_bounded() {
        let now = Instant::now();
        let mut allocation = allocation(now);
        for number in 0..64 {
            assert_eq!(allocation.bind(now, 0x4000 + u16::from(number), peer(number)), Ok(()));
        }
        assert_eq!(allocation.bind(now, 0x4fff, peer(64)), Err(BindError::Full));
        assert!(!allocation.permit(now, peer(64).ip()) && allocation.permit(now, peer(1).ip()));
        assert!(allocation.permit(now + Duration::from_secs(300), peer(64).ip()));
    }
}
