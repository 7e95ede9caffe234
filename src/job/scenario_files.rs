//! The files of scenarios: those that are named, and those of a recorded run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::error::JobError;
use crate::record::read_plan;
use precall_scenario::{Overrides, PROJECT_FILE, Scenario, load, load_with};

/// Returns the scenario files at these paths. A directory stands for all scenarios in it, sorted by name.
///
/// # Errors
///
/// When there is no path, or a directory cannot be read or has no scenario in it.
pub fn scenario_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, JobError> {
    if paths.is_empty() {
        return Err(JobError::NoScenario);
    }
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries =
            std::fs::read_dir(path).map_err(|error| JobError::UnreadableDirectory { path: path.clone(), error })?;
        let mut found: Vec<_> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.is_file() && path.extension().is_some_and(|extension| extension == "toml"))
            .filter(|path| path.file_name().is_none_or(|name| name != PROJECT_FILE))
            .collect();
        if found.is_empty() {
            return Err(JobError::EmptyDirectory(path.clone()));
        }
        found.sort();
        files.extend(found);
    }
    // A directory and a file in it may both be named.
    let mut seen = BTreeSet::new();
    files.retain(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
    Ok(files)
}

/// Reads a scenario that a run's `plan.json` names. It has to be a regular file, and no line of a wrong one is shown:
/// the author of the run named it, and it may be any file.
pub(super) fn load_recorded(file: &Path, overrides: &Overrides) -> Result<Scenario, JobError> {
    let loaded = file.is_file().then(|| load_with(file, overrides));
    loaded.and_then(Result::ok).ok_or_else(|| JobError::RecordedScenario(file.to_owned()))
}

/// Returns the scenarios in these files, or without files those of the run.
pub(super) fn scenarios_of(run: &Path, files: &[PathBuf]) -> Result<Vec<Scenario>, JobError> {
    if files.is_empty() {
        let files = read_plan(run)?.scenarios;
        return files.iter().map(|file| load_recorded(file, &Overrides::default())).collect();
    }
    files.iter().map(|file| Ok(load(file)?)).collect()
}
