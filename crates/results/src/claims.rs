//! What the SDK and the module under test said of a network, beside what the links counted.

use serde::{Deserialize, Serialize};

use crate::readable::readable;

/// A figure as somebody gave it, and as the links counted it in the same time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// As it was given.
    pub claimed: f64,
    /// As it was.
    pub truth: f64,
}

impl Claim {
    /// `None` where either is no number: results hold none that cannot be read back.
    pub fn new(claimed: f64, truth: f64) -> Option<Self> {
        (claimed.is_finite() && truth.is_finite()).then_some(Self { claimed, truth })
    }

    /// How far the claim is from the truth, in its unit; positive when it is too high.
    pub fn error(self) -> f64 {
        self.claimed - self.truth
    }
}

/// What was said of a case's network. What nobody gave, or nobody counted, is absent.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Claims {
    /// Share of packets lost in the whole quality test: `packetsLost` of the SDK's statistics, audio and video together, and
    /// what the links dropped both ways.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub sdk_loss_ratio: Option<Claim>,
    /// The same as the module has it, in the last five seconds.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub module_loss_ratio: Option<Claim>,
    /// Bit/s in the whole quality test: `bytesReceived` of the SDK's statistics, which is media alone, and UDP payload that left
    /// the link down: headers, repairs and feedback as well.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub sdk_bitrate: Option<Claim>,
    /// The same as the module has it, in the last five seconds.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub module_bitrate: Option<Claim>,
    /// Seconds there and back: the median of the SDK's `currentRoundTripTime`, and the mean time in the links.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub sdk_round_trip_time: Option<Claim>,
}

impl Claims {
    /// Whether nothing was said at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
