//! Runs of many cases: what was interrupted is gone on with, shards are joined, failures end a run early.

mod common;

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::{Workspace, said};
use serde_json::Value;

/// Cases that take a few seconds each.
const SHORT: &str =
    "repeat = 4\n[test]\nquality = false\n[expect]\nconnectivity.success = true\n[[case]]\nname = \"a\"";

fn ids(results: &Value) -> BTreeSet<String> {
    let cases = results["cases"].as_array().expect("cases");
    let ids: BTreeSet<_> = cases.iter().map(|case| case["case"].as_str().expect("an id").to_owned()).collect();
    assert_eq!(ids.len(), cases.len(), "each once");
    ids
}

#[test]
fn a_killed_run_is_gone_on_with() {
    let workspace = Workspace::new();
    let path = workspace.scenario(SHORT);
    let mut child = workspace
        .precall(&["run", "--slots", "1", path.to_str().expect("UTF-8")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("precall runs");
    let began = Instant::now();
    let first = || workspace.run_directory().map(|run| run.join("cases/a,repeat=1/result.json"));
    while !first().is_some_and(|file| file.exists()) {
        assert!(began.elapsed() < Duration::from_secs(60), "no case comes to an end");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    let run = workspace.run_directory().expect("a run");
    let before = std::fs::metadata(first().expect("a file")).and_then(|file| file.modified()).expect("a time");
    // As if the machine had died in the middle of a line.
    let events = run.join("events.jsonl");
    let mut text = std::fs::read_to_string(&events).expect("events");
    text.push_str("{\"at\":\"2026-");
    std::fs::write(&events, text).expect("written");

    let resume = ["run", "--resume", run.to_str().expect("UTF-8"), "--events", "all.jsonl"];
    let output = workspace.precall(&resume).output().expect("precall runs");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let results = workspace.results();
    assert_eq!(ids(&results).len(), 4);
    let after = std::fs::metadata(first().expect("a file")).and_then(|file| file.modified()).expect("a time");
    assert_eq!(before, after, "what had ended ran again");
    for file in [&events, &workspace.path().join("all.jsonl")] {
        let text = std::fs::read_to_string(file).expect("events");
        let count = |event: &str| {
            let events = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
            events.filter(|line| line["event"] == event).count()
        };
        assert_eq!(count("runFinished"), 1);
        assert_eq!(count("caseLink") > 0, file.ends_with("all.jsonl"), "{}", file.display());
    }

    // Nothing is left to do, and what it was asked for must not change.
    let again = workspace.precall(&resume[..3]).output().expect("precall runs");
    assert_eq!(again.status.code(), Some(0), "{}", said(&again));
    assert!(said(&again).contains("4 of 4 cases have ended"), "{}", said(&again));
    workspace.scenario(&SHORT.replace("true", "false"));
    let changed = workspace.precall(&resume[..3]).output().expect("precall runs");
    assert_eq!(changed.status.code(), Some(3), "{}", said(&changed));
    assert!(said(&changed).contains("has changed since"), "{}", said(&changed));
}

#[test]
fn shards_are_joined() {
    let workspace = Workspace::new();
    let path = workspace.scenario(SHORT);
    for shard in ["1/2", "2/2"] {
        let arguments = ["run", path.to_str().expect("UTF-8"), "--shard", shard, "--output", "parts", "--quiet"];
        let output = workspace.precall(&arguments).output().expect("precall runs");
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
    let parts: Vec<_> = std::fs::read_dir(workspace.path().join("parts")).expect("runs").flatten().collect();
    let parts: Vec<_> = parts.iter().map(|part| part.path().to_string_lossy().into_owned()).collect();
    assert_eq!(parts.len(), 2);
    let merge = |runs: &[&str]| {
        let arguments: Vec<_> = std::iter::once("merge").chain(runs.iter().copied()).collect();
        workspace.precall(&arguments).output().expect("precall runs")
    };
    let whole = merge(&[&parts[0], &parts[1]]);
    assert_eq!(whole.status.code(), Some(0), "{}", said(&whole));
    assert_eq!(ids(&workspace.results()).len(), 4);
    assert!(workspace.run_directory().expect("a run").join("cases/a,repeat=4/link.jsonl").exists());

    let part = merge(&[&parts[0]]);
    assert_eq!(part.status.code(), Some(4), "{}", said(&part));
    assert!(said(&part).contains("2 of 4 planned cases are in none"), "{}", said(&part));
    let twice = merge(&[&parts[0], &parts[0]]);
    assert_eq!(twice.status.code(), Some(2), "{}", said(&twice));
}

#[test]
fn after_a_failure_no_further_case_begins() {
    let workspace = Workspace::new();
    let (output, results) = workspace.run(&SHORT.replace("true", "false"), &["--slots", "1", "--fail-fast"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert_eq!(ids(&results).len(), 1);
    assert!(said(&output).contains("1 failed, 3 not run"), "{}", said(&output));
}

#[test]
fn reports_are_written_whatever_the_run_comes_to() {
    let workspace = Workspace::new();
    let reports = ["--slots", "1", "--report", "html", "--report", "junit=junit.xml", "--report", "github"];
    let (output, _) = workspace.run(&SHORT.replace("true", "false"), &[&reports[..], &["--fail-fast"]].concat());
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("\n::error file=test.toml,line=5,col=24,title=a%2Crepeat=1%3A failed::wanted"), "{text}");
    assert!(workspace.run_directory().expect("a run").join("report.html").exists(), "{text}");
    let junit = || std::fs::read_to_string(workspace.path().join("junit.xml")).expect("a report");
    assert!(junit().contains("tests=\"4\" skipped=\"3\" failures=\"1\""), "{}", junit());

    let path = workspace.scenario(SHORT);
    let arguments: Vec<_> = ["run", path.to_str().expect("UTF-8")].into_iter().chain(reports).collect();
    let mut child = workspace
        .precall(&[&arguments[..], &["--events", "events.jsonl"]].concat())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("precall runs");
    let began = Instant::now();
    let events = || std::fs::read_to_string(workspace.path().join("events.jsonl")).unwrap_or_default();
    while !events().contains("\"caseFinished\"") {
        assert!(began.elapsed() < Duration::from_secs(60), "no case comes to an end");
        std::thread::sleep(Duration::from_millis(20));
    }
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).expect("a pid"));
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).expect("interrupted");
    assert_eq!(child.wait().expect("ended").code(), Some(130));
    assert!(junit().contains("failures=\"0\"") && !junit().contains("skipped=\"0\""), "{}", junit());
}
