//! The truth and the table of advice, from recorded runs and to files.

use std::path::{Path, PathBuf};

use super::error::CalibrationError;
use crate::job::error::JobError;
use crate::job::reports::write_file;
use crate::record::{read_recording, read_results};
use precall_judge::advice::{AdviceTable, TruthTable, advice_table, truth_table};
use precall_judge::comparison::cell_name;
use precall_report::advice_html;
use precall_results::CaseResult;

/// The table of a calibration, in the directory of the tests' run.
const ADVICE: &str = "advice.json";
/// Its page.
const ADVICE_PAGE: &str = "advice.html";

/// The files of a calibration.
#[derive(Debug)]
pub struct WrittenAdvice {
    /// The table.
    pub table: AdviceTable,
    /// The table as JSON.
    pub json: PathBuf,
    /// The page.
    pub page: PathBuf,
}

/// Reads the truth from a run of calls, or from a file that [`write_truth`] wrote.
///
/// # Errors
///
/// When it cannot be read, or no call of the run tells a size.
pub fn read_truth(path: &Path) -> Result<TruthTable, JobError> {
    let table = if path.is_dir() { truth_table(&read_results(path)?, network) } else { read_table(path)? };
    if table.networks.is_empty() { Err(CalibrationError::NoTruth(path.to_owned()).into()) } else { Ok(table) }
}

fn read_table(path: &Path) -> Result<TruthTable, CalibrationError> {
    let cannot = |reason: String| CalibrationError::Truth { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(path).map_err(|error| cannot(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| cannot(error.to_string()))
}

/// Writes the truth to a file, for later calibrations.
///
/// # Errors
///
/// When it cannot be written.
pub fn write_truth(table: &TruthTable, file: &Path) -> Result<(), JobError> {
    write_file(file, format!("{}\n", serde_json::to_string_pretty(table)?))
}

/// Holds the tests of a run against the truth, and writes the table beside the run: as JSON, and as a page to `page` or
/// beside it.
///
/// # Errors
///
/// When the run cannot be read, none of its networks is in the truth, or a file cannot be written.
pub fn write_advice(tests: &Path, truth: TruthTable, page: Option<&Path>) -> Result<WrittenAdvice, JobError> {
    let table = advice_table(&read_recording(tests)?, truth, network, module);
    if table.networks.is_empty() {
        return Err(CalibrationError::NoNetworkInCommon(tests.to_owned()).into());
    }
    let directory = if tests.is_dir() { tests } else { tests.parent().unwrap_or(Path::new("")) };
    let json = directory.join(ADVICE);
    write_file(&json, format!("{}\n", serde_json::to_string_pretty(&table)?))?;
    let page = page.map_or_else(|| directory.join(ADVICE_PAGE), Path::to_owned);
    write_file(&page, &advice_html(&table)?)?;
    Ok(WrittenAdvice { table, json, page })
}

/// The last parts of axes that are about the tests and not about their networks. The names of axes are shortened in
/// results.
const OF_TESTS: [&str; 9] =
    ["module", "sdk", "scoring", "browser", "timeout", "resolution", "frameRate", "picture", "sound"];

fn is_of_tests(axis: &str) -> bool {
    axis.rsplit('.').next().is_some_and(|last| OF_TESTS.contains(&last))
}

/// Returns the name of a case's network: its own name, and its axes of the network. A lone call has no name of its own.
fn network(case: &CaseResult) -> String {
    let axes = case.axes.iter().filter(|(axis, _)| !is_of_tests(axis));
    let has_own_name = case.name != "call";
    cell_name(if has_own_name { &case.name } else { "" }, axes)
}

/// Returns the name of a case's module, with its other axes that are not about the network.
fn module(case: &CaseResult) -> String {
    let axes = case.axes.iter().filter(|(axis, _)| is_of_tests(axis) && *axis != "module");
    let module = &case.module;
    let name = match case.axes.get("module") {
        Some(label) => label.clone(),
        None if module.source.starts_with("npm ") => module.version.clone(),
        None => module.source.clone(),
    };
    let values: Vec<_> = axes.map(|(_, value)| value.as_str()).collect();
    [vec![name.as_str()], values].concat().join(" ")
}
