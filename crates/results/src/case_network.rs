//! The network of a case: as it was requested, as it was applied, and as it was measured.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::readable::readable_ones;
use crate::{Accuracy, GroundTruth, LinkGroundTruth, MediaTravel, NetworkCheck};
use precall_netem::firewall::Firewall;
use precall_netem::units::{Bitrate, Ratio};
use precall_netem::{NetworkConfig, PathCounters};

/// The network of a case.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CaseNetwork {
    /// The network that the scenario requested.
    pub requested: NetworkConfig,
    /// Whether that network was applied. If not, the page reached a remote platform through the network of the host.
    pub applied: bool,
    /// The firewall between the page and the platform; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firewall: Option<FirewallResult>,
    /// The network as it was measured.
    pub measured: MeasuredNetwork,
    /// The counters of the links at the end of the case.
    pub counters: PathCounters,
    /// The checks that the measured network is the requested one, one for each quantity.
    #[serde(default, deserialize_with = "readable_ones", skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<NetworkCheck>,
    /// The figures of the network that the SDK and the module reported, each beside what the links counted.
    #[serde(default, skip_serializing_if = "Accuracy::is_empty")]
    pub accuracy: Accuracy,
    /// The seed of the random draws of the case.
    pub seed: u64,
    /// The random generator, [`precall_netem::rng::GENERATOR`]. With another generator the same seed loses other
    /// packets. Absent in results of versions that did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub random_generator: Option<String>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// A firewall and its counters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FirewallResult {
    /// The requested firewall.
    pub asked: Firewall,
    /// The number of datagrams that it dropped.
    pub datagrams_dropped: u64,
    /// The number of connections for media that the firewall blocked because they have no TLS. Absent where the number
    /// is zero.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub connections_dropped: u64,
}

/// The network of a case as it was measured.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MeasuredNetwork {
    /// From the browser to the platform.
    pub up: MeasuredLink,
    /// From the platform to the browser.
    pub down: MeasuredLink,
    /// The median round-trip time of the ICE checks of the browser; in files in seconds; absent when it measured none.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::time::optional_seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub round_trip_time: Option<Duration>,
}

impl MeasuredNetwork {
    /// Returns what expectations about the network are checked against, with the media that travelled on it.
    pub fn ground_truth(&self, media: Option<&MediaTravel>) -> GroundTruth {
        let link =
            |link: &MeasuredLink| LinkGroundTruth { bitrate: link.mean_rate, packet_loss_ratio: link.loss_ratio };
        let media = media.cloned().unwrap_or_default();
        GroundTruth { up: link(&self.up), down: link(&self.down), round_trip_time: self.round_trip_time, media }
    }
}

/// One direction of the measured network.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MeasuredLink {
    /// The bitrate that left the link in its busiest second, UDP payload; absent when nothing left it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_rate: Option<Bitrate>,
    /// The mean bitrate that left the link during the quality test, UDP payload; absent without a quality test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_rate: Option<Bitrate>,
    /// The mean time of a packet in the link, queue included; in files in milliseconds. Absent when no packet passed.
    #[serde(
        rename = "meanDelayMs",
        default,
        skip_serializing_if = "Option::is_none",
        with = "crate::time::optional_milliseconds"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub mean_delay: Option<Duration>,
    /// The share of packets dropped, 0 to 1, queue overflow included; absent when no packet entered the link.
    pub loss_ratio: Option<Ratio>,
}
