//! The samples of a case's page and the counters of its links, read back.

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::directory::case_path;
use super::read::{ReadError, lines_in, open};
use precall_netem::PathCounters;
use precall_results::{CaseResult, Sample};

/// A line of a case's file with the attempt that wrote it.
#[derive(Deserialize)]
struct AttemptLine<T> {
    #[serde(default)]
    attempt: Option<u32>,
    #[serde(flatten)]
    value: T,
}

/// The counters of the links at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct LinkSnapshot {
    /// Seconds since the network was applied.
    pub seconds: f64,
    /// From the browser to the platform.
    pub up: precall_netem::LinkCounters,
    /// From the platform to the browser.
    pub down: precall_netem::LinkCounters,
}

impl LinkSnapshot {
    /// Returns the counters of both directions.
    pub fn counters(&self) -> PathCounters {
        PathCounters { up: self.up, down: self.down }
    }
}

/// Returns the samples of the last attempt at a case; none if it recorded none, even if an earlier attempt did. A line
/// that was cut short is left out. In records of former versions no line names its attempt, and the samples of all
/// attempts are returned.
///
/// # Errors
///
/// When there is something else than a regular file in the place of the recorded one.
pub fn read_samples(run: &Path, case: &CaseResult) -> Result<Vec<Sample>, ReadError> {
    lines(run, case, "samples.jsonl")
}

/// Returns the counters of a case's links, of the attempts that [`read_samples`] returns.
///
/// # Errors
///
/// As of [`read_samples`].
pub fn read_links(run: &Path, case: &CaseResult) -> Result<Vec<LinkSnapshot>, ReadError> {
    lines(run, case, "link.jsonl")
}

fn lines<T: DeserializeOwned>(run: &Path, case: &CaseResult, file: &str) -> Result<Vec<T>, ReadError> {
    // A run can be given by its results alone.
    let Some(run) = open(run)? else { return Ok(Vec::new()) };
    let lines: Vec<AttemptLine<T>> = lines_in(&run, case_path(&case.case).join(file))?.collect();
    let attempts = u32::try_from(case.attempts.len()).unwrap_or(u32::MAX);
    // The last attempt may have written nothing. The result of a case that broke does not count its attempts.
    let last = lines.iter().filter_map(|line| line.attempt).max().map(|written| written.max(attempts));
    Ok(lines.into_iter().filter(|line| line.attempt == last).map(|line| line.value).collect())
}
