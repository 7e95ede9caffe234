//! Expectations over all repeats of a case, and rules between the cases of a matrix.

use serde::{Deserialize, Serialize};

use crate::CheckedExpectation;

/// An expectation over all repeats of a case, with its result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RepeatsExpectation {
    /// The case's name and axes: `slow,network=3g`.
    pub case: String,
    /// The number of repeats that count: those with a conclusive outcome.
    pub repeats: usize,
    /// The expectation and its result.
    pub checked: CheckedExpectation,
}

/// A pair of cases of a matrix in which the case with the better network has the worse report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Violation {
    /// The rule that is broken: `bandwidth-lowers-advice` or `loss-raises-mos`.
    pub rule: String,
    /// The case with the better network, and the case with the worse one; without their repeats.
    pub cases: (String, String),
    /// The contradiction in words.
    pub detail: String,
}
