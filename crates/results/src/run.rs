//! What a run says while it runs, and in the end.

use serde::{Deserialize, Serialize};

use super::broken::cases;
use super::case::{CasePhase, CaseResult, ConsoleLine};
use super::run_rules::RepeatsExpectation;
use super::run_rules::Violation;
use super::upgrade::{GateInfo, Upgrade};
use crate::Outcome;
use crate::Sample;
use crate::readable::{readable, readable_ones};
use crate::{CompareSpec, Level};
use precall_netem::PathCounters;

/// The version of `results.json` and `events.jsonl`. It grows when a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

/// Something that happened in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RunEvent {
    /// The run begins.
    RunStarted {
        /// What it is.
        run: RunInfo,
    },
    /// Something that people should know, though it changes no outcome.
    Warning {
        /// In words, with what to do about it.
        message: String,
    },
    /// A case has a slot.
    CaseStarted {
        /// Which.
        case: String,
        /// Which try, from 1.
        attempt: u32,
    },
    /// A case has come to a new phase.
    CasePhase {
        /// Which.
        case: String,
        /// Which phase.
        phase: CasePhase,
    },
    /// The module under test called back.
    CaseSample {
        /// Which case.
        case: String,
        /// With this.
        sample: Sample,
    },
    /// W3C statistics of one of the page's peer connections.
    CaseRtcStats {
        /// Which case.
        case: String,
        /// As the page sent it: `peerConnection`, `lag` in ms, `stats`.
        report: serde_json::Value,
    },
    /// What the links have done so far; once a second.
    CaseLink {
        /// Which case.
        case: String,
        /// Seconds since the network was applied.
        seconds: f64,
        /// So far.
        counters: PathCounters,
    },
    /// The page said something on its console.
    CaseConsole {
        /// Which case.
        case: String,
        /// This.
        line: ConsoleLine,
    },
    /// The host could not keep up with a case: it gave its slot back, and runs again when it has the host to itself.
    CasePutBack {
        /// Which.
        case: String,
        /// By which figures, a sentence each.
        reasons: Vec<String>,
    },
    /// A case need not run: its cell is decided.
    CaseDecided {
        /// Which.
        case: String,
        /// By what, in words.
        reason: String,
    },
    /// A case is over.
    CaseFinished {
        /// All there is to say of it.
        result: Box<CaseResult>,
    },
    /// The run is over, and has been judged as a whole.
    RunFinished {
        /// The outcome of the run: of its cases, of the expectations over repeats, of its invariants and of its comparison.
        outcome: Outcome,
        /// The duration of the run in seconds. For a resumed run, the duration of its last part.
        seconds: f64,
        /// The expectations over all repeats of a case, with their results. Absent in event logs of an older precall.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        repeats: Vec<RepeatsExpectation>,
        /// The pairs of cases in which the better network has the worse report. Absent in event logs of an older precall.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        violations: Vec<Violation>,
        /// The verdict on the new one of two builds. Absent unless the run compares two builds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        upgrade: Option<Box<Upgrade>>,
    },
}

/// What a run is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunInfo {
    /// The scenario's name; of several, their directory's.
    pub scenario: String,
    /// SHA-256 of all that its files say, in hex: equal where the same was asked.
    #[serde(default)]
    pub scenario_digest: String,
    /// When it began, RFC 3339.
    pub started_at: String,
    /// Its cases, in plan order.
    pub cases: Vec<CaseSummary>,
    /// How many run at once at most; with cases of different weight it may be fewer.
    pub slots: usize,
    /// Which part of a plan it is, as in `2/5`, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<String>,
    /// What it means when a better network of its matrix has a worse report: as its scenario's `[invariants]`.
    #[serde(default = "warn")]
    pub invariants: Level,
    /// How its results are compared with others.
    #[serde(default)]
    pub compare: CompareSpec,
    /// What its gate decided before it ran, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateInfo>,
    /// Where.
    pub environment: Environment,
}

/// Runs of old took nothing amiss.
fn warn() -> Level {
    Level::Warn
}

/// A case before it has run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseSummary {
    /// Its id.
    pub id: String,
}

/// What else a result depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Environment {
    /// precall's version.
    pub precall: String,
    /// The browser's version.
    pub browser: String,
    /// Operating system and architecture.
    pub os: String,
    /// CPUs that precall may use.
    pub cpus: usize,
}

/// A whole run: the content of `results.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunResult {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// The verdict on the new one of the two builds that it compares, if it compares two.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub upgrade: Option<Upgrade>,
    /// What it was.
    pub run: RunInfo,
    /// Its cases, in plan order; those that never began are missing.
    #[serde(deserialize_with = "cases")]
    pub cases: Vec<CaseResult>,
    /// Expectations over all repeats of a case, with what became of them.
    #[serde(default, deserialize_with = "readable_ones", skip_serializing_if = "Vec::is_empty")]
    pub repeats: Vec<RepeatsExpectation>,
    /// Where a better network of its matrix has a worse report.
    #[serde(default, deserialize_with = "readable_ones", skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
    /// Its cases that need not have run: what they would have told was decided before.
    #[serde(default, deserialize_with = "readable_ones", skip_serializing_if = "Vec::is_empty")]
    pub decided: Vec<DecidedCase>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

impl RunResult {
    /// The same run with these cases in place of its own.
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
            seconds: self.seconds,
        }
    }
}

/// A case that need not have run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DecidedCase {
    /// Its id.
    pub case: String,
    /// What its cell was decided by, in words.
    pub reason: String,
}
