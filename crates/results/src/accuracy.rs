//! How accurately the SDK and the module under test report the network, compared with the links' counters.

use serde::{Deserialize, Serialize};

use crate::readable::readable;

/// A reported figure, with the same figure as the links counted it in the same time. Schema version 1 named the two
/// `claimed` and `truth`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// The figure as the SDK or the module reported it.
    #[serde(alias = "claimed")]
    pub reported: f64,
    /// The figure as the links counted it.
    #[serde(alias = "truth")]
    pub actual: f64,
}

impl Estimate {
    /// Returns the estimate; `None` where either number is not finite, since results hold only numbers that can be read
    /// back.
    pub fn new(reported: f64, actual: f64) -> Option<Self> {
        (reported.is_finite() && actual.is_finite()).then_some(Self { reported, actual })
    }

    /// Returns the estimation error, in the unit of the figure; positive when the report is too high.
    pub fn error(self) -> f64 {
        self.reported - self.actual
    }
}

/// The reported figures of a case's network beside the counted ones. A figure is absent when it was not reported or not
/// counted.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Accuracy {
    /// The share of packets lost in the whole quality test, 0 to 1: `packetsLost` of the SDK's statistics, audio and
    /// video together, and what the links dropped in both directions.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub sdk_loss_ratio: Option<Estimate>,
    /// The share of packets lost in the last five seconds, 0 to 1, as the module reports it.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub module_loss_ratio: Option<Estimate>,
    /// The bitrate in the whole quality test, in bit/s: `bytesReceived` of the SDK's statistics, which is media alone,
    /// and UDP payload that left the downlink, which is headers, repairs and feedback as well.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub sdk_bitrate: Option<Estimate>,
    /// The bitrate in the last five seconds, in bit/s, as the module reports it.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub module_bitrate: Option<Estimate>,
    /// The round-trip time, in seconds: the median of the SDK's `currentRoundTripTime`, and the mean time in both
    /// links.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub sdk_round_trip_time: Option<Estimate>,
}

impl Accuracy {
    /// Whether no figure is present.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
