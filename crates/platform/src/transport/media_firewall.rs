//! A firewall in the way of media.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Stands before a media path and its relay, and drops every datagram of their clients; on request, their connections without
/// TLS as well. What the relay sends on to the media path passes: it comes from behind. Clones are the same wall.
#[derive(Debug, Clone, Default)]
pub struct MediaFirewall {
    blocks_plain_tcp: bool,
    datagrams_dropped: Arc<AtomicU64>,
    connections_dropped: Arc<AtomicU64>,
    relayed: Arc<Mutex<HashSet<SocketAddr>>>,
}

impl MediaFirewall {
    /// A wall that TCP passes, with TLS and without.
    pub fn against_udp() -> Self {
        Self::default()
    }

    /// A wall that only TLS passes.
    pub fn against_all_but_tls() -> Self {
        Self { blocks_plain_tcp: true, ..Self::default() }
    }

    /// How many datagrams it has dropped.
    pub fn datagrams_dropped(&self) -> u64 {
        self.datagrams_dropped.load(Ordering::Relaxed)
    }

    /// How many connections without TLS it has dropped.
    pub fn connections_dropped(&self) -> u64 {
        self.connections_dropped.load(Ordering::Relaxed)
    }

    /// Whether a connection without TLS passes; counts it if it does not.
    pub(super) fn lets_plain_tcp_in(&self) -> bool {
        if self.blocks_plain_tcp {
            self.connections_dropped.fetch_add(1, Ordering::Relaxed);
        }
        !self.blocks_plain_tcp
    }

    /// Whether a datagram from this address passes; counts it if it does not.
    pub(super) fn lets_in(&self, from: SocketAddr) -> bool {
        let is_relayed = self.lock().contains(&from);
        if !is_relayed {
            self.drop_datagram();
        }
        is_relayed
    }

    /// A datagram was dropped.
    pub(super) fn drop_datagram(&self) {
        self.datagrams_dropped.fetch_add(1, Ordering::Relaxed);
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
