//! The result of a comparison: plain data for files and reports.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::change::Change;
use crate::statistics::Shift;
use precall_results::Environment;
use precall_results::{CompareSpec, Metric};

/// The comparison of two sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// The result as a whole: the worst of its cells.
    pub change: Change,
    /// The first side, with which the second is compared.
    pub a: Side,
    /// The second side.
    pub b: Side,
    /// The axis whose values are compared; absent when the sides are two runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<String>,
    /// Differences between the sides besides what is compared, in words: those that had to be allowed, and random
    /// generators. `unlike` in files.
    #[serde(rename = "unlike", default, skip_serializing_if = "Vec::is_empty")]
    pub incompatibilities: Vec<String>,
    /// The ids of cells that only one side has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmatched: Vec<String>,
    /// The settings of the comparison.
    pub compare: CompareSpec,
    /// The cells that both sides have, in the order of the second side.
    pub cells: Vec<CellComparison>,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Side {
    /// The name for people: `sdk=2.35.2`, or the directory of the side's run.
    pub label: String,
    /// The releases of OpenTok.js that ran.
    pub sdks: Vec<String>,
    /// The time at which the side's run began, as RFC 3339 writes it.
    pub started_at: String,
    /// The host and the browser of the side's run.
    pub environment: Environment,
}

/// The comparison of a cell: all repeats of a case on both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CellComparison {
    /// The case's name and its axes but the compared one: `slow,network=3g`.
    pub id: String,
    /// The case's name in the scenario.
    pub name: String,
    /// The case's axes but the compared one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub axes: BTreeMap<String, String>,
    /// The result for the cell: the worst of its figures.
    pub change: Change,
    /// The number of cases of the first side that are conclusive.
    pub cases_a: usize,
    /// The number of cases of the second side that are conclusive.
    pub cases_b: usize,
    /// The cases that say nothing about what was tested; `leftOut` in files.
    #[serde(rename = "leftOut")]
    pub excluded: Excluded,
    /// The comparison of each figure that either side has.
    pub figures: Vec<MetricComparison>,
}

/// The number of cases that are excluded from a comparison, by their outcome.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Excluded {
    /// The excluded cases of the first side.
    pub a: BTreeMap<String, usize>,
    /// The excluded cases of the second side.
    pub b: BTreeMap<String, usize>,
}

impl Excluded {
    /// Returns the number of excluded cases of the first and of the second side.
    pub fn counts(&self) -> [usize; 2] {
        [&self.a, &self.b].map(|side| side.values().sum())
    }
}

/// The comparison of one figure of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricComparison {
    /// The figure that is compared.
    pub figure: Metric,
    /// The result for this figure.
    pub change: Change,
    /// The reason for the result, in a sentence.
    pub reason: String,
    /// The values of the first side, in the figure's unit; of a rate, 1 for each case that is a hit and 0 for each that
    /// is not.
    pub a: Vec<f64>,
    /// The values of the second side, likewise.
    pub b: Vec<f64>,
    /// The median of the first side, or its rate; absent when it has no values.
    pub center_a: Option<f64>,
    /// The median of the second side, or its rate; absent when it has no values.
    pub center_b: Option<f64>,
    /// The confidence intervals of both rates; absent of a figure that is not a rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rates: Option<RateInterval>,
    /// The difference, second side less first; absent when one of them has no values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift: Option<Shift>,
    /// Cliff's delta, from -1 to 1: how often a value of the second side is above one of the first rather than below.
    pub cliffs_delta: f64,
    /// Whether repeat k of one side was compared with repeat k of the other.
    pub paired: bool,
    /// The p-value of the hypothesis that nothing changed, for this figure alone.
    pub p: f64,
    /// The p-value adjusted for all figures of the cell (Holm); absent of a figure that cannot show a change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjusted_p: Option<f64>,
    /// The smallest change that counts, in the figure's unit.
    pub minimum_effect: f64,
    /// The smallest change that this comparison could have detected with a power of 80 %, in the figure's unit; absent
    /// when it could not detect any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detectable: Option<f64>,
}

impl MetricComparison {
    /// Whether the figure became better or worse.
    pub fn is_significant(&self) -> bool {
        matches!(self.change, Change::Regressed | Change::Improved)
    }
}

/// Wilson's confidence intervals of the rates of both sides, 95 %.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RateInterval {
    /// The interval of the first side, from its lower to its upper end.
    pub a: (f64, f64),
    /// The interval of the second side, likewise.
    pub b: (f64, f64),
}
