//! A past run as a line of a list.

use serde::Serialize;

use precall_results::Outcome;

/// How far a past run came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// The run is over, and has results.
    Finished,
    /// The run has no results: it goes on, or it ended without a result and can be resumed.
    Unfinished,
    /// The results of the run cannot be read.
    Unreadable,
}

impl RunState {
    /// Returns the state as a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Unfinished => "unfinished",
            Self::Unreadable => "unreadable",
        }
    }
}

/// A past run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PastRun {
    /// The name of its directory.
    pub run: String,
    /// How far it came.
    pub state: RunState,
    /// The name of its scenario. This and the other texts are empty unless the run is finished.
    pub scenario: String,
    /// When it began, in RFC 3339.
    pub started_at: String,
    /// Its duration in seconds. Absent unless it is finished.
    pub seconds: Option<f64>,
    /// Its outcome. Absent unless it is finished.
    pub outcome: Option<Outcome>,
    /// The number of its cases.
    pub cases: u32,
    /// The number of cases that passed.
    pub passed: u32,
    /// The number of cases that failed at first, and then passed.
    pub flaky: u32,
    /// The name and version of the browser.
    pub browser: String,
    /// Whether the run is a calibration: a sweep over rates or losses.
    pub is_calibration: bool,
    /// The version of precall.
    pub precall: String,
    /// The branch of the repository that it belongs to. Empty if it is not known.
    pub branch: String,
    /// The verdict on an upgrade, or the reason why the results cannot be read. Absent without either.
    pub note: Option<String>,
}
