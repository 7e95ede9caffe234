//! The events of a run, and its result.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::broken::cases;
use super::case::{CasePhase, CaseResult, ConsoleLine, PlatformLine};
use super::former::boxed;
use super::host_load::HostSecond;
use super::run_rules::RepeatsExpectation;
use super::run_rules::Violation;
use super::upgrade::{GateInfo, Upgrade};
use crate::Outcome;
use crate::Sample;
use crate::readable::{readable, readable_ones};
use crate::{CallEventLine, CompareSpec, Level, PageSecond, SubscriptionSample};
use precall_netem::PathCounters;

/// The version of `results.json` and `events.jsonl`. It grows when a member changes its meaning or is removed.
pub const SCHEMA_VERSION: u32 = 2;

/// Something that happened in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RunEvent {
    /// The run begins.
    RunStarted {
        /// The run: its scenario, cases and environment.
        run: RunInfo,
    },
    /// A warning, which changes no outcome.
    Warning {
        /// The warning in words, with a remedy.
        message: String,
    },
    /// A case has a slot.
    CaseStarted {
        /// The id of the case, as in [`RunInfo::cases`].
        case: String,
        /// The number of the attempt, from 1.
        attempt: u32,
    },
    /// A case enters a phase.
    CasePhase {
        /// The id of the case.
        case: String,
        /// The phase that it enters.
        phase: CasePhase,
    },
    /// The module under test called back.
    CaseSample {
        /// The id of the case.
        case: String,
        /// The sample: cumulative counters of the test stream.
        sample: Sample,
    },
    /// W3C statistics of one of the page's peer connections.
    CaseRtcStats {
        /// The id of the case.
        case: String,
        /// The report as the page sent it: `peerConnection`, `lag` in ms, `stats`.
        report: serde_json::Value,
    },
    /// The counters of the links of a case; once a second.
    CaseLink {
        /// The id of the case.
        case: String,
        /// The participant of a call whose network it is; absent in a network test.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        participant: Option<String>,
        /// Seconds since the network was applied.
        seconds: f64,
        /// The counters since then.
        counters: PathCounters,
    },
    /// Something happened in the page of a participant of a call.
    CaseCall {
        /// The id of the case.
        case: String,
        /// What happened.
        line: CallEventLine,
    },
    /// The counters of a subscription of a call; once a second.
    CaseSubscription {
        /// The id of the case.
        case: String,
        /// The counters.
        sample: SubscriptionSample,
    },
    /// The memory and the CPU time of the page of a participant of a call; once a second.
    CasePage {
        /// The id of the case.
        case: String,
        /// The participant whose page it is.
        participant: String,
        /// Seconds since the call began.
        seconds: f64,
        /// What it uses.
        page: PageSecond,
    },
    /// The page wrote to its console.
    CaseConsole {
        /// The id of the case.
        case: String,
        /// The line that it wrote.
        line: ConsoleLine,
    },
    /// Something happened on the platform of a case. Remote platforms report nothing.
    CasePlatform {
        /// The id of the case.
        case: String,
        /// What happened.
        line: PlatformLine,
    },
    /// The load of the host in the second before; once a second while a case measures quality.
    CaseHost {
        /// The id of the case.
        case: String,
        /// Seconds since the network was applied.
        seconds: f64,
        /// The load.
        load: HostSecond,
    },
    /// The host could not keep up with a case: the case gives its slot back, and runs again when it has the host to
    /// itself.
    CasePutBack {
        /// The id of the case.
        case: String,
        /// The limits that the host exceeded, a sentence each.
        reasons: Vec<String>,
    },
    /// A case does not run, because its cell of the comparison is decided already.
    CaseDecided {
        /// The id of the case.
        case: String,
        /// The reason why the cell is decided, in words.
        reason: String,
    },
    /// A case is over.
    CaseFinished {
        /// The result of the case.
        #[serde(deserialize_with = "boxed")]
        result: Box<CaseResult>,
    },
    /// The run is over, and has been judged as a whole.
    RunFinished {
        /// The outcome of the run: of its cases, of the expectations over repeats, of its invariants and of its
        /// comparison.
        outcome: Outcome,
        /// The duration of the run; in files in seconds. For a resumed run, the duration of its last part.
        #[serde(rename = "seconds", with = "crate::time::seconds")]
        #[cfg_attr(feature = "schema", schemars(with = "f64"))]
        duration: Duration,
        /// The expectations over all repeats of a case, with their results. Absent in event logs of an older precall.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        repeats: Vec<RepeatsExpectation>,
        /// The pairs of cases in which the better network has the worse report. Absent in event logs of an older
        /// precall.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        violations: Vec<Violation>,
        /// The verdict on the new one of two builds. Absent unless the run compares two builds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        upgrade: Option<Box<Upgrade>>,
    },
}

