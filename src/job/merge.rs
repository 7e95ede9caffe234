//! Joining the runs of all shards.

use std::path::Path;
use std::time::Duration;

use super::conclusion::conclude;
use super::error::JobError;
use super::stored::{RunPlace, read_places};
use crate::record::{Merged, merge as merge_runs};

/// Joins the runs of all shards into one run below `output`, and judges it as a whole. With `wait`, runs of a store
/// that are not over have so long to end.
///
/// # Errors
///
/// When a run cannot be read, the runs are not parts of one plan, or the joined run cannot be written.
pub async fn merge(places: &[RunPlace], wait: Option<Duration>, output: &Path) -> Result<Merged, JobError> {
    let parts = tempfile::Builder::new().prefix("precall-parts-").tempdir();
    let parts = parts.map_err(|error| JobError::Write { path: std::env::temp_dir(), error })?;
    let runs = read_places(places, parts.path(), wait).await?;
    Ok(merge_runs(&runs, output, |result| conclude(result, None))?)
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
