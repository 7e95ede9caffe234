//! Why cases are not run again.

use std::path::PathBuf;

/// Why cases are not run again.
#[derive(Debug, thiserror::Error)]
pub enum AgainError {
    /// Every case of a run passed.
    #[error("every case of {} passed; there is nothing to run again", .0.display())]
    AllPassed(PathBuf),
    /// There is no run that is over and had the scenario.
    #[error("there is no run of this scenario in {} that is over", .0.display())]
    NoRun(PathBuf),
    /// The scenario has none of the failed cases any longer.
    #[error("the scenario has none of the cases of {} that failed: {}", run.display(), cases.join("; "))]
    AllGone {
        /// The run with the cases.
        run: PathBuf,
        /// The names and axes of the cases.
        cases: Vec<String>,
    },
    /// The system cannot watch the files of a scenario.
    #[error("cannot watch the files of the scenario: {0}")]
    Unwatchable(String),
}
