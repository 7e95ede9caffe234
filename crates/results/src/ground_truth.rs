//! The network as the links counted it, for expectations on `link.*` and `media.*` metrics.

use super::media::MediaTravel;

/// The network that a case really had, and how its media travelled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GroundTruth {
    /// The link from the browser to the platform.
    pub up: LinkGroundTruth,
    /// The link from the platform to the browser.
    pub down: LinkGroundTruth,
    /// Median round-trip time, in seconds; absent when the browser measured none.
    pub round_trip_time: Option<f64>,
    /// How media travelled, as the browser's statistics report it.
    pub media: MediaTravel,
}

/// One direction of the network that a case really had.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LinkGroundTruth {
    /// Mean bitrate over the quality test, in bit/s; absent without a quality test.
    pub bitrate: Option<f64>,
    /// Share of packets dropped, 0 to 1; absent when no packet entered the link.
    pub packet_loss_ratio: Option<f64>,
}
