//! The W3C statistics of a recorded case, for the viewers of dumps of `chrome://webrtc-internals`.

use std::path::{Path, PathBuf};

use super::case_choice::one;
use super::error::JobError;
use super::reports::write_file;
use crate::record::{CaseRecords, case_path, cleaned, read_results};
use precall_report::{DumpedReport, webrtc_internals};

/// The name of the file in the directory of a case.
const FILE: &str = "webrtc-internals.json";

/// Writes the W3C statistics of the case that `words` name as a dump. `file` is where it goes; without it, the case's
/// own directory. Returns the file.
///
/// # Errors
///
/// When the run cannot be read, the words name no case or several, the case has recorded no statistics, or the file
/// cannot be written.
pub fn write_dump(run: &Path, words: &str, file: Option<&Path>) -> Result<PathBuf, JobError> {
    let (id, text) = dump(run, words)?;
    let file = file.map_or_else(|| run.join(case_path(&id)).join(FILE), Path::to_owned);
    write_file(&file, text)?;
    Ok(file)
}

/// Returns the id of the case that `words` name, and its dump.
///
/// # Errors
///
/// As [`write_dump`].
pub fn dump(run: &Path, words: &str) -> Result<(String, String), JobError> {
    let result = cleaned(&read_results(run)?);
    let case = one(&result, words, &run.display().to_string())?;
    let lines = CaseRecords::open(run)?.rtc_reports(&case.case)?;
    let reports: Vec<_> = lines
        .into_iter()
        .map(|(at, mut line)| {
            let page = line["participant"].as_str().unwrap_or("0").to_owned();
            DumpedReport {
                connection: format!("{page}-{}", line["peerConnection"].as_u64().unwrap_or_default()),
                seconds: at.as_millisecond() as f64 / 1e3,
                time: format!("{at:.3}"),
                stats: line["stats"].as_array_mut().map(std::mem::take).unwrap_or_default(),
            }
        })
        .collect();
    if reports.is_empty() {
        return Err(JobError::Request(format!(
            "the case {} of {} has recorded no statistics of peer connections; choose another one",
            case.case,
            run.display()
        )));
    }
    let url = format!("precall: {}", case.case);
    Ok((case.case.clone(), webrtc_internals(&result.run.environment.browser, &url, &reports)?))
}
