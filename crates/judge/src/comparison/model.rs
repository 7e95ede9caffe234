//! The result of a comparison: plain data for files and reports.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::change::Change;
use crate::statistics::Shift;
use precall_results::Environment;
use precall_results::{CompareSpec, Metric};

/// Two sides, held against one another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// What it comes to: the gravest of its cells.
    pub change: Change,
    /// The first side: how it was.
    pub a: Side,
    /// The second side: how it is.
    pub b: Side,
    /// The axis whose values they are, if they are of one run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<String>,
    /// What differs between the sides besides what is compared, in words: what had to be allowed, and random generators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlike: Vec<String>,
    /// Cells that only one side has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmatched: Vec<String>,
    /// How it was compared.
    pub compare: CompareSpec,
    /// Each network, module and so on that both sides have, in the order of the second.
    pub cells: Vec<Cell>,
}

/// One side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Side {
    /// What people call it: `sdk=2.35.2`, or its run's directory.
    pub label: String,
    /// The releases of OpenTok.js that ran.
    pub sdks: Vec<String>,
    /// When its run began, RFC 3339.
    pub started_at: String,
    /// Where it ran.
    pub environment: Environment,
}

/// All repeats of one case on both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// The case's name and its axes but the compared one: `slow,network=3g`.
    pub id: String,
    /// The case's name in the scenario.
    pub name: String,
    /// Its axes but the compared one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub axes: BTreeMap<String, String>,
    /// What it comes to: the gravest of its figures.
    pub change: Change,
    /// How many cases of the first side count.
    pub cases_a: usize,
    /// How many cases of the second side count.
    pub cases_b: usize,
    /// Those that do not count: they say nothing about what was tested.
    pub left_out: LeftOut,
    /// Metric by figure.
    pub figures: Vec<Figures>,
}

/// Cases that do not count, by their outcome.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// Of the first side.
    pub a: BTreeMap<String, usize>,
    /// Of the second side.
    pub b: BTreeMap<String, usize>,
}

/// One figure on both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Which.
    pub figure: Metric,
    /// What became of it.
    pub change: Change,
    /// Why, in a sentence.
    pub reason: String,
    /// Its values on the first side, in the figure's unit; of a rate 1 for each hit and 0 for each case that is none.
    pub a: Vec<f64>,
    /// Its values on the second side.
    pub b: Vec<f64>,
    /// The median of the first side; of a rate its share.
    pub center_a: Option<f64>,
    /// The median of the second side; of a rate its share.
    pub center_b: Option<f64>,
    /// Of a rate: what each side's may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rates: Option<RateInterval>,
    /// By how much the second side is above the first; absent when one of them has no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift: Option<Shift>,
    /// How often a value of the second side is above one of the first rather than below: -1 to 1 (Cliff's delta).
    pub cliffs_delta: f64,
    /// Whether repeat k of one side was held against repeat k of the other.
    pub paired: bool,
    /// The p-value of "nothing changed", for this figure alone.
    pub p: f64,
    /// The same for all figures of the cell together (Holm); absent of a figure that cannot show anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjusted_p: Option<f64>,
    /// The change from which on it counts, in the figure's unit.
    pub minimum_effect: f64,
    /// The smallest change that this comparison could have seen (power 80 %), in the figure's unit; absent when it could see none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detectable: Option<f64>,
}

/// What the rates of both sides may be: Wilson's intervals, 95 %.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RateInterval {
    /// The first side's, lower and upper end.
    pub a: (f64, f64),
    /// The second side's.
    pub b: (f64, f64),
}
