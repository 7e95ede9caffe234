//! Reading a whole run back: its result and what its cases' files hold, cleaned for reports.

use std::path::Path;

use serde_json::Value;

use super::case_records::CaseRecords;
use super::clean::{clean_text, clean_value};
use super::directory::RESULTS;
use super::read::{ReadError, checked, json_in, open, read_json};
use super::resume::plan_in;
use precall_results::Recording;

/// Reads a run from its directory, or from its `results.json` alone. Whatever wrote it, no secret and no control
/// character is in what comes back.
///
/// # Errors
///
/// When it has no results, or they are of a newer precall. Lines of other files that cannot be read are left out.
pub fn read_recording(run: &Path) -> Result<Recording, ReadError> {
    let Some(files) = open(run)? else { return recording(run, read_json(run)?) };
    let mut recording = recording(&run.join(RESULTS), json_in(&files, RESULTS)?)?;
    if let Ok(plan) = plan_in(&files) {
        recording.scenarios = plan.scenarios.iter().map(|path| clean_text(&path.to_string_lossy())).collect();
        recording.scenario_names = plan.scenario_names.iter().map(|name| clean_text(name)).collect();
    }
    let mut records = CaseRecords::of(Some(files))?;
    recording.warnings = std::mem::take(&mut records.warnings);
    for case in &recording.result.cases {
        if let Some(series) = records.series(&case.case)? {
            recording.series.insert(case.case.clone(), series);
        }
    }
    Ok(recording)
}

fn recording(path: &Path, mut value: Value) -> Result<Recording, ReadError> {
    clean_value(&mut value);
    Ok(Recording::of(checked(path, value)?))
}

#[cfg(test)]
mod tests;
