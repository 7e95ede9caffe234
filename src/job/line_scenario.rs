//! A person's report of their own line as a scenario.

use std::path::Path;

use super::error::JobError;
use super::reports::write_file;
use crate::line_report::{read_report, scenario_text};

/// Returns a scenario with the line of a report, and writes it to a file if one is named.
///
/// # Errors
///
/// When the report cannot be read, or the file cannot be written.
pub fn scenario_of_report(report: &Path, file: Option<&Path>) -> Result<String, JobError> {
    let text = scenario_text(&read_report(report)?);
    if let Some(file) = file {
        write_file(file, &text)?;
    }
    Ok(text)
}
