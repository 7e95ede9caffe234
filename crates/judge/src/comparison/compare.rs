//! Comparisons of whole runs.

use std::collections::BTreeSet;

use super::cell_comparison::compare_cell;
use super::change::Change;
use super::groups::{cell_id, groups_of};
use super::incompatibility::{generators, incompatibilities};
use super::model::{Comparison, Side};
use precall_results::{CaseGroups, CompareSpec, RunResult};

/// The reason why two sides cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompareError {
    /// Results depend on differences between the sides besides what is compared.
    #[error("{a} and {b} are unlike in {}; run both on one machine with one browser and one scenario, or compare them all the same \
        with --allow-unlike", .differences.join(", "))]
    Incompatible {
        /// The label of the first side.
        a: String,
        /// The label of the second side.
        b: String,
        /// The differences, in words.
        differences: Vec<String>,
    },
    /// The sides have no cell in common.
    #[error(
        "{a} and {b} have no case in common, by name and axes; to compare two values of an axis write --axis sdk=2.27.6,2.35.2"
    )]
    NothingInCommon {
        /// The label of the first side.
        a: String,
        /// The label of the second side.
        b: String,
    },
    /// The run has no case with a requested value of an axis.
    #[error("no case of {run} has {axis}={value}; {}", known(.values))]
    NoValue {
        /// The name of the run.
        run: String,
        /// The axis that was requested.
        axis: String,
        /// The value that was requested.
        value: String,
        /// The values of that axis in the run.
        values: Vec<String>,
    },
}

fn known(values: &[String]) -> String {
    match values {
        [] => "it has no such axis (`precall list` shows the axes of a scenario)".to_owned(),
        values => format!("there are {}", values.join(", ")),
    }
}

/// A run with its name for people.
pub(super) type NamedRun<'a> = (&'a str, &'a RunResult);

/// Compares two runs, cell by cell.
///
/// # Errors
///
/// When the runs are incompatible and that is not allowed, or have no cell in common.
pub fn compare_runs(
    a: NamedRun<'_>,
    b: NamedRun<'_>,
    spec: &CompareSpec,
    allow_incompatible: bool,
) -> Result<Comparison, CompareError> {
    let ((name_a, run_a), (name_b, run_b)) = (a, b);
    let differences = incompatibilities(&run_a.run, &run_b.run);
    if !differences.is_empty() && !allow_incompatible {
        return Err(CompareError::Incompatible { a: name_a.to_owned(), b: name_b.to_owned(), differences });
    }
    let (groups_a, groups_b) = (groups_of(run_a, None), groups_of(run_b, None));
    let sides = (side(name_a, run_a, &groups_a), side(name_b, run_b, &groups_b));
    let mut comparison = compare_groups(sides, (&groups_a, &groups_b), None, spec)?;
    comparison.incompatibilities.splice(..0, differences);
    Ok(comparison)
}

/// Compares two values of an axis in one run. Repeats with the same number are pairs: they ran one after the other, in
/// alternating order.
///
/// # Errors
///
/// When the run has no such axis or value, or no cell has both.
pub fn compare_axis(
    run: NamedRun<'_>,
    axis: &str,
    values: [&str; 2],
    spec: &CompareSpec,
) -> Result<Comparison, CompareError> {
    let (name, result) = run;
    let known: BTreeSet<_> = result.cases.iter().filter_map(|case| case.axes.get(axis)).collect();
    for value in values {
        if !known.iter().any(|known| *known == value) {
            let values = known.into_iter().cloned().collect();
            let (run, axis, value) = (name.to_owned(), axis.to_owned(), value.to_owned());
            return Err(CompareError::NoValue { run, axis, value, values });
        }
    }
    let [groups_a, groups_b] = values.map(|value| groups_of(result, Some((axis, value))));
    let label = |value: &str| format!("{axis}={value}");
    let sides = (side(&label(values[0]), result, &groups_a), side(&label(values[1]), result, &groups_b));
    compare_groups(sides, (&groups_a, &groups_b), Some(axis), spec)
}

fn compare_groups(
    (a, b): (Side, Side),
    (groups_a, groups_b): (&CaseGroups<'_>, &CaseGroups<'_>),
    axis: Option<&str>,
    spec: &CompareSpec,
) -> Result<Comparison, CompareError> {
    let both = groups_b.iter().filter_map(|group| Some((group, groups_a.get(&group.key)?)));
    let compared = both.map(|(group, of_a)| compare_cell(&group.key, of_a, &group.cases, axis.is_some(), spec));
    let cells: Vec<_> = compared.collect();
    if cells.is_empty() {
        return Err(CompareError::NothingInCommon { a: a.label, b: b.label });
    }
    let only = |these: &CaseGroups<'_>, others: &CaseGroups<'_>| -> Vec<String> {
        let unmatched = these.iter().filter(|group| others.get(&group.key).is_none());
        unmatched.map(|group| cell_id(&group.key)).collect()
    };
    let unmatched = [only(groups_a, groups_b), only(groups_b, groups_a)].concat();
    Ok(Comparison {
        change: Change::worst(cells.iter().map(|cell| cell.change)),
        a,
        b,
        axis: axis.map(str::to_owned),
        incompatibilities: generators(groups_a, groups_b).into_iter().collect(),
        unmatched,
        compare: spec.clone(),
        cells,
    })
}

fn side(label: &str, run: &RunResult, groups: &CaseGroups<'_>) -> Side {
    let cases = groups.iter().flat_map(|group| &group.cases);
    let sdks: BTreeSet<_> = cases.map(|case| case.sdk.version.clone()).filter(|version| !version.is_empty()).collect();
    Side {
        label: label.to_owned(),
        sdks: sdks.into_iter().collect(),
        started_at: run.run.started_at.clone(),
        environment: run.run.environment.clone(),
    }
}

#[cfg(test)]
mod tests;
