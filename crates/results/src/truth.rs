//! What the links say happened: expectations can be held against it as well.

use super::media::MediaTravel;

/// The network that there was, as it was counted, and how media travelled on it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Truth {
    /// From the browser to the platform.
    pub up: LinkTruth,
    /// From the platform to the browser.
    pub down: LinkTruth,
    /// Median round-trip time, in seconds.
    pub round_trip_time: Option<f64>,
    /// How media travelled, as the browser says.
    pub media: MediaTravel,
}

/// One direction of it; nothing where nothing was counted.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LinkTruth {
    /// bit/s over the quality test.
    pub bitrate: Option<f64>,
    /// Share of packets dropped, 0 to 1.
    pub packet_loss_ratio: Option<f64>,
}
