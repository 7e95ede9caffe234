//! The verdict on an upgrade: is the new release, or the new module, worse than the old one?

use serde::{Deserialize, Serialize};

use super::case::CaseResult;
use crate::Metric;
use crate::Outcome;

/// The axes of a matrix whose values are builds: OpenTok.js, and the network-test module.
pub const BUILD_AXES: [&str; 2] = ["sdk", "module"];

/// The answer to "is it worse?".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Nothing that counts became worse, and what counts would have been seen.
    NoWorse,
    /// Something became worse, by more than chance and by as much as counts.
    Worse,
    /// The run cannot tell.
    CannotTell,
}

impl Answer {
    /// Returns the words shown to people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoWorse => "no worse",
            Self::Worse => "worse",
            Self::CannotTell => "cannot tell",
        }
    }

    /// Returns the outcome of a run with this answer, where `cases` is the worst outcome of the cases of the new side.
    pub fn outcome(self, cases: Outcome) -> Outcome {
        match (self, cases) {
            (_, Outcome::Interrupted) => Outcome::Interrupted,
            (Self::Worse, Outcome::Errored | Outcome::Hung) => cases,
            (Self::Worse, _) => Outcome::Failed,
            (_, Outcome::Failed | Outcome::Errored | Outcome::Hung) => cases,
            (Self::CannotTell, _) => Outcome::Inconclusive,
            // Cases that could not be measured are part of the answer: too many of them, and it is another.
            (Self::NoWorse, _) => Outcome::Passed,
        }
    }
}

/// The verdict on an upgrade. Every report begins with its sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Upgrade {
    /// Whether the new side is worse.
    pub answer: Answer,
    /// The answer in one sentence: what, where and by how much, or why not and what to do.
    pub sentence: String,
    /// The two sides.
    pub sides: Sides,
    /// The metrics that became worse, the most severe first; empty unless the answer is `worse`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub worse: Vec<Worsening>,
    /// Each network (or other cell) with the smallest changes that could have been detected there.
    pub cells: Vec<UpgradeCell>,
    /// Expectations that only the old side misses, in words. They do not count against the new side.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missed_by_old: Vec<String>,
    /// Expectations that the new side misses, in words. They fail the run, whatever the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missed_by_new: Vec<String>,
}

/// The two sides of an upgrade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Sides {
    /// The axis whose two values they are: `sdk` or `module`; absent where the old side is a baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<String>,
    /// The axis's value on the old side, or the baseline's name.
    pub from: String,
    /// The axis's value on the new side.
    pub to: String,
    /// The name of the old side in sentences: `2.34.2`.
    pub from_name: String,
    /// The name of the new side in sentences: `2.35.2`.
    pub to_name: String,
}

impl Sides {
    /// Whether a case is of the old side.
    pub fn is_old(&self, case: &CaseResult) -> bool {
        self.axis.as_ref().is_some_and(|axis| case.axes.get(axis) == Some(&self.from))
    }

    /// Whether a case is of the new side. Without an axis the whole run is.
    pub fn is_new(&self, case: &CaseResult) -> bool {
        self.axis.as_ref().is_none_or(|axis| case.axes.get(axis) == Some(&self.to))
    }
}

impl Upgrade {
    /// Whether what became of a case does not count against the new side, because the case is of the old one.
    pub fn excuses(&self, case: &CaseResult) -> bool {
        self.sides.is_old(case)
    }
}

/// Something that became worse.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Worsening {
    /// The id of the cell; absent for all cells together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// The metric that became worse.
    pub figure: Metric,
    /// The change in words: `received video bitrate on wifi-hotel falls by 22 % (14 to 29 %, 95 %)`.
    pub text: String,
    /// The chance of seeing this if nothing had changed.
    pub p: f64,
}

/// One cell of an upgrade: a network, for example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UpgradeCell {
    /// Its id, as in comparisons: `network=3g`.
    pub id: String,
    /// The name of the cell in sentences: `3g`.
    pub label: String,
    /// The number of cases of the old side that count.
    pub from_cases: usize,
    /// The number of cases of the new side that count.
    pub to_cases: usize,
    /// The number of cases of both sides that could not be measured.
    pub left_out: usize,
    /// The smallest fall of the received video bitrate that would have been detected, as a share of it; absent when
    /// none would.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detectable_bitrate: Option<f64>,
    /// The smallest fall of a MOS that would have been detected; absent when none would.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detectable_mos: Option<f64>,
}

/// The settings of a gate, fixed before it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GateInfo {
    /// The axis whose two values are the sides; absent where the old side is a baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<String>,
    /// The axis's value on the old side, or the baseline's name.
    pub from: String,
    /// The axis's value on the new side.
    pub to: String,
    /// The most repeats of each case.
    pub repeats: u32,
}
