//! Baselines: runs that are kept to be compared with, each a directory with a name.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::directory::{PLAN, RESULTS, RecordError, case_path, json};
use super::read::{ReadError, json_in, open, read_results, results_in};
use super::staging::Staging;
use crate::run_events::timestamp;
use precall_results::RunResult;
use precall_support::files::{Directory, EntryKind};

/// Where it came from.
const BASELINE: &str = "baseline.json";
/// The files that are kept of a case: enough to judge it again.
const KEPT: [&str; 3] = ["result.json", "samples.jsonl", "link.jsonl"];
/// Where the older one of this name is while it is replaced.
const OLD: &str = ".old-";

/// Why a baseline cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is a path, or nothing.
    #[error("{0:?} is no name of a baseline; write letters, digits, `.`, `_` and `-`, and no `.` in front")]
    Name(String),
    /// There is a baseline of this name already.
    #[error("there is a baseline {name} already, in {}", .path.display())]
    Exists {
        /// The name of the baseline.
        name: String,
        /// The directory of the baseline.
        path: PathBuf,
    },
    /// There is no baseline of this name.
    #[error("there is no baseline {name} in {}{}", .directory.display(), known(.names))]
    Missing {
        /// The name that was given.
        name: String,
        /// The directory of all baselines.
        directory: PathBuf,
        /// The names of all baselines.
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
        [] => String::new(),
        names => format!("; there are {}", names.join(", ")),
    }
}

/// A run that is compared with.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// The name of the baseline.
    pub name: String,
    /// The directory of the baseline.
    pub path: PathBuf,
    /// When it was kept, RFC 3339.
    pub saved_at: String,
    /// The run's directory as it was named then.
    pub run: String,
    /// The result of the run.
    pub result: RunResult,
}

impl Baseline {
    /// Returns the name of the baseline in a comparison.
    pub fn label(&self) -> String {
        format!("baseline {}", self.name)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Origin {
    saved_at: String,
    run: String,
}

/// Keeps a run as a baseline below `directory`, its results and its cases' samples; in place of an older one only when
/// that is `replaced`. Gives where it is.
///
/// # Errors
///
/// When the name is none or taken, the run is none, or something cannot be written; what was there before stays then.
pub fn save_baseline(run: &Path, directory: &Path, name: &str, replaced: bool) -> Result<PathBuf, BaselineError> {
    check(name)?;
    let path = directory.join(name);
    let results = read_results(run)?;
    let fail = |error| RecordError::new(&path, error);
    let stage = Staging::below(directory).map_err(|error| RecordError::new(directory, error))?;
    recover(&stage.parent, name).map_err(fail)?;
    if stage.parent.kind(name).map_err(fail)?.is_some() && !replaced {
        return Err(BaselineError::Exists { name: name.to_owned(), path });
    }
    let origin = Origin { saved_at: timestamp(), run: run.display().to_string() };
    let write = |file: &str, text: io::Result<String>| {
        text.and_then(|text| stage.directory.replace(file, text.as_bytes())).map_err(fail)
    };
    write(RESULTS, json(&results))?;
    write(BASELINE, json(&origin))?;
    // A run can be given by its results alone.
    if let Some(run) = open(run)? {
        copy_if_there(&run, PLAN, &stage.directory).map_err(|error| RecordError::new(&run.path().join(PLAN), error))?;
        for case in &results.cases {
            let place = case_path(&case.case);
            copy_case(&run, &place, &stage.directory)
                .map_err(|error| RecordError::new(&run.path().join(&place), error))?;
        }
    }
    replace(&stage, name).map_err(fail)?;
    Ok(path)
}

/// Reads a baseline.
///
/// # Errors
///
/// When there is none of this name, or it cannot be read.
pub fn read_baseline(directory: &Path, name: &str) -> Result<Baseline, BaselineError> {
    check(name)?;
    let path = directory.join(name);
    let missing = || {
        let names = baselines(directory);
        BaselineError::Missing { name: name.to_owned(), directory: directory.to_owned(), names }
    };
    let parent = Directory::open(directory).map_err(|_| missing())?;
    let files = match parent.directory(name) {
        // It is being replaced, or a process was killed in the middle of that.
        Err(error) if error.kind() == io::ErrorKind::NotFound => parent.directory(format!("{OLD}{name}")),
        files => files,
    };
    let files = match files {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(missing()),
        files => files.map_err(|error| ReadError::new(&path, error.to_string()))?,
    };
    let result = results_in(&files)?;
    let origin = json_in(&files, BASELINE).ok().and_then(|value| serde_json::from_value(value).ok());
    let Origin { saved_at, run } = origin.unwrap_or(Origin { saved_at: String::new(), run: String::new() });
    Ok(Baseline { name: name.to_owned(), path: files.path().to_owned(), saved_at, run, result })
}

/// The names of all baselines, sorted.
pub fn baselines(directory: &Path) -> Vec<String> {
    let Ok(parent) = Directory::open(directory) else { return Vec::new() };
    let is_one = |name: &str| {
        parent.directory(name).and_then(|files| files.kind(BASELINE)).is_ok_and(|kind| kind == Some(EntryKind::File))
    };
    let entries = parent.names().unwrap_or_default();
    let names = entries.iter().filter_map(|name| name.to_str()).filter(|name| is_one(name));
    // One that is being replaced is known by its name as well.
    let names = names.map(|name| name.strip_prefix(OLD).unwrap_or(name).to_owned());
    let mut names: Vec<_> = names.filter(|name| check(name).is_ok()).collect();
    names.sort();
    names.dedup();
    names
}

/// Refuses what is no name.
fn check(name: &str) -> Result<(), BaselineError> {
    let is_good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(is_good) {
        return Err(BaselineError::Name(name.to_owned()));
    }
    Ok(())
}

/// Gives the new baseline its name, in two steps if there is one already: the old one steps aside, and is removed in
/// the end.
fn replace(stage: &Staging, name: &str) -> io::Result<()> {
    let old = format!("{OLD}{name}");
    if stage.parent.kind(name)?.is_none() {
        return stage.publish(name);
    }
    stage.parent.rename(name, &stage.parent, &old)?;
    if let Err(error) = stage.publish(name) {
        // What was there before stays. Where not even this can be done, it is found under its other name.
        let _ = recover(&stage.parent, name);
        return Err(error);
    }
    stage.parent.remove(&old)
}

/// Ends what a process that was killed in the middle of [`replace`] had begun.
fn recover(parent: &Directory, name: &str) -> io::Result<()> {
    let old = format!("{OLD}{name}");
    match (parent.kind(&old)?, parent.kind(name)?) {
        (None, _) => Ok(()),
        (Some(_), None) => parent.rename(&old, parent, name),
        (Some(_), Some(_)) => parent.remove(&old),
    }
}

fn copy_case(run: &Directory, case: &Path, into: &Directory) -> io::Result<()> {
    let from = match run.directory(case) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        from => from?,
    };
    let to = into.create_directory(case)?;
    KEPT.iter().try_for_each(|file| copy_if_there(&from, file, &to))?;
    to.sync()
}

fn copy_if_there(from: &Directory, file: &str, to: &Directory) -> io::Result<()> {
    match from.copy_file(file, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        copied => copied,
    }
}

#[cfg(test)]
mod tests;
