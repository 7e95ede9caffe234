//! What the cases of a run say together: expectations over all repeats of a case, and rules between the cases of a matrix.

use serde::{Deserialize, Serialize};

use crate::CheckedExpectation;

/// An expectation over all repeats of a case, with what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RepeatsExpectation {
    /// The case's name and axes: `slow,network=3g`.
    pub case: String,
    /// How many repeats it is of: those that say something.
    pub repeats: usize,
    /// What was wanted, and what became of it.
    pub checked: CheckedExpectation,
}

/// Two cases of a matrix of which the one with the better network has the worse report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Violation {
    /// `bandwidth-lowers-advice`, `loss-raises-mos`.
    pub rule: String,
    /// The case with the better network, and the one with the worse; without their repeats.
    pub cases: (String, String),
    /// What they say, in words.
    pub detail: String,
}
