//! Joining the runs of all shards into one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::directory::{CASES, EVENTS, RESULTS, RecordError, RunDirectory};
use super::plan::RunPlan;
use super::read::{ReadError, read_results};
use super::resume::{ResumeError, read_plan};
use crate::event::{CaseSummary, RunResult};
use crate::outcome::Outcome;

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
        /// The first.
        one: PathBuf,
        /// The one that does not fit.
        other: PathBuf,
        /// In what.
        what: &'static str,
    },
    /// A case is in two of them.
    #[error("the case {case} is in {} and in {}; name each shard's run once", .one.display(), .other.display())]
    Twice {
        /// Which.
        case: String,
        /// In this one.
        one: PathBuf,
        /// And in this.
        other: PathBuf,
    },
    /// The joined run cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// A run that was joined from others.
#[derive(Debug)]
pub struct Merged {
    /// Where it is.
    pub directory: RunDirectory,
    /// What it came to.
    pub result: RunResult,
    /// The planned cases that none of the runs has.
    pub missing: Vec<String>,
    /// What differs between the runs although results depend on it, in words.
    pub differences: Vec<String>,
}

struct Part {
    path: PathBuf,
    plan: RunPlan,
    result: RunResult,
}

/// Joins runs of one plan in a new directory below `base`.
///
/// # Errors
///
/// When one of them is no run that is over, they are of different plans, or share a case.
pub fn merge(runs: &[PathBuf], base: &Path) -> Result<Merged, MergeError> {
    let read = |path: &PathBuf| -> Result<Part, MergeError> {
        Ok(Part { path: path.clone(), plan: read_plan(path)?, result: read_results(path)? })
    };
    let parts = runs.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    // The command line asks for at least one.
    let Some(first) = parts.first() else {
        return Err(ResumeError::NoRun { path: base.to_owned(), reason: "no run was named".to_owned() }.into());
    };
    let mut owners: BTreeMap<&str, &Part> = BTreeMap::new();
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
    let directory = RunDirectory::create(base, &first.result.run.scenario, &started_at)?;
    for part in &parts {
        copy(&part.path.join(CASES), &directory.path().join(CASES))?;
    }
    let events = directory.path().join(EVENTS);
    fs::write(&events, joined_events(&parts)).map_err(|error| RecordError::new(&events, error))?;
    let planned = &first.plan.planned;
    let plan = RunPlan { shard: None, cases: planned.clone(), ..first.plan.clone() };
    directory.write_plan(&plan)?;
    let missing: Vec<_> = planned.iter().filter(|id| !owners.contains_key(id.as_str())).cloned().collect();
    let result = joined(&parts, planned, started_at, missing.is_empty());
    directory.write_json(&directory.path().join(RESULTS), &result)?;
    Ok(Merged { directory, result, missing, differences: differences(&parts) })
}

fn joined(parts: &[Part], planned: &[String], started_at: String, is_whole: bool) -> RunResult {
    let mut cases: Vec<_> = parts.iter().flat_map(|part| part.result.cases.clone()).collect();
    cases.sort_by_key(|case| planned.iter().position(|id| *id == case.case));
    let outcomes: Vec<_> = cases.iter().map(|case| case.outcome).collect();
    let mut result = parts[0].result.clone();
    result.outcome = if is_whole { Outcome::gravest(&outcomes) } else { Outcome::Interrupted };
    result.cases = cases;
    result.decided = parts.iter().flat_map(|part| part.result.decided.clone()).collect();
    result.seconds = parts.iter().map(|part| part.result.seconds).fold(0.0, f64::max);
    result.run.started_at = started_at;
    result.run.shard = None;
    result.run.cases = planned.iter().map(|id| CaseSummary { id: id.clone() }).collect();
    result.conclude();
    result
}

/// The events of all parts in the order of their times.
fn joined_events(parts: &[Part]) -> String {
    let texts: Vec<_> =
        parts.iter().map(|part| fs::read_to_string(part.path.join(EVENTS)).unwrap_or_default()).collect();
    let mut lines: Vec<(String, &str)> = Vec::new();
    for line in texts.iter().flat_map(|text| text.lines()) {
        let Ok(event) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        lines.push((event["at"].as_str().unwrap_or_default().to_owned(), line));
    }
    lines.sort_by(|one, other| one.0.cmp(&other.0));
    lines.into_iter().map(|(_, line)| format!("{line}\n")).collect()
}

fn differences(parts: &[Part]) -> Vec<String> {
    let said = |what: &str, of: &dyn Fn(&Part) -> String| {
        let values: BTreeSet<_> = parts.iter().map(of).collect();
        let list = values.iter().cloned().collect::<Vec<_>>().join(", ");
        (values.len() > 1).then(|| format!("the runs had different {what}: {list}"))
    };
    let browser = said("browsers", &|part| part.result.run.environment.browser.clone());
    let precall = said("versions of precall", &|part| part.result.run.environment.precall.clone());
    let cpus = said("numbers of CPUs", &|part| part.result.run.environment.cpus.to_string());
    [browser, precall, cpus].into_iter().flatten().collect()
}

/// Copies a directory with all that is in it.
fn copy(from: &Path, to: &Path) -> Result<(), RecordError> {
    let fail = |path: &Path| {
        let path = path.to_owned();
        move |error| RecordError::new(&path, error)
    };
    fs::create_dir_all(to).map_err(fail(to))?;
    // A shard in which no case began has none.
    let Ok(entries) = fs::read_dir(from) else { return Ok(()) };
    for entry in entries {
        let path = entry.map_err(fail(from))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(fail(&target))?;
        }
    }
    Ok(())
}
