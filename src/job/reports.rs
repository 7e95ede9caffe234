//! The reports of a run that is over, and the page of a comparison.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::advice::CalibrationError;
use super::error::JobError;
use super::request::ReportRequest;
use crate::delivery::DeliveryTarget;
use crate::record::{read_json_in, read_recording};
use crate::store::StoreAddress;
use precall_judge::comparison::Comparison;
use precall_report::{Format, calibration_html, comparison_html, render, sweeps};
use precall_results::{Recording, RunResult};
use precall_support::environment;
use precall_support::files::write_named;

/// The comparison of a run, in the run's directory.
pub(super) const COMPARISON: &str = "comparison.json";
/// The page of a comparison, in the run's directory.
const COMPARISON_PAGE: &str = "comparison.html";
/// The page of a calibration, in the run's directory.
const CALIBRATION_PAGE: &str = "calibration.html";
/// The variable that names the file that GitHub Actions shows below a job.
const STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";
/// The most bytes that GitHub shows of that file.
const MAX_SUMMARY_BYTES: u64 = 1 << 20;

/// A report that was made.
#[derive(Debug)]
pub enum WrittenReport {
    /// The text of a report without a file.
    Text(String),
    /// The report is in this file.
    File {
        /// The format of the report.
        format: Format,
        /// The file of the report.
        path: PathBuf,
    },
    /// The report was sent to another system.
    Sent {
        /// The format of the report.
        format: Format,
        /// The system that took it.
        destination: DeliveryTarget,
    },
    /// The run is in a store.
    Stored {
        /// The place in the store.
        address: StoreAddress,
        /// The files that are too large for it, relative to the run's directory.
        left_out: Vec<String>,
    },
    /// A report was made without a part of it, for this reason.
    Incomplete(String),
}

/// Makes one report of a recorded run. `file` is where it goes. Absent for the text alone.
///
/// # Errors
///
/// When the run cannot be read, or the file cannot be written.
pub fn write_report(run: &Path, format: Format, file: Option<&Path>) -> Result<Vec<WrittenReport>, JobError> {
    let mut written = Vec::new();
    let source = ReportSource::read(run, &mut written)?;
    source.write(format, file, &mut written)?;
    Ok(written)
}

/// Returns the text of a report of a recorded run. A comparison that cannot be read is left out.
///
/// # Errors
///
/// When the run cannot be read.
pub fn report_text(run: &Path, format: Format) -> Result<String, JobError> {
    ReportSource::read(run, &mut Vec::new())?.render(format)
}

/// The file of a format's own name in a run's directory. Absent for formats that are printed.
pub fn own_file(run: &Path, format: Format) -> Option<PathBuf> {
    Some(run.join(format.file_name()?))
}

/// Writes these reports of a run. A report that fails keeps none of the others from being written.
pub(super) fn write_reports(
    requested: &[ReportRequest],
    path: &Path,
    errors: &mut Vec<JobError>,
) -> Vec<WrittenReport> {
    let mut written = Vec::new();
    if requested.is_empty() {
        return written;
    }
    let source = match ReportSource::read(path, &mut written) {
        Ok(source) => source,
        Err(error) => {
            errors.push(error);
            return written;
        }
    };
    for ReportRequest { format, file } in requested {
        let file = file.clone().or_else(|| own_file(path, *format));
        errors.extend(source.write(*format, file.as_deref(), &mut written).err());
    }
    written
}

/// The recording and the comparison that reports are made from.
pub(super) struct ReportSource {
    pub(super) run: Recording,
    comparison: Option<Comparison>,
}

impl ReportSource {
    pub(super) fn read(path: &Path, written: &mut Vec<WrittenReport>) -> Result<Self, JobError> {
        let comparison = read_json_in(path, COMPARISON).unwrap_or_else(|error| {
            written.push(WrittenReport::Incomplete(format!("{error}; the report goes without it")));
            None
        });
        Ok(Self { run: read_recording(path)?, comparison })
    }

    pub(super) fn render(&self, format: Format) -> Result<String, JobError> {
        Ok(render(format, &self.run, self.comparison.as_ref())?)
    }

    fn write(&self, format: Format, file: Option<&Path>, written: &mut Vec<WrittenReport>) -> Result<(), JobError> {
        let text = self.render(format)?;
        if format == Format::Github
            && let Some(summary) = environment::variable(STEP_SUMMARY)
        {
            written
                .extend(append(Path::new(&summary), &self.render(Format::Markdown)?)?.map(WrittenReport::Incomplete));
        }
        written.push(match file {
            None => WrittenReport::Text(text),
            Some(file) => {
                write_file(file, &text)?;
                WrittenReport::File { format, path: file.to_owned() }
            }
        });
        Ok(())
    }
}

/// Writes a comparison as HTML to `file`, or into `directory` without one; returns the file.
///
/// # Errors
///
/// When it cannot be written.
pub fn write_comparison(file: Option<&Path>, comparison: &Comparison, directory: &Path) -> Result<PathBuf, JobError> {
    let file = file.map_or_else(|| directory_of(directory).join(COMPARISON_PAGE), Path::to_owned);
    write_file(&file, &comparison_html(comparison)?)?;
    Ok(file)
}

/// Reads a recorded run with a sweep over rates or losses.
///
/// # Errors
///
/// When the run cannot be read, or has no sweep.
pub fn read_calibration(run: &Path) -> Result<RunResult, JobError> {
    let result = read_recording(run)?.result;
    match sweeps(&result).is_empty() {
        true => Err(CalibrationError::NoSweep(run.to_owned()).into()),
        false => Ok(result),
    }
}

/// Writes the plots of a calibration as HTML to `file`, or into the run's directory without one; returns the file.
///
/// # Errors
///
/// When it cannot be written.
pub fn write_calibration(result: &RunResult, run: &Path, file: Option<&Path>) -> Result<PathBuf, JobError> {
    let file = file.map_or_else(|| directory_of(run).join(CALIBRATION_PAGE), Path::to_owned);
    write_file(&file, &calibration_html(result)?)?;
    Ok(file)
}

/// The directory of a run, which can be given by its results alone.
fn directory_of(run: &Path) -> &Path {
    if run.is_dir() { run } else { run.parent().unwrap_or(Path::new("")) }
}

/// Writes a file in one step, and makes its directory.
pub(super) fn write_file(file: &Path, content: impl AsRef<[u8]>) -> Result<(), JobError> {
    let directory = file.parent().filter(|directory| !directory.as_os_str().is_empty());
    let made = directory.map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| write_named(file, content.as_ref())).map_err(|error| cannot_write(file, error))
}

/// Adds to the summary of a step. GitHub shows no summary at all that is too large, so a report that does not fit is
/// left out; the returned sentence says so.
fn append(path: &Path, text: &str) -> Result<Option<String>, JobError> {
    let before = fs::metadata(path).map_or(0, |metadata| metadata.len());
    if before + text.len() as u64 > MAX_SUMMARY_BYTES {
        let full = "is full, as GitHub takes 1 MiB a step; this report is left out of it";
        return Ok(Some(format!("the step's summary ({}) {full}", path.display())));
    }
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| cannot_write(path, error))?;
    Ok(None)
}

fn cannot_write(path: &Path, error: std::io::Error) -> JobError {
    JobError::Write { path: path.to_owned(), error }
}
