//! `precall report`, and what `precall run --report` writes in the end.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::report_args::{ComparisonReport, ReportArguments, ReportSpec};
use crate::record::{read_json_in, read_recording};
use precall_judge::comparison::Comparison;
use precall_report::{Format, comparison_html, render};
use precall_results::Exit;
use precall_results::Recording;
use precall_support::environment;
use precall_support::files::write_named;
use precall_support::output::{self, eprintln, println};

/// The comparison with a baseline, in a run's directory.
pub(super) const COMPARISON: &str = "comparison.json";
/// And a comparison as a page.
const COMPARISON_PAGE: &str = "comparison.html";
/// The file that GitHub Actions shows below a job.
const STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";
/// The most bytes that it may have.
const MAX_SUMMARY_BYTES: u64 = 1 << 20;

pub(super) fn report(arguments: &ReportArguments) -> Result<Exit, CliError> {
    let run = Read::of(&arguments.run)?;
    let in_run =
        (arguments.format == Format::Html && arguments.run.is_dir()).then(|| own_file(&arguments.run, Format::Html));
    let file = arguments.output.clone().or(in_run.flatten()).filter(|file| file != Path::new("-"));
    match write(arguments.format, &run, file.as_deref())? {
        Some(text) => output::print_data(text),
        None => println(file.unwrap_or_default().display()),
    }
    Ok(Exit::Passed)
}

/// What came of the reports of a run.
pub(super) struct Written {
    /// The reports that are printed, and where the others are.
    pub text: String,
    /// The reports that could not be made or written, all of them in one error.
    pub failed: Option<CliError>,
}

/// Writes these reports of a run. One that fails keeps none of the others from being written.
pub(super) fn write_reports(wanted: &[ReportSpec], path: &Path) -> Written {
    let mut written = Written { text: String::new(), failed: None };
    if wanted.is_empty() {
        return written;
    }
    let run = match Read::of(path) {
        Ok(run) => run,
        Err(error) => return Written { failed: Some(error), ..written },
    };
    for ReportSpec { format, file } in wanted {
        let file = file.clone().or_else(|| own_file(path, *format));
        match (write(*format, &run, file.as_deref()), &mut written.failed) {
            (Ok(Some(text)), _) => written.text.push_str(&text),
            (Ok(None), _) => {
                written.text.push_str(&format!("{}: {}\n", format.as_str(), file.unwrap_or_default().display()));
            }
            (Err(error), Some(failed)) => failed.message.push_str(&format!("\n{}", error.message)),
            (Err(error), failed) => *failed = Some(error),
        }
    }
    written
}

/// A run with what it was compared with, if it was.
struct Read {
    run: Recording,
    comparison: Option<Comparison>,
}

impl Read {
    fn of(path: &Path) -> Result<Self, CliError> {
        let comparison = read_json_in(path, COMPARISON).unwrap_or_else(|error| {
            eprintln(format_args!("warning: {error}; the report goes without it"));
            None
        });
        Ok(Self { run: read_recording(path)?, comparison })
    }

    fn render(&self, format: Format) -> Result<String, CliError> {
        Ok(render(format, &self.run, self.comparison.as_ref())?)
    }
}

/// Makes a report; gives it back when there is no file to write it to.
fn write(format: Format, run: &Read, file: Option<&Path>) -> Result<Option<String>, CliError> {
    let text = run.render(format)?;
    if format == Format::Github
        && let Some(summary) = environment::variable(STEP_SUMMARY)
    {
        append(Path::new(&summary), &run.render(Format::Markdown)?)?;
    }
    match file {
        None => Ok(Some(text)),
        Some(file) => {
            write_file(file, &text)?;
            Ok(None)
        }
    }
}

/// Writes a comparison as HTML, in `directory` unless `wanted` names a file; gives the line that says where it is.
pub(super) fn write_comparison(
    wanted: &ComparisonReport,
    comparison: &Comparison,
    directory: &Path,
) -> Result<String, CliError> {
    // A run can be given by its results alone.
    let directory = if directory.is_dir() { directory } else { directory.parent().unwrap_or(Path::new("")) };
    let file = wanted.file.clone().unwrap_or_else(|| directory.join(COMPARISON_PAGE));
    write_file(&file, &comparison_html(comparison)?)?;
    Ok(format!("html: {}", file.display()))
}

/// Writes a file in one step, and makes the directory that it is to be in.
pub(super) fn write_file(file: &Path, text: &str) -> Result<(), CliError> {
    let directory = file.parent().filter(|directory| !directory.as_os_str().is_empty());
    let made = directory.map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| write_named(file, text.as_bytes())).map_err(|error| cannot_write(file, &error))
}

/// Adds to the summary of a step. GitHub shows none at all of one that is too large.
fn append(path: &Path, text: &str) -> Result<(), CliError> {
    let before = fs::metadata(path).map_or(0, |metadata| metadata.len());
    if before + text.len() as u64 > MAX_SUMMARY_BYTES {
        let full = "is full, as GitHub takes 1 MiB a step; this report is left out of it";
        eprintln(format_args!("warning: the step's summary ({}) {full}", path.display()));
        return Ok(());
    }
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| cannot_write(path, &error))
}

fn cannot_write(path: &Path, error: &std::io::Error) -> CliError {
    let message = format!("could not write {}: {error}; name a file that may be written", path.display());
    CliError::new(Exit::Infrastructure, message)
}

fn own_file(run: &Path, format: Format) -> Option<PathBuf> {
    Some(run.join(format.file_name()?))
}