/// A run as it is planned: its scenario, cases and environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunInfo {
    /// The name of the scenario; of several scenarios, the name of their directory.
    pub scenario: String,
    /// The SHA-256 of the content of the scenario files, in hex. Equal digests mean equal scenarios.
    #[serde(default)]
    pub scenario_digest: String,
    /// The time at which the run began, in RFC 3339.
    pub started_at: String,
    /// The cases, in the order of the plan.
    pub cases: Vec<CaseSummary>,
    /// The largest number of cases that run at once; with cases of different weight there may be fewer.
    pub slots: usize,
    /// The part of a plan that this run is, as in `2/5`; absent for a whole plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<String>,
    /// The level of a broken invariant, such as a worse report on a better network: as in the scenario's
    /// `[invariants]`.
    #[serde(default = "warn")]
    pub invariants: Level,
    /// How the results are compared with others.
    #[serde(default)]
    pub compare: CompareSpec,
    /// The settings of the gate that this run belongs to; absent for other runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateInfo>,
    /// The versions and the host that the results depend on.
    pub environment: Environment,
}

/// The default for results that were written before `invariants` existed.
fn warn() -> Level {
    Level::Warn
}

/// A planned case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CaseSummary {
    /// The id of the case.
    pub id: String,
}

/// The versions and the host that a result depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Environment {
    /// The version of precall.
    pub precall: String,
    /// The name and version of the browser.
    pub browser: String,
    /// The operating system and the architecture.
    pub os: String,
    /// The number of CPUs that precall may use.
    pub cpus: usize,
    /// The branch of the repository that the run belongs to: that of the CI job, or the one that is checked out where
    /// precall runs. Absent outside of a repository, and in results of versions that did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
}

/// A whole run: the content of `results.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunResult {
    /// The version of the format: [`SCHEMA_VERSION`]. Results of a former version have it once they are read, since
    /// that is the form in which they would be written; those of a later one keep theirs.
    #[serde(deserialize_with = "at_least_this_version")]
    pub schema_version: u32,
    /// The outcome of the run: the worst of its cases, its expectations over repeats and its invariants. In a run that
    /// compares two builds the verdict on the new build decides, and cases of the old build alone do not fail the run.
    pub outcome: Outcome,
    /// The verdict on the new build, in a run that compares two builds; absent in others.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub upgrade: Option<Upgrade>,
    /// The run as it was planned.
    pub run: RunInfo,
    /// The results of the cases, in the order of the plan. Cases that never began are missing.
    #[serde(deserialize_with = "cases")]
    pub cases: Vec<CaseResult>,
    /// The expectations over all repeats of a case, each with its result.
    #[serde(default, deserialize_with = "readable_ones", skip_serializing_if = "Vec::is_empty")]
    pub repeats: Vec<RepeatsExpectation>,
    /// The pairs of cases in which the better network has the worse report.
    #[serde(default, deserialize_with = "readable_ones", skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
    /// The cases that did not run because their cell of the comparison was decided before.
    #[serde(default, deserialize_with = "readable_ones", skip_serializing_if = "Vec::is_empty")]
    pub decided: Vec<DecidedCase>,
    /// The duration of the run by the clock; in files in seconds.
    #[serde(rename = "seconds", with = "crate::time::seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub duration: Duration,
}

/// Reads the version of the format.
fn at_least_this_version<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    Ok(u32::deserialize(from)?.max(SCHEMA_VERSION))
}

impl RunResult {
    /// Returns the same run with other cases.
    pub fn with_cases(&self, cases: Vec<CaseResult>) -> Self {
        Self {
            schema_version: self.schema_version,
            outcome: self.outcome,
            upgrade: self.upgrade.clone(),
            run: self.run.clone(),
            cases,
            repeats: self.repeats.clone(),
            violations: self.violations.clone(),
            decided: self.decided.clone(),
            duration: self.duration,
        }
    }
}

/// A case that did not run because its cell of the comparison was decided before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DecidedCase {
    /// The id of the case.
    pub case: String,
    /// The reason why its cell is decided, in words.
    pub reason: String,
}
