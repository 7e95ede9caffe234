//! Joining the runs of all shards into one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use super::directory::{CASES, EVENTS, PLAN, RESULTS, RecordError, RunDirectory, json, run_names};
use super::plan::RunPlan;
use super::read::{ReadError, results_in, texts_in};
use super::recorder::EventLine;
use super::results::run_finished;
use super::resume::{ResumeError, plan_in};
use super::staging::Staging;
use crate::run_events::timestamp;
use precall_results::Outcome;
use precall_results::{CaseSummary, RunResult};
use precall_support::files::Directory;
use precall_support::secrets::redact;

/// Why runs cannot be joined.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// One is no run.
    #[error(transparent)]
    NoRun(#[from] ResumeError),
    /// One has no results.
    #[error(transparent)]
    NoResults(#[from] ReadError),
    /// They are not parts of one plan.
    #[error("{} and {} are not parts of one plan: {what} differs; shards come of the same scenario, flags and durations", .one.display(), .other.display())]
    Unlike {
        /// The run that comes first.
        one: PathBuf,
        /// The one that does not fit.
        other: PathBuf,
        /// The part in which they differ.
        what: &'static str,
    },
    /// A case is in two of them.
    #[error("the case {case} is in {} and in {}; name each shard's run once", .one.display(), .other.display())]
    Twice {
        /// The id of the case.
        case: String,
        /// The first run that has the case.
        one: PathBuf,
        /// The second run that has it.
        other: PathBuf,
    },
    /// The joined run cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// A run that was joined from others.
#[derive(Debug)]
pub struct Merged {
    /// The directory of the joined run.
    pub directory: RunDirectory,
    /// The result of the joined run.
    pub result: RunResult,
    /// The planned cases that none of the runs has.
    pub missing: Vec<String>,
    /// The differences between the runs on which results depend, in words.
    pub differences: Vec<String>,
}

struct ShardRun {
    path: PathBuf,
    files: Directory,
    plan: RunPlan,
    result: RunResult,
}

impl ShardRun {
    /// Reads a run, and checks that its cases are in plain directories and files.
    fn read(path: &Path) -> Result<Self, MergeError> {
        let no_run = |error: io::Error| ResumeError::NoRun { path: path.to_owned(), reason: error.to_string() };
        let files = Directory::open(path).map_err(no_run)?;
        files.check_tree(CASES).map_err(no_run)?;
        Ok(Self { path: path.to_owned(), plan: plan_in(&files)?, result: results_in(&files)?, files })
    }
}

/// Joins runs of one plan in a new directory below `base`, which gets its name when it is complete. `conclude` judges
/// the joined run as a whole.
///
/// # Errors
///
/// When one of them is no run that is over, they are of different plans, or share a case.
pub fn merge(runs: &[PathBuf], base: &Path, conclude: impl FnOnce(&mut RunResult)) -> Result<Merged, MergeError> {
    let parts = runs.iter().map(|run| ShardRun::read(run)).collect::<Result<Vec<_>, _>>()?;
    // The command line asks for at least one.
    let Some(first) = parts.first() else {
        return Err(ResumeError::NoRun { path: base.to_owned(), reason: "no run was named".to_owned() }.into());
    };
    let mut owners: BTreeMap<&str, &ShardRun> = BTreeMap::new();
    for part in &parts {
        let unlike = |what| MergeError::Unlike { one: first.path.clone(), other: part.path.clone(), what };
        if part.plan.scenario_digest != first.plan.scenario_digest {
            return Err(unlike("what the scenario says"));
        }
        if part.plan.planned != first.plan.planned {
            return Err(unlike("the list of planned cases"));
        }
        for case in &part.result.cases {
            if let Some(owner) = owners.insert(&case.case, part) {
                let (one, other) = (owner.path.clone(), part.path.clone());
                return Err(MergeError::Twice { case: case.case.clone(), one, other });
            }
        }
    }
    let started_at = parts.iter().map(|part| &part.result.run.started_at).min().cloned().unwrap_or_default();
    let planned = &first.plan.planned;
    let plan = RunPlan { shard: None, cases: planned.clone(), ..first.plan.clone() };
    let missing: Vec<_> = planned.iter().filter(|id| !owners.contains_key(id.as_str())).cloned().collect();
    let mut result = joined(&parts, planned, started_at, missing.is_empty());
    conclude(&mut result);
    let fail = |error| RecordError::new(base, error);
    let stage = Staging::below(base).map_err(fail)?;
    write(&parts, &plan, &result, &stage.directory)?;
    let name = publish(&stage, &result).map_err(fail)?;
    drop(stage);
    let path = base.join(name);
    let directory = RunDirectory::open(&path)?.ok_or(ResumeError::Busy(path))?;
    Ok(Merged { directory, result, missing, differences: differences(&parts) })
}

/// Writes all that a run's directory holds.
fn write(parts: &[ShardRun], plan: &RunPlan, result: &RunResult, into: &Directory) -> Result<(), MergeError> {
    let fail = |file: &str| {
        let path = into.path().join(file);
        move |error| RecordError::new(&path, error)
    };
    let cases = into.create_directory(CASES).map_err(fail(CASES))?;
    for part in parts {
        match part.files.directory(CASES) {
            Ok(of_part) => of_part.copy_into(&cases).map_err(fail(CASES))?,
            // A shard in which no case began has none.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(RecordError::new(&part.path.join(CASES), error).into()),
        }
    }
    let mut events = joined_events(parts)?;
    events.push_str(&last_event(result).map_err(fail(EVENTS))?);
    into.replace(EVENTS, events.as_bytes()).map_err(fail(EVENTS))?;
    let text = |value: io::Result<String>, file: &str| {
        value.and_then(|text| into.replace(file, text.as_bytes())).map_err(fail(file))
    };
    text(json(plan), PLAN)?;
    text(json(result), RESULTS)?;
    Ok(())
}

/// Gives the joined run the first name that is free.
fn publish(stage: &Staging, result: &RunResult) -> io::Result<String> {
    for name in run_names(&result.run.scenario, &result.run.started_at) {
        if stage.parent.kind(&name)?.is_some() {
            continue;
        }
        match stage.publish(&name) {
            // A run that began a moment ago.
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
            published => return published.map(|()| name),
        }
    }
    unreachable!("there are more numbers than directories")
}

fn joined(parts: &[ShardRun], planned: &[String], started_at: String, is_whole: bool) -> RunResult {
    let mut cases: Vec<_> = parts.iter().flat_map(|part| part.result.cases.clone()).collect();
    let places: HashMap<&str, usize> = planned.iter().enumerate().map(|(place, id)| (id.as_str(), place)).collect();
    cases.sort_by_key(|case| places.get(case.case.as_str()).copied());
    let outcomes: Vec<_> = cases.iter().map(|case| case.outcome).collect();
    let mut result = parts[0].result.clone();
    result.outcome = if is_whole { Outcome::worst(&outcomes) } else { Outcome::Interrupted };
    result.cases = cases;
    result.decided = parts.iter().flat_map(|part| part.result.decided.clone()).collect();
    result.duration = parts.iter().map(|part| part.result.duration).max().unwrap_or_default();
    result.run.started_at = started_at;
    result.run.shard = None;
    result.run.cases = planned.iter().map(|id| CaseSummary { id: id.clone() }).collect();
    result
}

/// The events of all parts in the order of their times.
fn joined_events(parts: &[ShardRun]) -> Result<String, ReadError> {
    let mut lines: Vec<(String, String)> = Vec::new();
    for part in parts {
        for line in texts_in(&part.files, EVENTS)? {
            let Ok(event) = serde_json::from_str::<serde_json::Value>(&line) else { continue };
            lines.push((event["at"].as_str().unwrap_or_default().to_owned(), line));
        }
    }
    lines.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(lines.into_iter().map(|(_, line)| format!("{line}\n")).collect())
}

/// The line that ends the joined run.
fn last_event(result: &RunResult) -> io::Result<String> {
    let event = run_finished(result, result.duration);
    let line = serde_json::to_string(&EventLine { at: &timestamp(), event: &event })?;
    Ok(format!("{}\n", redact(&line)))
}

fn differences(parts: &[ShardRun]) -> Vec<String> {
    let said = |what: &str, of: &dyn Fn(&ShardRun) -> String| {
        let values: BTreeSet<_> = parts.iter().map(of).collect();
        let list = values.iter().cloned().collect::<Vec<_>>().join(", ");
        (values.len() > 1).then(|| format!("the runs had different {what}: {list}"))
    };
    let browser = said("browsers", &|part| part.result.run.environment.browser.clone());
    let precall = said("versions of precall", &|part| part.result.run.environment.precall.clone());
    let cpus = said("numbers of CPUs", &|part| part.result.run.environment.cpus.to_string());
    [browser, precall, cpus].into_iter().flatten().collect()
}
