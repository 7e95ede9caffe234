//! Baselines: runs that are kept to be compared with, each a directory with a name.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::directory::{CASES, PLAN, RESULTS, RecordError};
use super::json_file::write_json;
use super::read::{ReadError, read_results};
use crate::event::{RunResult, timestamp};

/// Where it came from.
const BASELINE: &str = "baseline.json";
/// What is kept of a case: enough to judge it anew.
const KEPT: [&str; 3] = ["result.json", "samples.jsonl", "link.jsonl"];

/// Why a baseline cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is a path, or nothing.
    #[error("{0:?} is no name of a baseline; write letters, digits, `.`, `_` and `-`, and no `.` in front")]
    Name(String),
    /// There is one already.
    #[error("there is a baseline {name} already, in {}; `precall baseline accept` puts a run in its place", .path.display())]
    Exists {
        /// Its name.
        name: String,
        /// Where it is.
        path: PathBuf,
    },
    /// There is none.
    #[error("there is no baseline {name} in {}; {}", .directory.display(), known(.names))]
    Missing {
        /// What was named.
        name: String,
        /// Where baselines are.
        directory: PathBuf,
        /// Those that there are.
        names: Vec<String>,
    },
    /// The run, or what was kept of it, cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
}

fn known(names: &[String]) -> String {
    match names {
        [] => "`precall baseline save RUN NAME` keeps a run as one".to_owned(),
        names => format!("there are {}", names.join(", ")),
    }
}

/// A run that is compared with.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// When it was kept, RFC 3339.
    pub saved_at: String,
    /// The run's directory as it was named then.
    pub run: String,
    /// What it came to.
    pub result: RunResult,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Origin {
    saved_at: String,
    run: String,
}

/// Keeps a run as a baseline below `directory`, its results and its cases' samples; in place of an older one only when that is
/// `replaced`. Gives where it is.
///
/// # Errors
///
/// When the name is none or taken, the run is none, or something cannot be written; what was there before stays then.
pub fn save_baseline(run: &Path, directory: &Path, name: &str, replaced: bool) -> Result<PathBuf, BaselineError> {
    let path = path_of(directory, name)?;
    if path.exists() && !replaced {
        return Err(BaselineError::Exists { name: name.to_owned(), path });
    }
    let results = read_results(run)?;
    let fail = |path: &Path| {
        let path = path.to_owned();
        move |error| RecordError::new(&path, error)
    };
    fs::create_dir_all(directory).map_err(fail(directory))?;
    let new = tempfile::Builder::new().prefix(".new-").tempdir_in(directory).map_err(fail(directory))?;
    write_json(&new.path().join(RESULTS), &results)?;
    write_json(&new.path().join(BASELINE), &Origin { saved_at: timestamp(), run: run.display().to_string() })?;
    let _ = fs::copy(run.join(PLAN), new.path().join(PLAN));
    copy_cases(&run.join(CASES), &new.path().join(CASES)).map_err(fail(run))?;
    if path.exists() {
        // Two renames: between them there is none, but never half of one.
        let old = tempfile::Builder::new().prefix(".old-").tempdir_in(directory).map_err(fail(directory))?;
        fs::rename(&path, old.path().join(name)).map_err(fail(&path))?;
    }
    fs::rename(new.keep(), &path).map_err(fail(&path))?;
    Ok(path)
}

/// Reads a baseline.
///
/// # Errors
///
/// When there is none of this name, or it cannot be read.
pub fn read_baseline(directory: &Path, name: &str) -> Result<Baseline, BaselineError> {
    let path = path_of(directory, name)?;
    if !path.is_dir() {
        let names = baselines(directory);
        return Err(BaselineError::Missing { name: name.to_owned(), directory: directory.to_owned(), names });
    }
    let result = read_results(&path)?;
    let origin: Option<Origin> =
        fs::read_to_string(path.join(BASELINE)).ok().and_then(|text| serde_json::from_str(&text).ok());
    let Origin { saved_at, run } = origin.unwrap_or(Origin { saved_at: String::new(), run: String::new() });
    Ok(Baseline { name: name.to_owned(), path, saved_at, run, result })
}

/// The names of all baselines, sorted.
pub fn baselines(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let names = entries.filter(|entry| entry.path().join(BASELINE).is_file());
    let mut names: Vec<_> = names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}

fn path_of(directory: &Path, name: &str) -> Result<PathBuf, BaselineError> {
    let is_good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(is_good) {
        return Err(BaselineError::Name(name.to_owned()));
    }
    Ok(directory.join(name))
}

fn copy_cases(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    for case in fs::read_dir(from)? {
        let case = case?;
        let kept: Vec<_> = KEPT.iter().filter(|file| case.path().join(file).is_file()).collect();
        let to = to.join(case.file_name());
        if !kept.is_empty() {
            fs::create_dir_all(&to)?;
        }
        for file in kept {
            fs::copy(case.path().join(file), to.join(file))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run with one case.
    fn run(base: &Path, name: &str) -> PathBuf {
        let run = base.join(name);
        let case = run.join(CASES).join("clean");
        fs::create_dir_all(&case).expect("made");
        fs::write(run.join(RESULTS), include_str!("../../tests/fixtures/results.json")).expect("written");
        fs::write(case.join("samples.jsonl"), name).expect("written");
        fs::write(case.join("rtc-stats.jsonl"), "much").expect("written");
        run
    }

    #[test]
    fn a_run_is_kept_with_its_samples_and_replaced_only_when_that_is_meant() {
        let base = tempfile::tempdir().expect("a directory");
        let directory = base.path().join("baselines");
        let (first, second) = (run(base.path(), "one"), run(base.path(), "two"));
        let path = save_baseline(&first, &directory, "main", false).expect("kept");
        let samples = || fs::read_to_string(path.join("cases/clean/samples.jsonl")).expect("samples");
        assert_eq!(samples(), "one");
        assert!(!path.join("cases/clean/rtc-stats.jsonl").exists());
        let taken = save_baseline(&second, &directory, "main", false).expect_err("taken").to_string();
        assert!(taken.contains("precall baseline accept"), "{taken}");
        save_baseline(&second, &directory, "main", true).expect("replaced");
        assert_eq!(samples(), "two");
        let baseline = read_baseline(&directory, "main").expect("read");
        assert_eq!(baseline.result.cases.len(), 2);
        assert!(baseline.run.ends_with("two") && !baseline.saved_at.is_empty());
        assert_eq!(baselines(&directory), ["main"], "nothing else is left");
        assert_eq!(fs::read_dir(&directory).expect("read").count(), 1);
    }

    #[test]
    fn what_is_no_baseline_is_said() {
        let base = tempfile::tempdir().expect("a directory");
        for wrong in ["", "../x", ".x", "a/b"] {
            assert!(matches!(read_baseline(base.path(), wrong), Err(BaselineError::Name(_))), "{wrong}");
        }
        let missing = read_baseline(base.path(), "main").expect_err("missing").to_string();
        assert!(missing.contains("precall baseline save RUN NAME"), "{missing}");
        save_baseline(&run(base.path(), "one"), base.path(), "old", false).expect("kept");
        let missing = read_baseline(base.path(), "main").expect_err("missing").to_string();
        assert!(missing.ends_with("there are old"), "{missing}");
    }
}
