//! Whole runs.

use std::collections::BTreeSet;

use super::cell::cell;
use super::change::Change;
use super::model::{Comparison, Side};
use super::sides::Cells;
use super::unlike::{generators, unlike};
use precall_results::CompareSpec;
use precall_results::RunResult;

/// Why two sides cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompareError {
    /// Their results depend on more than what is compared.
    #[error("{a} and {b} are unlike in {}; run both on one machine with one browser and one scenario, or compare them all the same \
        with --allow-unlike", .differences.join(", "))]
    Unlike {
        /// The first side.
        a: String,
        /// The second side.
        b: String,
        /// In what.
        differences: Vec<String>,
    },
    /// Nothing is on both sides.
    #[error(
        "{a} and {b} have no case in common, by name and axes; to compare two values of an axis write --axis sdk=2.27.6,2.35.2"
    )]
    NothingInCommon {
        /// The first side.
        a: String,
        /// The second side.
        b: String,
    },
    /// The run has no such value.
    #[error("no case of {run} has {axis}={value}; {}", known(.values))]
    NoValue {
        /// Which run.
        run: String,
        /// Which axis.
        axis: String,
        /// Which value.
        value: String,
        /// What the run has of that axis.
        values: Vec<String>,
    },
}

fn known(values: &[String]) -> String {
    match values {
        [] => "it has no such axis (`precall list` shows the axes of a scenario)".to_owned(),
        values => format!("there are {}", values.join(", ")),
    }
}

/// A run with the name that people have for it.
pub type Named<'a> = (&'a str, &'a RunResult);

/// Compares two runs, cell by cell.
///
/// # Errors
///
/// When they are unlike and that is not allowed, or nothing is on both sides.
pub fn compare_runs(
    a: Named<'_>,
    b: Named<'_>,
    spec: &CompareSpec,
    allow_unlike: bool,
) -> Result<Comparison, CompareError> {
    let ((name_a, run_a), (name_b, run_b)) = (a, b);
    let differences = unlike(&run_a.run, &run_b.run);
    if !differences.is_empty() && !allow_unlike {
        return Err(CompareError::Unlike { a: name_a.to_owned(), b: name_b.to_owned(), differences });
    }
    let (cells_a, cells_b) = (Cells::of(run_a, None), Cells::of(run_b, None));
    let sides = (side(name_a, run_a, &cells_a), side(name_b, run_b, &cells_b));
    let mut comparison = joined(sides, (&cells_a, &cells_b), None, spec)?;
    comparison.unlike.splice(..0, differences);
    Ok(comparison)
}

/// Compares two values of an axis in one run. Repeats with one number are pairs: they ran one after the other, in alternating
/// order.
///
/// # Errors
///
/// When the run has no such axis or value, or no cell has both.
pub fn compare_axis(
    run: Named<'_>,
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
    let [cells_a, cells_b] = values.map(|value| Cells::of(result, Some((axis, value))));
    let label = |value: &str| format!("{axis}={value}");
    let sides = (side(&label(values[0]), result, &cells_a), side(&label(values[1]), result, &cells_b));
    joined(sides, (&cells_a, &cells_b), Some(axis), spec)
}

fn joined(
    (a, b): (Side, Side),
    (cells_a, cells_b): (&Cells<'_>, &Cells<'_>),
    axis: Option<&str>,
    spec: &CompareSpec,
) -> Result<Comparison, CompareError> {
    let both = cells_b.iter().filter_map(|(key, of_b)| Some((key, cells_a.get(key)?, of_b)));
    let cells: Vec<_> = both.map(|(key, of_a, of_b)| cell(key, of_a, of_b, axis.is_some(), spec)).collect();
    if cells.is_empty() {
        return Err(CompareError::NothingInCommon { a: a.label, b: b.label });
    }
    let only = |these: &Cells<'_>, others: &Cells<'_>| -> Vec<String> {
        these.iter().filter(|(key, _)| others.get(key).is_none()).map(|(key, _)| key.id()).collect()
    };
    let unmatched = [only(cells_a, cells_b), only(cells_b, cells_a)].concat();
    Ok(Comparison {
        change: Change::gravest(cells.iter().map(|cell| cell.change)),
        a,
        b,
        axis: axis.map(str::to_owned),
        unlike: generators(cells_a, cells_b).into_iter().collect(),
        unmatched,
        compare: spec.clone(),
        cells,
    })
}

fn side(label: &str, run: &RunResult, cells: &Cells<'_>) -> Side {
    let cases = cells.iter().flat_map(|(_, cases)| cases);
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
