//! A person's report of their own line as a scenario.

use std::path::{Path, PathBuf};

use super::error::JobError;
use super::reports::write_file;
use crate::line_report::{LineReport, MAX_REPORT_BYTES, ReportProblem, scenario_text};
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

/// Returns a scenario with the line of a report, and writes it to a file if one is named.
///
/// # Errors
///
/// When the report cannot be read, or the file cannot be written.
pub fn scenario_of_report(report: &Path, file: Option<&Path>) -> Result<String, JobError> {
    let unreadable = |error| LineReportError::Unreadable { path: report.to_owned(), error };
    let bytes = read_named(report, MAX_REPORT_BYTES).map_err(unreadable)?;
    let no_report = |problem| LineReportError::NoReport { path: report.to_owned(), problem };
    let text = scenario_text(&LineReport::parse(&bytes).map_err(no_report)?);
    if let Some(file) = file {
        write_file(file, &text)?;
    }
    Ok(text)
}
