//! A firewall that lets no UDP pass.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Stands before a media path and its relay, and drops every datagram of their clients. What the relay sends on to the media
/// path passes: it comes from behind. Clones are the same wall.
#[derive(Debug, Clone, Default)]
pub struct UdpWall {
    dropped: Arc<AtomicU64>,
    relayed: Arc<Mutex<HashSet<SocketAddr>>>,
}

impl UdpWall {
    /// How many datagrams it has dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Whether a datagram from this address passes; counts it if it does not.
    pub(super) fn lets_in(&self, from: SocketAddr) -> bool {
        let is_relayed = self.lock().contains(&from);
        if !is_relayed {
            self.drop_one();
        }
        is_relayed
    }

    /// A datagram was dropped.
    pub(super) fn drop_one(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    /// The relay sends from this address from now on.
    pub(super) fn add_relayed(&self, address: SocketAddr) {
        self.lock().insert(address);
    }

    /// The relay does no longer.
    pub(super) fn remove_relayed(&self, address: SocketAddr) {
        self.lock().remove(&address);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<SocketAddr>> {
        // The set is whole between any two statements that hold the lock.
        self.relayed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
