//! Resuming an unfinished run.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::directory::{
    CASES, EVENTS, LOCK, PLAN, RESULT, RESULTS, RecordError, RunDirectory, UNFINISHED, case_path, file_name,
};
use super::plan::RunPlan;
use super::read::{json_in, lines_in};
use precall_results::CaseResult;
use precall_results::Outcome;
use precall_support::files::{Directory, EntryKind, Lock};

/// How many unfinished attempts at a case are kept, the newest ones.
const MOST_UNFINISHED: usize = 3;

/// Why a run cannot be resumed.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// The directory is no run.
    #[error("{} is no run directory: {reason}", path.display())]
    NoRun {
        /// The path that was named.
        path: PathBuf,
        /// The part that is missing or wrong.
        reason: String,
    },
    /// Another precall is at it.
    #[error("{} is being written by another precall; wait for it to end", .0.display())]
    Busy(PathBuf),
    /// The file system says no.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// An unfinished run. Nothing in its directory has been changed yet.
#[derive(Debug)]
pub struct LeftRun {
    files: Directory,
    /// `None` when the run came without the file that is locked.
    lock: Option<Lock>,
    /// The request for the run.
    pub plan: RunPlan,
    /// The cases that have ended.
    pub finished: Vec<CaseResult>,
    /// The duration of its parts so far, according to their events.
    pub duration: Duration,
}

impl LeftRun {
    /// Reads a run, and checks that all that would be written is in plain directories and files of its own. Nothing is
    /// changed.
    ///
    /// # Errors
    ///
    /// When it is no run, is being written by another process, or holds anything else.
    pub fn read(path: &Path) -> Result<Self, ResumeError> {
        let no_run = |reason: String| ResumeError::NoRun { path: path.to_owned(), reason };
        let files = Directory::open(path).map_err(|error| no_run(error.to_string()))?;
        let plan = plan_in(&files)?;
        let mut names = BTreeSet::new();
        if let Some(twice) = plan.cases.iter().find(|id| !names.insert(file_name(id))) {
            return Err(no_run(format!("{PLAN} has two cases whose directory is that of {twice}")));
        }
        for file in [EVENTS, RESULTS, LOCK] {
            match files.kind(file).map_err(|error| no_run(error.to_string()))? {
                None | Some(EntryKind::File) => {}
                Some(kind) => return Err(no_run(kind.refusal(file, "a regular file").to_string())),
            }
        }
        for directory in [CASES, UNFINISHED] {
            files.check_tree(directory).map_err(|error| no_run(error.to_string()))?;
        }
        let fail = |error| RecordError::new(&path.join(LOCK), error);
        let lock = match files.kind(LOCK).map_err(fail)? {
            None => None,
            Some(_) => Some(files.lock(LOCK).map_err(fail)?.ok_or_else(|| ResumeError::Busy(path.to_owned()))?),
        };
        let finished = finished(&files, &plan);
        let duration = duration(&files);
        Ok(Self { files, lock, plan, finished, duration })
    }

    /// Returns the path of the run's directory.
    pub fn path(&self) -> &Path {
        self.files.path()
    }

    /// Makes the run ready to be resumed: the files of cases that did not end move to `unfinished/<case>/<number>`.
    ///
    /// # Errors
    ///
    /// When another process writes it, or it cannot be written.
    pub fn begin(self) -> Result<RunDirectory, ResumeError> {
        let path = self.path().to_owned();
        let fail = |error| RecordError::new(&path, error);
        let busy = || ResumeError::Busy(path.clone());
        let lock = match self.lock {
            Some(lock) => lock,
            None => {
                let lock = self.files.lock(LOCK).map_err(fail)?.ok_or_else(busy)?;
                // Nothing kept another process from it until now.
                if finished(&self.files, &self.plan).len() != self.finished.len() {
                    return Err(busy());
                }
                lock
            }
        };
        let done: BTreeSet<_> = self.finished.iter().map(|result| file_name(&result.case)).collect();
        let left = self.plan.cases.iter().map(|id| file_name(id)).filter(|name| !done.contains(name));
        left.into_iter().try_for_each(|name| put_aside(&self.files, &name)).map_err(fail)?;
        self.files.remove_unfinished().map_err(fail)?;
        Ok(RunDirectory::of(self.files, lock))
    }
}

