//! What the project's `precall.toml` says, for completion.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap_complete::engine::CompletionCandidate;

use precall_report::Format;
use precall_scenario::{ProjectFile, find_project, load_project};

/// The directory of runs unless a project has another.
const RUNS: &str = "runs";

/// The directory of baselines unless a project has another.
const BASELINES: &str = "baselines";

/// Returns the names of the profiles.
pub(crate) fn profiles(typed: &OsStr) -> Vec<CompletionCandidate> {
    let project = project();
    let names = project.iter().flat_map(ProjectFile::profiles);
    names.filter(|name| name.starts_with(&*typed.to_string_lossy())).map(CompletionCandidate::new).collect()
}

/// Returns the directory of the project's runs.
pub(super) fn runs() -> PathBuf {
    project().and_then(|project| project.defaults(None).ok()?.runs.clone()).unwrap_or_else(|| RUNS.into())
}

/// Returns the directory of the project's baselines.
pub(super) fn baselines() -> PathBuf {
    project().and_then(|project| project.defaults(None).ok()?.baselines.clone()).unwrap_or_else(|| BASELINES.into())
}

/// The project that the working directory is in. One that is wrong has nothing to offer.
fn project() -> Option<ProjectFile> {
    let here = std::env::current_dir().ok()?;
    let path = find_project(&here)?;
    let path = path.strip_prefix(&here).unwrap_or(&path);
    load_project(path, &Format::ALL.map(Format::as_str)).ok()
}
