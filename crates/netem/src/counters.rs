//! Counters of a link: the ground truth with which reported values are compared.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Direction, millis};
use crate::units::Ratio;

/// Counters of one direction of a network. Bytes are UDP payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct LinkCounters {
    /// Packets that entered the link, without the copies that it made.
    pub packets_in: u64,
    /// Bytes that entered the link, without the copies that it made.
    pub bytes_in: u64,
    /// Packets that left the link, including copies.
    pub packets_out: u64,
    /// Bytes that left the link, including copies.
    pub bytes_out: u64,
    /// Packets that spent more than 1 ms in the link.
    pub packets_delayed: u64,
    /// Packets dropped by random loss.
    pub packets_dropped_loss: u64,
    /// Packets dropped by burst loss.
    pub packets_dropped_burst: u64,
    /// Packets dropped because they entered during an outage.
    pub packets_dropped_outage: u64,
    /// Packets and copies dropped because the queue was full.
    pub packets_dropped_queue: u64,
    /// Packets that were duplicated. Their copies are not part of `packets_in`.
    pub packets_duplicated: u64,
    /// Packets that left after a packet that had entered later (RFC 4737, type-P-reordered).
    pub packets_reordered: u64,
    /// Bytes dropped, for all causes.
    pub bytes_dropped: u64,
    /// Sum of the times that packets spent in the link, over the packets that left; milliseconds in files.
    #[serde(rename = "delayTotalMs", with = "millis")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub delay_total: Duration,
    /// Longest time that a packet spent in the link; milliseconds in files.
    #[serde(rename = "delayMaxMs", with = "millis")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub delay_max: Duration,
}

impl LinkCounters {
    /// Returns the number of dropped packets, for all causes.
    pub fn packets_dropped(&self) -> u64 {
        self.packets_dropped_loss
            + self.packets_dropped_burst
            + self.packets_dropped_outage
            + self.packets_dropped_queue
    }

    /// Returns the number of packets that entered, with the copies made of them: all that could be dropped or leave.
    pub fn packets_handled(&self) -> u64 {
        self.packets_in + self.packets_duplicated
    }

    /// Returns the share of [`LinkCounters::packets_handled`] that was dropped.
    pub fn loss_ratio(&self) -> Ratio {
        Ratio::of(self.packets_dropped(), self.packets_handled())
    }

    /// Returns the difference to an earlier snapshot. `delay_max` is not a difference: it is the maximum over the whole
    /// time.
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            packets_in: self.packets_in.saturating_sub(earlier.packets_in),
            bytes_in: self.bytes_in.saturating_sub(earlier.bytes_in),
            packets_out: self.packets_out.saturating_sub(earlier.packets_out),
            bytes_out: self.bytes_out.saturating_sub(earlier.bytes_out),
            packets_delayed: self.packets_delayed.saturating_sub(earlier.packets_delayed),
            packets_dropped_loss: self.packets_dropped_loss.saturating_sub(earlier.packets_dropped_loss),
            packets_dropped_burst: self.packets_dropped_burst.saturating_sub(earlier.packets_dropped_burst),
            packets_dropped_outage: self.packets_dropped_outage.saturating_sub(earlier.packets_dropped_outage),
            packets_dropped_queue: self.packets_dropped_queue.saturating_sub(earlier.packets_dropped_queue),
            packets_duplicated: self.packets_duplicated.saturating_sub(earlier.packets_duplicated),
            packets_reordered: self.packets_reordered.saturating_sub(earlier.packets_reordered),
            bytes_dropped: self.bytes_dropped.saturating_sub(earlier.bytes_dropped),
            delay_total: self.delay_total.saturating_sub(earlier.delay_total),
            delay_max: self.delay_max,
        }
    }

    /// Returns the mean time that a packet spent in the link; `None` if no packet left it.
    pub fn delay_mean(&self) -> Option<Duration> {
        let packets = u32::try_from(self.packets_out).ok().filter(|packets| *packets > 0)?;
        Some(self.delay_total / packets)
    }
}

/// Counters of both directions of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PathCounters {
    /// From the browser to the platform.
    pub up: LinkCounters,
    /// From the platform to the browser.
    pub down: LinkCounters,
}

impl PathCounters {
    /// Returns the counters of the link in one direction.
    pub fn link(&self, direction: Direction) -> &LinkCounters {
        match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        }
    }
}

/// Counters of the TCP connections of a network. They count segments of at most 1460 bytes, over all connections. A
/// stream loses no bytes: data that enters during an outage waits until the outage ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct StreamCounters {
    /// Number of opened connections.
    pub connections: u64,
    /// Segments that entered during an outage, in both directions.
    pub segments_held: u64,
    /// Segments from the browser to the platform.
    pub up: LinkCounters,
    /// Segments from the platform to the browser.
    pub down: LinkCounters,
}
