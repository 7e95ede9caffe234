//! Directories of runs, and baselines, as values.

use std::ffi::OsStr;
use std::path::Path;

use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter};

use super::project;
use crate::record::{PLAN, baselines};

/// Returns the directories of the project's runs, the newest first. Where none has such a name, directories.
pub(crate) fn run_directories(typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed_text = typed.to_string_lossy();
    let found = runs_in(&project::runs()).into_iter().filter(|run| run.starts_with(&*typed_text));
    let found: Vec<_> =
        found.enumerate().map(|(at, run)| CompletionCandidate::new(run).display_order(Some(at))).collect();
    if found.is_empty() { PathCompleter::dir().complete(typed) } else { found }
}

/// Returns the names of the project's baselines.
pub(crate) fn baseline_names(typed: &OsStr) -> Vec<CompletionCandidate> {
    let names = baselines(&project::baselines()).into_iter();
    names.filter(|name| name.starts_with(&*typed.to_string_lossy())).map(CompletionCandidate::new).collect()
}

/// The directories of runs, the newest first: their names begin with the time.
fn runs_in(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    let runs = entries.filter(|path| path.join(PLAN).is_file());
    let mut runs: Vec<_> = runs.map(|path| path.to_string_lossy().into_owned()).collect();
    runs.sort_by(|a, b| b.cmp(a));
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_run_is_first_and_other_directories_are_no_runs() {
        let base = tempfile::tempdir().expect("a directory");
        for name in ["20260101T000000-a", "20260301T000000-b", "notes"] {
            std::fs::create_dir(base.path().join(name)).expect("made");
        }
        for name in ["20260101T000000-a", "20260301T000000-b"] {
            std::fs::write(base.path().join(name).join(PLAN), "{}").expect("written");
        }
        let runs = runs_in(base.path());
        assert_eq!(runs.len(), 2);
        assert!(runs[0].ends_with("-b") && runs[1].ends_with("-a"), "{runs:?}");
        assert_eq!(runs_in(&base.path().join("none")), [] as [String; 0]);
    }
}
