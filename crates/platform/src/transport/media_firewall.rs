//! A firewall against media.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A firewall in front of the media router and its relay. It drops every datagram of their clients and, on request,
/// their connections without TLS. Packets from the relay to the media router pass, since they come from behind it.
/// Clones are the same firewall.
#[derive(Debug, Clone, Default)]
pub struct MediaFirewall {
    blocks_plain_tcp: bool,
    datagrams_dropped: Arc<AtomicU64>,
    connections_dropped: Arc<AtomicU64>,
    relayed: Arc<Mutex<HashSet<SocketAddr>>>,
}

impl MediaFirewall {
    /// Returns a firewall that TCP passes, with TLS and without.
    pub fn against_udp() -> Self {
        Self::default()
    }

    /// Returns a firewall that only TLS passes.
    pub fn against_all_but_tls() -> Self {
        Self { blocks_plain_tcp: true, ..Self::default() }
    }

    /// Returns the number of datagrams that it has dropped.
    pub fn datagrams_dropped(&self) -> u64 {
        self.datagrams_dropped.load(Ordering::Relaxed)
    }

    /// Returns the number of connections without TLS that it has dropped.
    pub fn connections_dropped(&self) -> u64 {
        self.connections_dropped.load(Ordering::Relaxed)
    }

    /// Returns whether a connection without TLS passes; counts it if it does not.
    pub(super) fn lets_plain_tcp_in(&self) -> bool {
        if self.blocks_plain_tcp {
            self.connections_dropped.fetch_add(1, Ordering::Relaxed);
        }
        !self.blocks_plain_tcp
    }

    /// Returns whether a datagram from this address passes; counts it if it does not.
    pub(super) fn lets_in(&self, from: SocketAddr) -> bool {
        let is_relayed = self.lock().contains(&from);
        if !is_relayed {
            self.drop_datagram();
        }
        is_relayed
    }

    /// Counts a datagram that was dropped.
    pub(super) fn drop_datagram(&self) {
        self.datagrams_dropped.fetch_add(1, Ordering::Relaxed);
    }

    /// Adds an address from which the relay sends.
    pub(super) fn add_relayed(&self, address: SocketAddr) {
        self.lock().insert(address);
    }

    /// Removes an address from which the relay no longer sends.
    pub(super) fn remove_relayed(&self, address: SocketAddr) {
        self.lock().remove(&address);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<SocketAddr>> {
        // The set is whole between any two statements that hold the lock.
        self.relayed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
