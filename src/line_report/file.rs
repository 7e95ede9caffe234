//! Reports in files.

use std::path::{Path, PathBuf};

use super::report::{LineReport, MAX_REPORT_BYTES, ReportProblem};
use precall_support::files::read_named;

/// Why a file holds no report that can be used.
#[derive(Debug, thiserror::Error)]
pub enum LineReportError {
    /// The file cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        error: std::io::Error,
    },
    /// The file holds no report.
    #[error("{} holds no report of a line: {problem}", path.display())]
    NoReport {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: ReportProblem,
    },
}

/// Reads a report from a file that the user named.
///
/// # Errors
///
/// When the file cannot be read, or holds no report.
pub fn read_report(path: &Path) -> Result<LineReport, LineReportError> {
    let unreadable = |error| LineReportError::Unreadable { path: path.to_owned(), error };
    let bytes = read_named(path, MAX_REPORT_BYTES).map_err(unreadable)?;
    LineReport::parse(&bytes).map_err(|problem| LineReportError::NoReport { path: path.to_owned(), problem })
}
