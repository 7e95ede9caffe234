//! What is on disk when precall stops between two writes, and what a run directory can do that somebody else has made.

mod hostile;
mod power;
mod recorder;

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Workspace, recorded, said};
use precall::record::{baselines, read_baseline, read_recording};
use serde_json::Value;

/// More steps than anything here takes.
const ENOUGH: u32 = 2_000;

/// Where a debug build of precall ends itself, as `kill -9` would.
const DIE: &str = "PRECALL_DIE_AT_STEP";

/// A copy of the recorded run with some of its cases, as a shard of it has them.
fn part(to: &Path, cases: std::ops::Range<usize>, outcome: &str) -> PathBuf {
    let from = recorded::run();
    let read = |file: &str| -> Value {
        serde_json::from_str(&std::fs::read_to_string(from.join(file)).expect("read")).expect("JSON")
    };
    let (mut plan, mut results) = (read("plan.json"), read("results.json"));
    let all = plan["planned"].as_array().expect("cases").clone();
    let mine = &all[cases];
    plan["cases"] = mine.into();
    results["cases"].as_array_mut().expect("cases").retain(|case| mine.contains(&case["case"]));
    results["outcome"] = outcome.into();
    std::fs::create_dir_all(to.join("cases")).expect("made");
    std::fs::write(to.join("plan.json"), plan.to_string()).expect("written");
    std::fs::write(to.join("results.json"), results.to_string()).expect("written");
    std::fs::copy(from.join("events.jsonl"), to.join("events.jsonl")).expect("copied");
    for case in mine {
        let case = Path::new("cases").join(case.as_str().expect("an id"));
        std::fs::create_dir_all(to.join(&case)).expect("made");
        for file in ["result.json", "samples.jsonl", "link.jsonl"] {
            std::fs::copy(from.join(&case).join(file), to.join(&case).join(file)).expect("copied");
        }
    }
    to.to_owned()
}

/// The files below a directory that are not hidden, with what is in them.
fn contents(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fn add(base: &Path, directory: &Path, all: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in std::fs::read_dir(directory).expect("a directory").flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            if name.to_string_lossy().starts_with('.') {
                continue;
            }
            if entry.file_type().expect("a kind").is_dir() {
                add(base, &path, all);
            } else {
                let below = path.strip_prefix(base).expect("below").to_owned();
                all.insert(below, std::fs::read(&path).expect("read"));
            }
        }
    }
    let mut all = BTreeMap::new();
    add(directory, directory, &mut all);
    all
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("a directory").flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Runs a command again and again, each time killed one step later, until it ends by itself, with this exit code.
/// `check` looks at what is there after each kill. Gives the number of kills.
fn kill_at_every_step(code: i32, mut command: impl FnMut(u32) -> Command, mut check: impl FnMut(u32)) -> u32 {
    for step in 1..ENOUGH {
        let output = command(step).env(DIE, step.to_string()).output().expect("it runs");
        if output.status.signal() != Some(9) {
            assert_eq!(output.status.code(), Some(code), "step {step}: {}", said(&output));
            check(step);
            return step - 1;
        }
        check(step);
    }
    panic!("more than {ENOUGH} steps");
}

#[test]
fn a_baseline_is_the_old_one_or_the_new_one() {
    let workspace = Workspace::new();
    let runs =
        [part(&workspace.path().join("one"), 0..2, "passed"), part(&workspace.path().join("two"), 2..4, "failed")];
    let directory = workspace.path().join("baselines");
    let first = ["baseline", "save", "one", "main"];
    assert_eq!(workspace.precall(&first).output().expect("runs").status.code(), Some(0));
    let command = |step: u32| {
        // To and fro, so that there is always something to lose.
        let run = if step % 2 == 1 { "two" } else { "one" };
        workspace.precall(&["baseline", "accept", run, "main"])
    };
    let kills = kill_at_every_step(0, command, |step| {
        let baseline = read_baseline(&directory, "main").unwrap_or_else(|error| panic!("step {step}: {error}"));
        assert_eq!(baselines(&directory), ["main"], "step {step}");
        let run = if baseline.run == "one" { &runs[0] } else { &runs[1] };
        let (kept, given) = (contents(&baseline.path.join("cases")), contents(&run.join("cases")));
        assert_eq!(kept, given, "step {step}");
        let ids: Vec<_> = baseline.result.cases.iter().map(|case| case.case.as_str()).collect();
        assert!(ids.iter().all(|id| run.join("cases").join(id).is_dir()), "step {step}: {ids:?}");
    });
    assert!(kills > 30, "{kills}");
    assert_eq!(names(&directory), [".lock", "main"], "nothing is left of what was killed");
}

