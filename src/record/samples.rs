//! What a case's page called back with, and what its links did, read back.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::directory::{CASES, file_name};
use crate::network::PathCounters;
use crate::score::Sample;

/// What the links had done by then.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct LinkSnapshot {
    /// Seconds since the network was applied.
    pub seconds: f64,
    /// From the browser to the platform.
    pub up: crate::network::LinkCounters,
    /// From the platform to the browser.
    pub down: crate::network::LinkCounters,
}

impl LinkSnapshot {
    /// Both directions.
    pub fn counters(&self) -> PathCounters {
        PathCounters { up: self.up, down: self.down }
    }
}

/// The samples of a case, of all its attempts; none where none were recorded. A line that was cut short is left out.
pub fn read_samples(run: &Path, case: &str) -> Vec<Sample> {
    lines(&case_file(run, case, "samples.jsonl"))
}

/// The links' counters of a case, of all its attempts.
pub fn read_links(run: &Path, case: &str) -> Vec<LinkSnapshot> {
    lines(&case_file(run, case, "link.jsonl"))
}

fn case_file(run: &Path, case: &str, file: &str) -> PathBuf {
    run.join(CASES).join(file_name(case)).join(file)
}

fn lines<T: DeserializeOwned>(path: &Path) -> Vec<T> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}
