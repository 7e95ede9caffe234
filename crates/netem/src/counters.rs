//! What a link did: the ground truth that reports are held against.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::config::{Direction, millis};
use crate::units::Ratio;

/// What one direction of a network did to the packets that entered it. Bytes are UDP payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LinkCounters {
    /// Packets that entered.
    pub packets_in: u64,
    /// Bytes that entered.
    pub bytes_in: u64,
    /// Packets that left.
    pub packets_out: u64,
    /// Bytes that left.
    pub bytes_out: u64,
    /// Packets that left 1 ms or more after they entered.
    pub packets_delayed: u64,
    /// Packets dropped at random, each on its own.
    pub packets_dropped_loss: u64,
    /// Packets dropped by the model of loss in bursts.
    pub packets_dropped_burst: u64,
    /// Packets that entered in an outage.
    pub packets_dropped_outage: u64,
    /// Packets dropped because the queue was full.
    pub packets_dropped_queue: u64,
    /// Packets of which a copy entered the queue as well; the copies are in none of the counts of what entered.
    pub packets_duplicated: u64,
    /// Packets that left after one which had entered later (RFC 4737).
    pub packets_reordered: u64,
    /// Bytes dropped, for whatever reason.
    pub bytes_dropped: u64,
    /// Time that the packets which left spent inside, added up; milliseconds in files.
    #[serde(rename = "delayTotalMs", with = "millis")]
    pub delay_total: Duration,
    /// The longest that a packet spent inside; milliseconds in files.
    #[serde(rename = "delayMaxMs", with = "millis")]
    pub delay_max: Duration,
}

impl LinkCounters {
    /// Packets dropped, for whatever reason.
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

    /// What was done since an earlier look; the longest delay is that of all time.
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

    /// Mean time that a packet spent inside; `None` when none left.
    pub fn delay_mean(&self) -> Option<Duration> {
        let packets = u32::try_from(self.packets_out).ok().filter(|packets| *packets > 0)?;
        Some(self.delay_total / packets)
    }
}

/// What both links of a path did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
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

/// What a network did to TCP connections: to the segments that passed, at most 1460 bytes each, of all of them. Nothing is
/// dropped there; what enters in an outage waits for its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StreamCounters {
    /// Connections that were opened.
    pub connections: u64,
    /// Segments that entered in an outage, in both directions.
    pub segments_held: u64,
    /// From the browser to the platform.
    pub up: LinkCounters,
    /// From the platform to the browser.
    pub down: LinkCounters,
}
