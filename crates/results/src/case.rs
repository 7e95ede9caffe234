//! What is known of one case in the end.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Outcome;
use crate::QualityResult;
use crate::readable::readable_ones;
use crate::{CheckedExpectation, Claims, Finding, HostLoad, LinkTruth, Measured, MediaTravel, NetworkCheck, Truth};
use precall_netem::fault::Service;
use precall_netem::firewall::Firewall;
use precall_netem::units::{Bitrate, Ratio};
use precall_netem::{NetworkConfig, PathCounters, StreamCounters};

/// How far a case has come; each has a deadline. Later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    /// The word shown to people; the same as in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::Connectivity => "connectivity",
            Self::Quality => "quality",
        }
    }
}

/// Everything that a case came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseResult {
    /// The case's id.
    pub case: String,
    /// The case's name in the scenario: cases that share it differ in their axes and repeats.
    pub name: String,
    /// Where it stands in its matrix: a value for each axis.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub axes: BTreeMap<String, String>,
    /// Which of its repeats it is, from 1, if there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<u32>,
    /// What became of it: the last attempt's outcome.
    pub outcome: Outcome,
    /// Why, a sentence each. Empty when everything was as expected.
    pub reasons: Vec<String>,
    /// Every attempt, oldest first; the last one counts.
    pub attempts: Vec<Attempt>,
    /// The OpenTok.js that ran.
    pub sdk: BuildInfo,
    /// The network-test module under test.
    pub module: BuildInfo,
    /// The platform that it ran on.
    #[serde(default)]
    pub platform: PlatformInfo,
    /// What the page reported.
    pub measured: Measured,
    /// The quality result recomputed from the page's samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recomputed: Option<QualityResult>,
    /// Each expectation with what became of it.
    pub expectations: Vec<CheckedExpectation>,
    /// What else is worth attention.
    pub findings: Vec<Finding>,
    /// The network that the scenario asks for.
    pub network: NetworkConfig,
    /// Whether that network was in the way of its packets; without it, a platform elsewhere was reached as the host reaches it.
    #[serde(default = "yes")]
    pub network_applied: bool,
    /// The firewall in the way, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firewall: Option<FirewallResult>,
    /// The network that there was.
    pub measured_network: MeasuredNetwork,
    /// How media travelled, as the page's W3C statistics say; absent when none did, and in results of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaTravel>,
    /// What the links did, packet by packet.
    pub link_counters: PathCounters,
    /// Whether that was the network asked for, figure by figure.
    #[serde(default, deserialize_with = "readable_ones", skip_serializing_if = "Vec::is_empty")]
    pub network_checks: Vec<NetworkCheck>,
    /// What the SDK and the module said of the network, beside what the links counted.
    #[serde(default, skip_serializing_if = "Claims::is_empty")]
    pub claims: Claims,
    /// What became of signalling; absent on platforms elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signalling: Option<Signalling>,
    /// What the host was like while quality was measured; absent when it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<HostLoad>,
    /// The seed of the case's random choices.
    pub seed: u64,
    /// What turned the seed into draws: [`chance::GENERATOR`]. With another the same seed gives other packets. Absent
    /// in results that an older precall recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub random_generator: Option<String>,
    /// From taking its slot to its verdict, in seconds: every attempt, and the time in which it waited for the host between them.
    /// What is shown and compared is [`CaseResult::seconds_of_last_attempt`].
    pub seconds: f64,
}

/// Results of old have nothing but the embedded platform.
fn yes() -> bool {
    true
}

/// One try at a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// What became of it.
    pub outcome: Outcome,
    /// Why.
    pub reasons: Vec<String>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// A build that ran in the page: OpenTok.js, or a network-test module.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildInfo {
    /// Its version, as its package or the build itself says.
    pub version: String,
    /// Where it came from, in words.
    pub source: String,
    /// The published integrity (SRI) that it was checked against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrity: Option<String>,
}

/// The platform that a case ran on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlatformInfo {
    /// `embedded`, `opentok` or `vonage`, as in scenarios.
    pub kind: String,
    /// Where its REST API is, if it is a platform elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_url: Option<String>,
    /// The session there: what its operator is asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
}

impl Default for PlatformInfo {
    /// The embedded one.
    fn default() -> Self {
        Self { kind: "embedded".to_owned(), api_url: None, session_id: None }
    }
}

/// What became of a case's signalling: all that clients ask the embedded platform, by HTTP and by WebSocket.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signalling {
    /// How many requests came, by leg.
    pub requests: BTreeMap<Service, u64>,
    /// Hosts for which the browser was refused a tunnel, and how often; being asked who it is counts as well. So does what the page's
    /// content security policy kept it from: hosts, and `inline` or `eval` for scripts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refused: BTreeMap<String, u64>,
    /// What the network did to its connections.
    pub link_counters: StreamCounters,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What a firewall did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FirewallResult {
    /// The one that the scenario asks for.
    pub asked: Firewall,
    /// Datagrams that it dropped.
    pub datagrams_dropped: u64,
    /// Connections for media that it did not let through, as they have no TLS. Absent in results of before, and where it is zero.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub connections_dropped: u64,
}

/// The network that a case really had.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MeasuredNetwork {
    /// From the browser to the platform.
    pub up: MeasuredLink,
    /// From the platform to the browser.
    pub down: MeasuredLink,
    /// Median round-trip time of ICE checks as the browser measured them, in seconds; absent when it measured none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round_trip_time: Option<f64>,
}

impl MeasuredNetwork {
    /// What expectations are held against, with how media travelled on it.
    pub fn truth(&self, media: Option<&MediaTravel>) -> Truth {
        let link = |link: &MeasuredLink| LinkTruth {
            bitrate: link.mean_rate.map(|rate| rate.bits_per_second() as f64),
            packet_loss_ratio: link.loss_ratio.map(Ratio::get),
        };
        let media = media.cloned().unwrap_or_default();
        Truth { up: link(&self.up), down: link(&self.down), round_trip_time: self.round_trip_time, media }
    }
}

/// One direction of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MeasuredLink {
    /// What left the link in its busiest second; absent when nothing did. UDP payload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_rate: Option<Bitrate>,
    /// What left the link per second of the quality test; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_rate: Option<Bitrate>,
    /// Mean time that a packet spent in the link, queue included, in milliseconds; absent when none passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_delay_ms: Option<f64>,
    /// Share of packets dropped, queue overflow included.
    pub loss_ratio: Option<Ratio>,
}

/// A line of a page's console, an uncaught exception or a crash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsoleLine {
    /// `log`, `warning`, `error`, …; `exception` or `crash`.
    pub level: String,
    /// What it says; secrets are taken out.
    pub text: String,
}
