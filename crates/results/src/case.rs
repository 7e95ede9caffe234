//! The result of a case.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::BuildInfo;
use crate::CallResult;
use crate::Outcome;
use crate::QualityResult;
use crate::Signalling;
use crate::readable::readable;
use crate::{CaseNetwork, CheckedExpectation, Finding, GroundTruth, HostLoad, Measured, MediaTravel};

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
    /// The call of the scenario takes place.
    Call,
}

impl CasePhase {
    /// Returns the name of the phase in reports and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::Connectivity => "connectivity",
            Self::Quality => "quality",
            Self::Call => "call",
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
    /// The name and version of the page's browser; absent for a call, whose participants have their own, for a case
    /// that never had a page, and in results of versions that did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// The OpenTok.js that the page loaded.
    pub sdk: BuildInfo,
    /// The network-test module under test.
    pub module: BuildInfo,
    /// The platform that the page talked to.
    #[serde(default)]
    pub platform: PlatformInfo,
    /// The results that the page reported.
    pub measured: Measured,
    /// The result of a call; absent for a case that runs a network test.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub call: Option<CallResult>,
    /// The quality result that precall recomputed from the samples of the page; absent without samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recomputed: Option<QualityResult>,
    /// The expectations, each with its result.
    pub expectations: Vec<CheckedExpectation>,
    /// Contradictions and mismatches in what the page reported.
    pub findings: Vec<Finding>,
    /// The network: as it was requested, as it was applied, and as it was measured.
    pub network: CaseNetwork,
    /// The routes, codecs and playout of media, from the W3C statistics of the page; absent for a case without media,
    /// and in results of versions that did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaTravel>,
    /// Requests and connections of signalling; absent on remote platforms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signalling: Option<Signalling>,
    /// The load of the host during the quality test; absent without a quality test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<HostLoad>,
    /// The time from the first attempt to the verdict, with the waits between attempts; in files in seconds. Reports
    /// and comparisons use [`CaseResult::duration_of_last_attempt`].
    #[serde(rename = "seconds", with = "crate::time::seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub duration: Duration,
}

impl CaseResult {
    /// Returns what the links counted and what the browser's statistics say, for expectations.
    pub fn ground_truth(&self) -> GroundTruth {
        self.network.measured.ground_truth(self.media.as_ref())
    }
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
    /// The duration of the attempt; in files in seconds.
    #[serde(rename = "seconds", with = "crate::time::seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub duration: Duration,
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

/// Something that happened on the platform of a case: a step that the SDK logged, a change in its session, or a fault
/// that began.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlatformLine {
    /// The event in words, such as `client logged`, `fault began` or `published`.
    pub what: String,
    /// The details by name, such as `action` and `variation` of a step that the SDK logged.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
}

impl PlatformLine {
    /// The name of a step that the SDK logged.
    pub const LOGGED: &str = "client logged";
    /// The name of the begin of a fault.
    pub const FAULT: &str = "fault began";
}

/// A line of a page's console, an uncaught exception or a crash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConsoleLine {
    /// The participant of a call whose page it is; absent in a network test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participant: Option<String>,
    /// `log`, `warning`, `error`, …; `exception` or `crash`; `server` or `server-error` for the output of an
    /// application's server.
    pub level: String,
    /// The text of the line, without secrets.
    pub text: String,
}
