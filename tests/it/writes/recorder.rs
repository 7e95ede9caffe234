//! A run's record, written in a process of its own that is killed at every step, and gone on with.

use std::path::{Path, PathBuf};
use std::process::Command;

use precall::record::{LeftRun, Recorder, RunCollector, RunDirectory, RunPlan, read_plan};
use precall::run_events::Emitted;
use precall_results::Outcome;
use precall_results::{RunEvent, RunResult};
use serde_json::Value;

use super::{DIE, names, recorded};

/// Where the child records.
const BASE: &str = "PRECALL_TEST_RECORDS_IN";

/// How many of the recorded run's cases are recorded.
const CASES: usize = 2;

/// The recorded run.
fn run() -> RunResult {
    let text = std::fs::read_to_string(recorded::run().join("results.json")).expect("results");
    let mut run: RunResult = serde_json::from_str(&text).expect("results");
    run.cases.truncate(CASES);
    run
}

fn plan() -> RunPlan {
    let mut plan = read_plan(&recorded::run()).expect("a plan");
    plan.cases.truncate(CASES);
    plan.planned.truncate(CASES);
    plan
}

fn run_directory(base: &Path) -> Option<PathBuf> {
    let name = std::fs::read_dir(base).ok()?.flatten().map(|entry| entry.path()).find(|path| path.is_dir())?;
    Some(name)
}

/// What the child does: this program, run by the test below.
#[test]
#[ignore = "it is run by a_record_that_is_killed_at_any_step_is_gone_on_with"]
fn child() {
    let base = PathBuf::from(std::env::var_os(BASE).expect("the test sets it"));
    let (directory, finished) = match run_directory(&base).filter(|run| run.join("plan.json").exists()) {
        Some(run) => {
            let left = LeftRun::read(&run).expect("it can be gone on with");
            let finished = left.finished.clone();
            (left.begin().expect("begun"), finished)
        }
        None => {
            // A run without a plan never began.
            let directory = RunDirectory::create(&base, "torture", "2026-01-02T03:04:05Z").expect("made");
            directory.write_plan(&plan()).expect("written");
            (directory, Vec::new())
        }
    };
    let run = run();
    let done: Vec<_> = finished.iter().map(|result| result.case.clone()).collect();
    let mut recorder =
        Recorder::new(directory, RunCollector::resumed(finished, std::time::Duration::ZERO)).expect("a recorder");
    let mut record = |event: RunEvent| {
        recorder.record(&Emitted { at: "2026-01-02T03:04:05.678Z".to_owned(), event }).expect("recorded");
    };
    record(RunEvent::RunStarted { run: run.run.clone() });
    for result in run.cases.iter().filter(|result| !done.contains(&result.case)) {
        record(RunEvent::CaseStarted { case: result.case.clone(), attempt: 1 });
        for number in 0..2 {
            let report = serde_json::json!({ "number": number });
            record(RunEvent::CaseRtcStats { case: result.case.clone(), report });
        }
        record(RunEvent::CaseFinished { result: Box::new(result.clone()) });
    }
    record(RunEvent::RunFinished {
        outcome: Outcome::Passed,
        duration: std::time::Duration::from_secs(1),
        repeats: Vec::new(),
        violations: Vec::new(),
        upgrade: None,
    });
}

/// Records, or goes on with it, in another process; whether that came to its end.
fn record(base: &Path, die_at: Option<u32>) -> bool {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "writes::recorder::child", "--ignored", "--nocapture"]).env(BASE, base).env_remove(DIE);
    command.envs(die_at.map(|step| (DIE, step.to_string())));
    let output = command.output().expect("it runs");
    let text = super::said(&output);
    assert!(output.status.success() || !text.contains("panicked"), "{text}");
    output.status.success()
}

/// Everything is there, once and whole.
fn is_complete(base: &Path, step: u32) {
    let run = run_directory(base).expect("a run");
    let json = |path: PathBuf| -> Value {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{step}: {}: {error}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{step}: {}: {error}", path.display()))
    };
    let wanted = serde_json::to_value(self::run().cases).expect("JSON");
    assert_eq!(json(run.join("results.json"))["cases"], wanted, "step {step}");
    let events = std::fs::read_to_string(run.join("events.jsonl")).expect("events");
    let events: Vec<Value> = events.lines().map(|line| serde_json::from_str(line).expect("a whole line")).collect();
    assert_eq!(events.iter().filter(|event| event["event"] == "runFinished").count(), 1, "step {step}");
    for case in wanted.as_array().expect("cases") {
        let directory = run.join("cases").join(case["case"].as_str().expect("an id"));
        assert_eq!(json(directory.join("result.json")), *case, "step {step}");
        let stats = std::fs::read_to_string(directory.join("rtc-stats.jsonl")).expect("stats");
        assert_eq!(stats.lines().count(), 2, "step {step}: those of one attempt");
        assert_eq!(names(&directory), ["result.json", "rtc-stats.jsonl"], "step {step}");
    }
    let hidden: Vec<_> = names(&run).into_iter().filter(|name| name.starts_with('.')).collect();
    assert_eq!(hidden, [".lock"], "step {step}");
}

#[test]
fn a_record_that_is_killed_at_any_step_is_gone_on_with() {
    let mut step = 0;
    loop {
        step += 1;
        let base = tempfile::tempdir().expect("a directory");
        if record(base.path(), Some(step)) {
            break is_complete(base.path(), step);
        }
        // Killed once more while it is gone on with, unless little is left of it, and then not.
        if !record(base.path(), Some(1 + step / 2)) {
            assert!(record(base.path(), None), "step {step}");
        }
        // A run that was killed before it had a plan is another directory, with nothing in it.
        if run_directory(base.path()).is_some_and(|run| run.join("plan.json").exists()) {
            is_complete(base.path(), step);
        }
    }
    assert!(step > 40, "{step}");
}
