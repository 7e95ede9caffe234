//! Packets as links see them.

use std::cmp::Ordering;
use std::time::{Duration, Instant};

use super::luck::Luck;

/// What a link needs to know of a packet.
pub trait Packet: Clone {
    /// Its size in bytes as the link counts it: the UDP payload.
    fn size_bytes(&self) -> usize;
}

impl<T: AsRef<[u8]> + Clone> Packet for T {
    fn size_bytes(&self) -> usize {
        self.as_ref().len()
    }
}

/// A packet that waits for its turn.
#[derive(Clone)]
pub(super) struct Waiting<T> {
    pub packet: T,
    pub bytes: u64,
    pub sent: Instant,
    /// Its number in the order of entry; `None` for the copy of one that comes twice.
    pub number: Option<u64>,
    pub luck: Luck,
}

/// A packet on its way to the other end. Ordered so that the next to arrive is the greatest.
pub(super) struct Flying<T> {
    pub arrives: Duration,
    /// Counts up, so that packets which arrive at once do so in the order in which they set off.
    pub order: u64,
    pub packet: T,
    pub bytes: u64,
    pub sent: Instant,
    pub number: Option<u64>,
}

impl<T> Ord for Flying<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.arrives, other.order).cmp(&(self.arrives, self.order))
    }
}

impl<T> PartialOrd for Flying<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Flying<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Flying<T> {}
