//! The network as the links counted it, for expectations on `link.*` and `media.*` metrics.

use std::time::Duration;

use super::media::MediaTravel;
use precall_netem::units::{Bitrate, Ratio};

/// The network that a case really had, and how its media travelled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GroundTruth {
    /// The link from the browser to the platform.
    pub up: LinkGroundTruth,
    /// The link from the platform to the browser.
    pub down: LinkGroundTruth,
    /// The median round-trip time; absent when the browser measured none.
    pub round_trip_time: Option<Duration>,
    /// How media travelled, as the browser's statistics report it.
    pub media: MediaTravel,
}

/// One direction of the network that a case really had.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LinkGroundTruth {
    /// The mean bitrate over the quality test; absent without a quality test.
    pub bitrate: Option<Bitrate>,
    /// The share of packets dropped; absent when no packet entered the link.
    pub packet_loss_ratio: Option<Ratio>,
}
