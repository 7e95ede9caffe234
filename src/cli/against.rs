//! `precall run --baseline`: the run against what was kept.

use std::path::Path;

use super::args::{CompareFlags, RunArguments};
use super::compare::print;
use super::error::CliError;
use crate::comparison::{CompareError, compare_runs, unlike};
use crate::event::{RunInfo, RunResult};
use crate::exit::Exit;
use crate::record::{Baseline, write_json};
use crate::report::terminal;

/// The comparison, in the run's directory.
const FILE: &str = "comparison.json";

/// Refuses a baseline that this run could not be compared with, before it begins.
pub(super) fn is_like(baseline: &Baseline, run: &RunInfo, flags: &CompareFlags) -> Result<(), CliError> {
    let differences = unlike(&baseline.result.run, run);
    if differences.is_empty() || flags.allow_unlike {
        return Ok(());
    }
    Err(CompareError::Unlike { a: label(baseline), b: "this run".to_owned(), differences }.into())
}

/// Compares a run with a baseline, prints and writes that, and gives its exit code.
pub(super) fn compare(
    baseline: &Baseline,
    result: &RunResult,
    path: &Path,
    arguments: &RunArguments,
) -> Result<Exit, CliError> {
    let spec = arguments.compare.over(&result.run.compare);
    let name = path.display().to_string();
    // What was allowed at the beginning is at the end.
    let comparison = compare_runs((&label(baseline), &baseline.result), (&name, result), &spec, true)?;
    write_json(&path.join(FILE), &comparison)?;
    if arguments.events.as_deref() == Some(Path::new("-")) {
        eprint!("{}", terminal::comparison(&comparison, None, false));
    } else {
        println!();
        print(&comparison);
    }
    Ok(comparison.change.exit())
}

fn label(baseline: &Baseline) -> String {
    format!("baseline {}", baseline.name)
}
