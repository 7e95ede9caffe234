//! The samples of a case's page and the counters of its links, read back.

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::directory::case_path;
use super::read::{ReadError, lines_in, open};
use precall_netem::PathCounters;
use precall_results::Sample;

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

/// The samples of a case, of all its attempts; none where none were recorded. A line that was cut short is left out.
///
/// # Errors
///
/// When there is something else than a regular file in the place of the recorded one.
pub fn read_samples(run: &Path, case: &str) -> Result<Vec<Sample>, ReadError> {
    lines(run, case, "samples.jsonl")
}

/// The links' counters of a case, of all its attempts.
///
/// # Errors
///
/// As of [`read_samples`].
pub fn read_links(run: &Path, case: &str) -> Result<Vec<LinkSnapshot>, ReadError> {
    lines(run, case, "link.jsonl")
}

fn lines<T: DeserializeOwned>(run: &Path, case: &str, file: &str) -> Result<Vec<T>, ReadError> {
    // A run can be given by its results alone.
    let Some(run) = open(run)? else { return Ok(Vec::new()) };
    Ok(lines_in(&run, case_path(case).join(file))?.collect())
}
