//! Going on with a run that ended before its time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::directory::{EVENTS, PLAN, RecordError, RunDirectory};
use super::plan::RunPlan;
use crate::event::CaseResult;
use crate::outcome::Outcome;

/// Why a run cannot be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// No run.
    #[error("{} is no run directory: {reason}; name one that `precall run` made, such as `runs/20260102T030405-demo`", path.display())]
    NoRun {
        /// What was named.
        path: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// Another precall is at it.
    #[error("{} is being written by another precall; wait for it to end", .0.display())]
    Busy(PathBuf),
    /// The file system says no.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// A run as it was left.
#[derive(Debug)]
pub struct Resumed {
    /// Where it is; nobody else writes there meanwhile.
    pub directory: RunDirectory,
    /// What it was asked for.
    pub plan: RunPlan,
    /// The cases that have ended.
    pub finished: Vec<CaseResult>,
    /// How long its parts so far took, in seconds, as far as their events tell.
    pub seconds: f64,
}

impl RunDirectory {
    /// Opens a run to go on with it: repairs a line that was cut short, and takes away what cases left that did not end.
    ///
    /// # Errors
    ///
    /// When it is no run, is being written by another process, or cannot be written.
    pub fn resume(path: &Path) -> Result<Resumed, ResumeError> {
        let plan = read_plan(path)?;
        let directory = Self::open(path)?.ok_or_else(|| ResumeError::Busy(path.to_owned()))?;
        let fail = |path: &Path| {
            let path = path.to_owned();
            move |error| RecordError::new(&path, error)
        };
        let events = path.join(EVENTS);
        repair(&events).map_err(fail(&events))?;
        let mut finished = Vec::new();
        for id in &plan.cases {
            let case = directory.case_path(id);
            match result(&case.join("result.json")) {
                Some(result) if result.outcome != Outcome::Interrupted => finished.push(result),
                _ => match fs::remove_dir_all(&case) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fail(&case)(error).into()),
                    _ => {}
                },
            }
        }
        let seconds = seconds(&events);
        Ok(Resumed { directory, plan, finished, seconds })
    }
}

/// What a run was asked for.
///
/// # Errors
///
/// When it is no run's directory.
pub fn read_plan(run: &Path) -> Result<RunPlan, ResumeError> {
    let no_run = |reason: String| ResumeError::NoRun { path: run.to_owned(), reason };
    let text = fs::read_to_string(run.join(PLAN)).map_err(|error| no_run(format!("{PLAN}: {error}")))?;
    serde_json::from_str(&text).map_err(|error| no_run(format!("{PLAN}: {error}")))
}

/// A case's result; `None` when it has none: it is written in one step when the case is over.
fn result(path: &Path) -> Option<CaseResult> {
    serde_json::from_str(&fs::read_to_string(path).ok()?).ok()
}

/// Takes the end of a file away that is no whole line: the machine died while it was written.
fn repair(path: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().read(true).write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        file => file?,
    };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    if whole < bytes.len() {
        tracing::warn!(path = %path.display(), bytes = bytes.len() - whole, "a line that was cut short is taken away");
        file.set_len(whole as u64)?;
        file.seek(SeekFrom::End(0))?;
        file.sync_all()?;
    }
    Ok(())
}

/// How long the parts of a run took, each from its first event to its last.
fn seconds(events: &Path) -> f64 {
    let text = fs::read_to_string(events).unwrap_or_default();
    let (mut total, mut part) = (0.0, None);
    for line in text.lines() {
        let Ok(event) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let Some(at) = event["at"].as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok()) else { continue };
        part = match part {
            Some((began, _)) if event["event"] != "runStarted" => Some((began, at)),
            ended => {
                total += length(ended);
                Some((at, at))
            }
        };
    }
    total + length(part)
}

fn length(part: Option<(jiff::Timestamp, jiff::Timestamp)>) -> f64 {
    part.map_or(0.0, |(began, ended)| ended.duration_since(began).as_secs_f64())
}

