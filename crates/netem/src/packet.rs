//! Packets inside a link.

use std::cmp::Ordering;
use std::time::{Duration, Instant};

use super::random::Draws;

/// A packet that can pass a link.
pub trait Packet: Clone {
    /// Returns its size in bytes, as the link counts it: the UDP payload.
    fn size_bytes(&self) -> usize;
}

impl<T: AsRef<[u8]> + Clone> Packet for T {
    fn size_bytes(&self) -> usize {
        self.as_ref().len()
    }
}

/// A packet in the queue.
#[derive(Clone)]
pub(super) struct Queued<T> {
    pub packet: T,
    pub bytes: u64,
    pub sent: Instant,
    /// Its position in the order of entry; `None` for a duplicate.
    pub number: Option<u64>,
    pub draws: Draws,
}

/// A packet in flight. The next one to arrive is the greatest in the order.
pub(super) struct InFlight<T> {
    pub arrives: Duration,
    /// Increases with each packet, so that packets with the same arrival time arrive in the order of departure.
    pub order: u64,
    pub packet: T,
    pub bytes: u64,
    pub sent: Instant,
    pub number: Option<u64>,
}

impl<T> Ord for InFlight<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.arrives, other.order).cmp(&(self.arrives, self.order))
    }
}

impl<T> PartialOrd for InFlight<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for InFlight<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for InFlight<T> {}
