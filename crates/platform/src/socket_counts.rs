//! Room for clients' sockets, by session and by address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::limits::{MAX_ADDRESS_SOCKETS, MAX_SESSION_SOCKETS, MAX_SOCKETS};

/// Counts the sockets of a platform; clones count together.
#[derive(Debug, Clone, Default)]
pub(super) struct SocketCounts(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    by_session: HashMap<String, usize>,
    by_address: HashMap<IpAddr, usize>,
}

/// The room of one socket, until it is dropped.
#[derive(Debug)]
pub(super) struct SocketRoom {
    counts: SocketCounts,
    session: String,
    address: Option<IpAddr>,
}

impl SocketCounts {
    /// Reserves a socket for this session and this address. Returns `None` when either has as many as it may.
    pub(crate) fn take(&self, session: &str, address: Option<IpAddr>) -> Option<SocketRoom> {
        // All local clients share the loopback address, so it has no limit of its own.
        let address = address.filter(|address| !address.is_loopback());
        let mut counts = self.lock();
        let of_session = counts.by_session.get(session).copied().unwrap_or_default();
        let of_address = address.and_then(|address| counts.by_address.get(&address).copied()).unwrap_or_default();
        if counts.all >= MAX_SOCKETS || of_session >= MAX_SESSION_SOCKETS || of_address >= MAX_ADDRESS_SOCKETS {
            return None;
        }
        counts.all += 1;
        *counts.by_session.entry(session.to_owned()).or_default() += 1;
        if let Some(address) = address {
            *counts.by_address.entry(address).or_default() += 1;
        }
        Some(SocketRoom { counts: self.clone(), session: session.to_owned(), address })
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        // The counts are consistent whatever the thread that panicked with the lock was doing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SocketRoom {
    fn drop(&mut self) {
        let mut counts = self.counts.lock();
        counts.all -= 1;
        give_back(&mut counts.by_session, &self.session);
        if let Some(address) = &self.address {
            give_back(&mut counts.by_address, address);
        }
    }
}

/// Lowers a count by one, and removes it at zero.
fn give_back<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn fill(counts: &SocketCounts, session: &str, address: IpAddr) -> Vec<SocketRoom> {
        std::iter::from_fn(|| counts.take(session, Some(address))).collect()
    }

    #[test]
    fn sockets_are_limited_per_session_and_per_address() {
        let counts = SocketCounts::default();
        let (here, there) = (Ipv4Addr::LOCALHOST.into(), Ipv4Addr::new(192, 0, 2, 1).into());
        let of_session = fill(&counts, "s", here);
        assert_eq!(of_session.len(), MAX_SESSION_SOCKETS);
        let of_address = fill(&counts, "t", there);
        assert_eq!(of_address.len(), MAX_ADDRESS_SOCKETS);
        let rest = fill(&counts, "u", here);
        assert_eq!(rest.len(), MAX_SOCKETS - MAX_SESSION_SOCKETS - MAX_ADDRESS_SOCKETS);
        drop((of_session, of_address, rest));
        let counts = counts.lock();
        assert!(counts.all == 0 && counts.by_session.is_empty() && counts.by_address.is_empty(), "{counts:?}");
    }
}