/// Locks a file for this process, until it is dropped; `None` when another has it.
pub(super) fn lock(path: &Path) -> Result<Option<File>, RecordError> {
    let fail = |error| RecordError::new(path, error);
    let file = OpenOptions::new().create(true).append(true).open(path).map_err(fail)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(fail(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::directory::CASES;

    fn plan(cases: &[&str]) -> RunPlan {
        let ids: Vec<_> = cases.iter().map(|id| (*id).to_owned()).collect();
        RunPlan {
            scenarios: Vec::new(),
            scenario_names: Vec::new(),
            scenario_digest: String::new(),
            sdks: Vec::new(),
            modules: Vec::new(),
            filters: Vec::new(),
            shard: None,
            networks: Vec::new(),
            repeat: None,
            gate: None,
            releases: Default::default(),
            tags: Default::default(),
            planned: ids.clone(),
            cases: ids,
        }
    }

    fn recorded_case(id: &str, outcome: &str) -> String {
        let run: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/fixtures/results.json")).expect("a recorded result");
        let mut case = run["cases"][0].clone();
        case["case"] = id.into();
        case["outcome"] = outcome.into();
        case.to_string()
    }

    /// A run of the cases `done`, `interrupted`, `torn` and `never`, as a dead machine leaves it.
    fn left() -> (tempfile::TempDir, PathBuf) {
        let base = tempfile::tempdir().expect("a directory");
        let run = RunDirectory::create(base.path(), "x", "2026").expect("a run");
        run.write_plan(&plan(&["done", "interrupted", "torn", "never"])).expect("written");
        for (id, text) in [
            ("done", recorded_case("done", "failed")),
            ("interrupted", recorded_case("interrupted", "interrupted")),
            ("torn", "{\"case\": \"to".to_owned()),
        ] {
            let case = run.case_path(id);
            fs::create_dir_all(&case).expect("made");
            fs::write(case.join("result.json"), text).expect("written");
        }
        let lines = [
            r#"{"at":"2026-01-02T03:00:00.000Z","event":"runStarted"}"#,
            r#"{"at":"2026-01-02T03:00:30.000Z","event":"caseFinished"}"#,
            r#"{"at":"2026-01-02T04:00:00.000Z","event":"runStarted"}"#,
            r#"{"at":"2026-01-02T04:00:05.000Z","event":"caseStarted"}"#,
            r#"{"at":"2026-01-02T04:0"#,
        ];
        fs::write(run.path().join(EVENTS), lines.join("\n")).expect("written");
        let path = run.path().to_owned();
        (base, path)
    }

    #[test]
    fn what_has_ended_stays_and_the_rest_is_cleared_away() {
        let (_base, path) = left();
        let resumed = RunDirectory::resume(&path).expect("resumed");
        assert_eq!(resumed.finished.iter().map(|result| result.case.as_str()).collect::<Vec<_>>(), ["done"]);
        assert!((resumed.seconds - 35.0).abs() < 1e-9);
        let cases: Vec<_> = fs::read_dir(path.join(CASES)).expect("cases").flatten().map(|e| e.file_name()).collect();
        assert_eq!(cases, ["done"]);
        let events = fs::read_to_string(path.join(EVENTS)).expect("events");
        assert!(events.ends_with("caseStarted\"}\n"), "{events}");
    }

    #[test]
    fn two_cannot_write_one_run() {
        let (_base, path) = left();
        let first = RunDirectory::resume(&path).expect("resumed");
        assert!(matches!(RunDirectory::resume(&path), Err(ResumeError::Busy(_))));
        drop(first);
        assert!(RunDirectory::resume(&path).is_ok());
    }

    #[test]
    fn what_is_no_run_is_said() {
        let base = tempfile::tempdir().expect("a directory");
        let error = RunDirectory::resume(base.path()).expect_err("no run").to_string();
        assert!(error.contains("is no run directory") && error.contains("plan.json"), "{error}");
    }

    proptest::proptest! {
        #[test]
        fn whole_lines_stay_whatever_was_cut(lines in proptest::collection::vec("[a-z]{0,9}", 0..6), cut in 0_usize..60) {
            let base = tempfile::tempdir().expect("a directory");
            let path = base.path().join("events");
            let whole: String = lines.iter().map(|line| format!("{line}\n")).collect();
            let cut = cut.min(whole.len());
            fs::write(&path, &whole[..cut]).expect("written");
            repair(&path).expect("repaired");
            let left = fs::read_to_string(&path).expect("read");
            proptest::prop_assert!(left.is_empty() || left.ends_with('\n'));
            proptest::prop_assert_eq!(left.lines().count(), whole[..cut].matches('\n').count());
        }
    }
}
