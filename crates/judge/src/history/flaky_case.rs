//! A case whose repeats did not agree, as a line of a list.

use serde::Serialize;

/// A case whose repeats did not agree, counted over all runs and releases. Each network and each module makes a case of
/// its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FlakyCase {
    /// The scenario and the case, with its axes but the release.
    pub cell: String,
    /// How often it was measured. Cases without a conclusive outcome are left out.
    pub cases: u32,
    /// How often it failed.
    pub failed: u32,
    /// How often it failed at first, and then passed.
    pub flaky: u32,
    /// The number of runs in which some of its repeats passed and others failed, with the same release.
    pub mixed_runs: u32,
    /// The name of the last run in which its repeats did not agree.
    pub last_run: String,
}
