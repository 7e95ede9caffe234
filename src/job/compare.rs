//! Comparisons: of two runs, of two builds in one run, and of a run with a baseline.

use std::path::{Path, PathBuf};

use super::error::JobError;
use super::reports::COMPARISON;
use super::request::CompareRequest;
use crate::record::{Baseline, cleaned, read_baseline, read_results, save_baseline, write_json};
use precall_judge::comparison::{CompareError, Comparison, compare_axis, compare_runs, compared_axis};
use precall_results::{RunResult, Sides, Upgrade};

/// The two sides of a comparison.
#[derive(Debug, Clone)]
pub enum SidesRequest {
    /// Two runs, the old one first.
    Runs(PathBuf, PathBuf),
    /// Two values of an axis in one run.
    Axis {
        /// The directory of the run.
        run: PathBuf,
        /// The axis whose values are compared.
        axis: String,
        /// The old and the new value.
        values: [String; 2],
    },
    /// The two values of the only axis of a run that has two.
    OnlyAxis(PathBuf),
}

/// Compares recorded runs.
///
/// # Errors
///
/// When a run cannot be read, or the sides cannot be compared.
pub fn compare(sides: &SidesRequest, request: &CompareRequest) -> Result<Comparison, JobError> {
    let read = |path: &Path| read_results(path).map(|run| cleaned(&run));
    match sides {
        SidesRequest::Runs(path_a, path_b) => {
            let (a, b) = (read(path_a)?, read(path_b)?);
            let (name_a, name_b) = (path_a.display().to_string(), path_b.display().to_string());
            let spec = request.over(&b.run.compare);
            Ok(compare_runs((&name_a, &a), (&name_b, &b), &spec, request.allow_unlike)?)
        }
        SidesRequest::Axis { run: path, axis, values: [a, b] } => {
            let run = read(path)?;
            let spec = request.over(&run.run.compare);
            Ok(compare_axis((&path.display().to_string(), &run), axis, [a, b], &spec)?)
        }
        SidesRequest::OnlyAxis(path) => {
            let run = read(path)?;
            let (axis, [a, b]) = compared_axis(&run.cases).map_err(|axes| match axes.as_slice() {
                [] => JobError::NoAxis(path.clone()),
                _ => JobError::SeveralAxes { run: path.clone(), axes },
            })?;
            let spec = request.over(&run.run.compare);
            Ok(compare_axis((&path.display().to_string(), &run), &axis, [&a, &b], &spec)?)
        }
    }
}

/// Compares a run that is over with a baseline, and writes the comparison into the run's directory.
pub(super) fn compare_with_baseline(
    baseline: &Baseline,
    result: &RunResult,
    path: &Path,
) -> Result<Comparison, JobError> {
    let name = path.display().to_string();
    // Differences that were allowed before the run are allowed now.
    let sides = ((&*baseline.label(), &baseline.result), (&*name, result));
    let comparison = compare_runs(sides.0, sides.1, &result.run.compare, true)?;
    write_json(&path.join(COMPARISON), &comparison)?;
    Ok(comparison)
}

/// Compares the two builds of a run that has two, and writes the comparison into the run's directory.
pub(super) fn compare_sides(result: &RunResult, path: &Path) -> Result<Option<Comparison>, JobError> {
    let Some(Upgrade { sides: Sides { axis: Some(axis), from, to, .. }, .. }) = &result.upgrade else {
        return Ok(None);
    };
    let name = path.display().to_string();
    // When they cannot be compared, the verdict says why.
    let Ok(comparison) = compare_axis((&name, result), axis, [from, to], &result.run.compare) else {
        return Ok(None);
    };
    write_json(&path.join(COMPARISON), &comparison)?;
    Ok(Some(comparison))
}

/// A run that replaces a baseline once [`Replacement::save`] is called.
#[derive(Debug)]
pub struct Replacement {
    /// The comparison of the run with the baseline, or why they cannot be compared.
    pub comparison: Result<Comparison, CompareError>,
    run: PathBuf,
    directory: PathBuf,
    name: String,
}

/// Compares a run with the baseline that it is to replace.
///
/// # Errors
///
/// When the baseline or the run cannot be read.
pub fn replace_baseline(run: &Path, directory: &Path, name: &str) -> Result<Replacement, JobError> {
    let old = read_baseline(directory, name)?;
    let new = read_results(run)?;
    let sides = ((&*old.label(), &old.result), (&*run.display().to_string(), &new));
    let comparison = compare_runs(sides.0, sides.1, &new.run.compare, true);
    Ok(Replacement { comparison, run: run.to_owned(), directory: directory.to_owned(), name: name.to_owned() })
}

impl Replacement {
    /// Puts the run in the baseline's place; returns the comparison, and the baseline's path, or why it cannot be
    /// written. The old baseline stays then.
    pub fn save(self) -> (Result<Comparison, CompareError>, Result<PathBuf, JobError>) {
        let saved = save_baseline(&self.run, &self.directory, &self.name, true);
        (self.comparison, saved.map_err(JobError::from))
    }
}
