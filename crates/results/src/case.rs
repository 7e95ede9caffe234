//! The result of a case.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Outcome;
use crate::QualityResult;
use crate::readable::readable_ones;
use crate::{
    Accuracy, CheckedExpectation, Finding, GroundTruth, HostLoad, LinkGroundTruth, Measured, MediaTravel, NetworkCheck,
};
use precall_netem::fault::Service;
use precall_netem::firewall::Firewall;
use precall_netem::units::{Bitrate, Ratio};
use precall_netem::{NetworkConfig, PathCounters, StreamCounters};

/// The phases of a case, in their order. Each has a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CasePhase {
    /// The page loads OpenTok.js and the module under test, on an untouched network.
    Prepare,
    /// `testConnectivity()` runs.
    Connectivity,
    /// `testQuality()` runs.
    Quality,
}

impl CasePhase {
    /// Returns the name of the phase in reports and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::Connectivity => "connectivity",
            Self::Quality => "quality",
        }
    }
}

/// The result of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CaseResult {
    /// The id of the case.
    pub case: String,
    /// The name of the case in the scenario. Cases with the same name differ in their axes or their repeat.
    pub name: String,
    /// The value of each axis of the matrix; empty without a matrix.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub axes: BTreeMap<String, String>,
    /// The number of the repeat, from 1; absent for a case that is not repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<u32>,
    /// The outcome of the last attempt.
    pub outcome: Outcome,
    /// The reasons for the outcome, a sentence each; empty when every expectation was met.
    pub reasons: Vec<String>,
    /// All attempts, the oldest first. The last one counts.
    pub attempts: Vec<Attempt>,
    /// The OpenTok.js that the page loaded.
    pub sdk: BuildInfo,
    /// The network-test module under test.
    pub module: BuildInfo,
    /// The platform that the page talked to.
    #[serde(default)]
    pub platform: PlatformInfo,
    /// The results that the page reported.
    pub measured: Measured,
    /// The quality result that precall recomputed from the samples of the page; absent without samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recomputed: Option<QualityResult>,
    /// The expectations, each with its result.
    pub expectations: Vec<CheckedExpectation>,
    /// Contradictions and mismatches in what the page reported.
    pub findings: Vec<Finding>,
    /// The requested network.
    pub network: NetworkConfig,
    /// Whether that network was applied. If not, the page reached a remote platform through the network of the host.
    #[serde(default = "yes")]
    pub network_applied: bool,
    /// The firewall between the page and the platform; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firewall: Option<FirewallResult>,
    /// The network as it was measured.
    pub measured_network: MeasuredNetwork,
    /// The routes, codecs and playout of media, from the W3C statistics of the page; absent for a case without media, and in
    /// results of versions that did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaTravel>,
    /// The counters of the links at the end of the case.
    pub link_counters: PathCounters,
    /// The checks that the measured network is the requested one, one for each quantity.
    #[serde(default, deserialize_with = "readable_ones", skip_serializing_if = "Vec::is_empty")]
    pub network_checks: Vec<NetworkCheck>,
    /// The figures of the network that the SDK and the module reported, each beside what the links counted; `claims` in
    /// files.
    #[serde(rename = "claims", default, skip_serializing_if = "Accuracy::is_empty")]
    pub accuracy: Accuracy,
    /// Requests and connections of signalling; absent on remote platforms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signalling: Option<Signalling>,
    /// The load of the host during the quality test; absent without a quality test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<HostLoad>,
    /// The seed of the random draws of the case.
    pub seed: u64,
    /// The random generator, [`precall_netem::rng::GENERATOR`]. With another generator the same seed loses other
    /// packets. Absent in results of versions that did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub random_generator: Option<String>,
    /// The time from the first attempt to the verdict, in seconds, with the waits between attempts. Reports and
    /// comparisons use [`CaseResult::seconds_of_last_attempt`].
    pub seconds: f64,
}

impl CaseResult {
    /// Returns what the links counted and what the browser's statistics say, for expectations.
    pub fn ground_truth(&self) -> GroundTruth {
        self.measured_network.ground_truth(self.media.as_ref())
    }
}

/// The default for results that were written before remote platforms existed.
fn yes() -> bool {
    true
}

/// An attempt at a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// The outcome of the attempt.
    pub outcome: Outcome,
    /// The reasons for it, a sentence each.
    pub reasons: Vec<String>,
    /// The duration of the attempt, in seconds.
    pub seconds: f64,
}

/// A build that the page loaded: OpenTok.js, or a network-test module.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BuildInfo {
    /// The version, from its package or from the build itself.
    pub version: String,
    /// The origin of the build, in words.
    pub source: String,
    /// The published integrity (SRI) that the build was checked against; absent for local builds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrity: Option<String>,
}

/// The platform that a case ran on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlatformInfo {
    /// `embedded`, `opentok` or `vonage`, as in scenarios.
    pub kind: String,
    /// The URL of its REST API; absent for the embedded platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_url: Option<String>,
    /// The id of the session on a remote platform, for questions to its operator; absent for the embedded platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
}

impl Default for PlatformInfo {
    /// Returns the embedded platform.
    fn default() -> Self {
        Self { kind: "embedded".to_owned(), api_url: None, session_id: None }
    }
}

/// The signalling of a case: all requests to the embedded platform, by HTTP and by WebSocket.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Signalling {
    /// The number of requests to each service.
    pub requests: BTreeMap<Service, u64>,
    /// The hosts that were refused, each with a count: tunnels that the proxy refused or wanted credentials for, and
    /// what the content security policy of the page blocked (hosts, and `inline` or `eval` for scripts).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refused: BTreeMap<String, u64>,
    /// What the emulated network did to the connections.
    pub link_counters: StreamCounters,
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
    /// The number of connections for media that the firewall blocked because they have no TLS. Absent where the number is zero.
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
    /// The median round-trip time of the ICE checks of the browser, in seconds; absent when it measured none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round_trip_time: Option<f64>,
}

impl MeasuredNetwork {
    /// Returns what expectations about the network are checked against, with the media that travelled on it.
    pub fn ground_truth(&self, media: Option<&MediaTravel>) -> GroundTruth {
        let link = |link: &MeasuredLink| LinkGroundTruth {
            bitrate: link.mean_rate.map(|rate| rate.bits_per_second() as f64),
            packet_loss_ratio: link.loss_ratio.map(Ratio::get),
        };
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
    /// The mean time of a packet in the link, queue included, in milliseconds; absent when no packet passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_delay_ms: Option<f64>,
    /// The share of packets dropped, 0 to 1, queue overflow included; absent when no packet entered the link.
    pub loss_ratio: Option<Ratio>,
}

/// A line of a page's console, an uncaught exception or a crash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConsoleLine {
    /// `log`, `warning`, `error`, …; `exception` or `crash`.
    pub level: String,
    /// The text of the line, without secrets.
    pub text: String,
}
