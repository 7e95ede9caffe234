//! `precall report`, and what `precall run --report` writes in the end.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::report_args::{ComparisonReport, ReportArguments, ReportSpec};
use crate::comparison::Comparison;
use crate::event::Recording;
use crate::exit::Exit;
use crate::record::{read_json_file, read_recording};
use crate::report::{Format, comparison_html, render};

/// The comparison with a baseline, in a run's directory.
pub(super) const COMPARISON: &str = "comparison.json";
/// And a comparison as a page.
const COMPARISON_PAGE: &str = "comparison.html";
/// The file that GitHub Actions shows below a job.
const STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";

pub(super) fn report(arguments: &ReportArguments) -> Result<Exit, CliError> {
    let run = Read::of(&arguments.run)?;
    let in_run =
        (arguments.format == Format::Html && arguments.run.is_dir()).then(|| own_file(&arguments.run, Format::Html));
    let file = arguments.output.clone().or(in_run.flatten()).filter(|file| file != Path::new("-"));
    match write(arguments.format, &run, file.as_deref())? {
        Some(text) => print!("{text}"),
        None => println!("{}", file.unwrap_or_default().display()),
    }
    Ok(Exit::Passed)
}

/// Writes these reports of a run, and says where they are; those that are printed go to standard error when standard output is
/// taken.
pub(super) fn write_reports(wanted: &[ReportSpec], path: &Path, is_stdout_taken: bool) -> Result<(), CliError> {
    if wanted.is_empty() {
        return Ok(());
    }
    let run = Read::of(path)?;
    for ReportSpec { format, file } in wanted {
        let file = file.clone().or_else(|| own_file(path, *format));
        let text = match write(*format, &run, file.as_deref())? {
            Some(text) => text,
            None => format!("{}: {}\n", format.as_str(), file.unwrap_or_default().display()),
        };
        if is_stdout_taken { eprint!("{text}") } else { print!("{text}") }
    }
    Ok(())
}

/// A run with what it was compared with, if it was.
struct Read {
    run: Recording,
    comparison: Option<Comparison>,
}

impl Read {
    fn of(path: &Path) -> Result<Self, CliError> {
        let comparison = read_json_file(&path.join(COMPARISON)).unwrap_or_else(|error| {
            eprintln!("warning: {error}; the report goes without it");
            None
        });
        Ok(Self { run: read(path)?, comparison })
    }

    fn render(&self, format: Format) -> Result<String, CliError> {
        Ok(render(format, &self.run, self.comparison.as_ref())?)
    }
}

/// Makes a report; gives it back when there is no file to write it to.
fn write(format: Format, run: &Read, file: Option<&Path>) -> Result<Option<String>, CliError> {
    let text = run.render(format)?;
    if format == Format::Github
        && let Some(summary) = std::env::var_os(STEP_SUMMARY).filter(|path| !path.is_empty())
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

/// Writes a comparison as HTML, and says where it is: in `directory` unless `wanted` names a file.
pub(super) fn write_comparison(
    wanted: &ComparisonReport,
    comparison: &Comparison,
    directory: &Path,
    is_stdout_taken: bool,
) -> Result<(), CliError> {
    // A run can be given by its results alone.
    let directory = if directory.is_dir() { directory } else { directory.parent().unwrap_or(Path::new("")) };
    let file = wanted.file.clone().unwrap_or_else(|| directory.join(COMPARISON_PAGE));
    write_file(&file, &comparison_html(comparison)?)?;
    let line = format!("html: {}", file.display());
    if is_stdout_taken {
        eprintln!("{line}")
    } else {
        println!("{line}")
    }
    Ok(())
}

fn write_file(file: &Path, text: &str) -> Result<(), CliError> {
    let directory = file.parent().filter(|directory| !directory.as_os_str().is_empty());
    let made = directory.map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(file, text)).map_err(|error| cannot_write(file, &error))
}

fn append(path: &Path, text: &str) -> Result<(), CliError> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| cannot_write(path, &error))
}

pub(super) fn cannot_write(path: &Path, error: &std::io::Error) -> CliError {
    let message = format!("could not write {}: {error}; name a file that may be written", path.display());
    CliError::new(Exit::Infrastructure, message)
}

fn own_file(run: &Path, format: Format) -> Option<PathBuf> {
    Some(run.join(format.file_name()?))
}

/// A run, with its scenario files as whoever checked them out knows them.
pub(super) fn read(path: &Path) -> Result<Recording, CliError> {
    let mut run = read_recording(path)?;
    if let Ok(here) = std::env::current_dir() {
        for file in &mut run.scenarios {
            if let Ok(inside) = Path::new(file.as_str()).strip_prefix(&here) {
                *file = inside.to_string_lossy().into_owned();
            }
        }
    }
    Ok(run)
}
