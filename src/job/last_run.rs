//! The newest run of a scenario.

use std::path::{Path, PathBuf};

use super::again_error::AgainError;
use super::error::JobError;
use super::scenario_files::scenario_files;
use crate::record::{PLAN, read_plan, read_results};

/// Returns the newest run below a directory that is over and had these scenarios, or any if none is named. Runs of
/// gates are no runs of their scenarios: they repeat cases in their own way.
///
/// # Errors
///
/// When there is no such run, or the scenarios are not there.
pub fn last_run(directory: &Path, scenarios: &[PathBuf]) -> Result<PathBuf, JobError> {
    let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
    let wanted = match scenarios {
        [] => None,
        named => Some(scenario_files(named)?.iter().map(absolute).collect::<Vec<_>>()),
    };
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut runs: Vec<_> = entries.filter(|path| path.join(PLAN).is_file()).collect();
    // The names begin with the time.
    runs.sort();
    let is_of = |run: &PathBuf| {
        read_plan(run)
            .is_ok_and(|plan| plan.gate.is_none() && wanted.as_ref().is_none_or(|wanted| *wanted == plan.scenarios))
    };
    let found = runs.into_iter().rev().find(|run| is_of(run) && read_results(run).is_ok());
    found.ok_or_else(|| AgainError::NoRun(directory.to_owned()).into())
}