/// The results of the cases that have ended, in the order of the plan.
fn finished(run: &Directory, plan: &RunPlan) -> Vec<CaseResult> {
    let result = |id: &String| {
        // It is written in one step when the case is over.
        let result = CaseResult::from_json(&json_in(run, case_path(id).join(RESULT)).ok()?).ok()?;
        (result.case == *id && result.outcome != Outcome::Interrupted).then_some(result)
    };
    plan.cases.iter().filter_map(result).collect()
}

/// Moves the files of a case aside. Of the files that were moved before, the oldest are removed.
fn put_aside(run: &Directory, name: &str) -> io::Result<()> {
    let cases = match run.directory(CASES) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        cases => cases?,
    };
    if cases.kind(name)?.is_none() {
        return Ok(());
    }
    let aside = run.create_directory(Path::new(UNFINISHED).join(name))?;
    let mut numbers: Vec<u32> = aside.names()?.iter().filter_map(|name| name.to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers.push(numbers.last().map_or(1, |last| last.saturating_add(1)));
    let oldest = numbers.len().saturating_sub(MOST_UNFINISHED);
    numbers[..oldest].iter().try_for_each(|number| aside.remove(number.to_string()))?;
    let newest = numbers.last().map(u32::to_string).unwrap_or_default();
    cases.rename(name, &aside, newest)
}

/// Reads the request for a run.
///
/// # Errors
///
/// When it is no run's directory.
pub fn read_plan(run: &Path) -> Result<RunPlan, ResumeError> {
    let no_run = |reason: String| ResumeError::NoRun { path: run.to_owned(), reason };
    plan_in(&Directory::open(run).map_err(|error| no_run(error.to_string()))?)
}

/// Replaces the request for a run that nothing writes.
///
/// # Errors
///
/// When another process writes it, or it cannot be written.
pub fn rewrite_plan(run: &Path, plan: &RunPlan) -> Result<(), ResumeError> {
    let directory = RunDirectory::open(run)?.ok_or_else(|| ResumeError::Busy(run.to_owned()))?;
    Ok(directory.write_plan(plan)?)
}

/// The same, of a run's directory that has been opened.
pub(super) fn plan_in(run: &Directory) -> Result<RunPlan, ResumeError> {
    let no_run = |reason: String| ResumeError::NoRun { path: run.path().to_owned(), reason };
    let value = json_in(run, PLAN).map_err(|error| no_run(format!("{PLAN}: {}", error.reason())))?;
    serde_json::from_value(value).map_err(|error| no_run(format!("{PLAN}: {error}")))
}

/// A line of `events.jsonl`, as far as time goes.
#[derive(Deserialize)]
struct TimedEvent {
    at: String,
    event: String,
}

/// Returns the duration of the parts of a run together, each from its first event to its last.
fn duration(run: &Directory) -> Duration {
    let (mut total, mut part) = (Duration::ZERO, None);
    for event in lines_in::<TimedEvent>(run, EVENTS).into_iter().flatten() {
        let Ok(at) = event.at.parse::<jiff::Timestamp>() else { continue };
        part = match part {
            Some((began, _)) if event.event != "runStarted" => Some((began, at)),
            ended => {
                total += length(ended);
                Some((at, at))
            }
        };
    }
    total + length(part)
}

/// Returns the duration of a part; zero where the clock was set back.
fn length(part: Option<(jiff::Timestamp, jiff::Timestamp)>) -> Duration {
    part.and_then(|(began, ended)| ended.duration_since(began).try_into().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