#[test]
fn a_merged_run_is_whole_or_not_there() {
    let workspace = Workspace::new();
    let parts =
        [part(&workspace.path().join("one"), 0..1, "passed"), part(&workspace.path().join("two"), 1..2, "passed")];
    let before: Vec<_> = parts.iter().map(|part| contents(part)).collect();
    let merged = workspace.path().join("merged");
    let command = |_| workspace.precall(&["merge", "one", "two", "--output", "merged"]);
    let mut whole = None;
    let is_whole = |run: &Path| {
        let recording = read_recording(run).unwrap_or_else(|error| panic!("{}: {error}", run.display()));
        assert_eq!(recording.result.cases.len(), 2);
        assert_eq!(recording.series.len(), 2);
        let mut files = contents(&run.join("cases"));
        for part in &parts {
            for (file, bytes) in contents(&part.join("cases")) {
                assert_eq!(files.remove(&file), Some(bytes), "{}", file.display());
            }
        }
        assert!(files.is_empty());
        assert!(run.join("plan.json").exists() && run.join("events.jsonl").exists());
    };
    // Four of six cases are in neither.
    let mut step = 0;
    let kills = loop {
        step += 1;
        assert!(step < ENOUGH);
        let output = command(step).env(DIE, step.to_string()).output().expect("it runs");
        if merged.exists() {
            let runs: Vec<_> = names(&merged).into_iter().filter(|name| !name.starts_with('.')).collect();
            runs.iter().for_each(|run| is_whole(&merged.join(run)));
            whole = runs.first().cloned();
        }
        if output.status.signal() != Some(9) {
            assert_eq!(output.status.code(), Some(4), "{}", said(&output));
            break step - 1;
        }
    };
    assert!(kills > 20, "{kills}");
    let hidden: Vec<_> = names(&merged).into_iter().filter(|name| name.starts_with('.')).collect();
    assert_eq!((whole.is_some(), hidden), (true, vec![".lock".to_owned()]));
    assert_eq!(parts.iter().map(|part| contents(part)).collect::<Vec<_>>(), before, "the parts are as they were");
}

#[test]
fn a_report_is_the_old_one_or_the_new_one() {
    let workspace = Workspace::new();
    part(&workspace.path().join("one"), 0..2, "passed");
    part(&workspace.path().join("two"), 0..2, "passed");
    // One repeat of each cannot tell anything, which is no matter here.
    for (code, arguments) in [
        (0, &["report", "one", "--format", "junit", "--output", "out"][..]),
        (4, &["compare", "one", "two", "--json", "out"]),
        (4, &["compare", "one", "two", "--report", "html=out"]),
    ] {
        let out = workspace.path().join("out");
        let _ = std::fs::remove_file(&out);
        let output = workspace.precall(arguments).output().expect("runs");
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        let new = std::fs::read(&out).expect("written");
        std::fs::write(&out, "old").expect("written");
        let kills = kill_at_every_step(
            code,
            |_| workspace.precall(arguments),
            |step| {
                let text = std::fs::read(&out).expect("it is there");
                assert!(text == b"old" || text == new, "{arguments:?}, step {step}: {} bytes", text.len());
            },
        );
        assert_eq!((kills, std::fs::read(&out).expect("written")), (6, new), "{arguments:?}");
    }
}
