//! Joining the runs of all shards.

use std::path::{Path, PathBuf};

use super::conclusion::conclude;
use super::error::JobError;
use crate::record::{Merged, merge as merge_runs};

/// Joins the runs of all shards into one run below `output`, and judges it as a whole.
///
/// # Errors
///
/// When the runs are not parts of one plan, or the joined run cannot be written.
pub fn merge(runs: &[PathBuf], output: &Path) -> Result<Merged, JobError> {
    Ok(merge_runs(runs, output, |result| conclude(result, None))?)
}

/// Returns the error of a joined run that lacks cases. Absent when it is complete.
pub fn missing_cases(merged: &Merged) -> Option<JobError> {
    let missing = &merged.missing;
    let examples: Vec<_> = missing.iter().take(3).map(|id| format!("`{id}`")).collect();
    (!missing.is_empty()).then(|| JobError::MissingCases {
        missing: missing.len(),
        planned: merged.result.run.cases.len(),
        examples: examples.join(", "),
    })
}
