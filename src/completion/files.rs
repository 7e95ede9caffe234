//! Scenario files as values.

use std::ffi::OsStr;
use std::path::Path;

use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter};

use precall_scenario::PROJECT_FILE;

/// The directory of ready scenarios.
const READY: &str = "scenarios";

/// Returns the TOML files and directories below the directory that is typed. Without one, also those in `scenarios/`.
pub(crate) fn scenario_files(typed: &OsStr) -> Vec<CompletionCandidate> {
    let mut found = PathCompleter::any().filter(is_scenario).complete(typed);
    if !typed.to_string_lossy().contains('/') {
        let ready = std::fs::read_dir(READY).into_iter().flatten().flatten().map(|entry| entry.path());
        let ready = ready.filter(|path| is_scenario(path) && path.is_file());
        let mut ready: Vec<_> = ready.map(|path| path.to_string_lossy().into_owned()).collect();
        ready.sort();
        let begins = |path: &String| path.starts_with(&*typed.to_string_lossy());
        found.extend(ready.into_iter().filter(begins).map(CompletionCandidate::new));
    }
    found
}

/// Whether a path has the name of a scenario.
fn is_scenario(path: &Path) -> bool {
    let is_project = path.file_name().is_some_and(|name| name == PROJECT_FILE);
    path.extension().is_some_and(|extension| extension == "toml") && !is_project
}
