//! Cases that run again: those that failed, and those whose files have changed.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::common::{Workspace, recorded, said};

/// The scenario of the recorded run, in which two cases failed.
const SCENARIO: &str = "[matrix]\nsdk = [\"2.27.6\", \"2.35.2\"]\nnetwork = [\"3g\", \"lte\", \"loss-bursts\"]\n\
                        [profiles.loss-bursts]\nloss = \"5 %\"\n[[case]]\nname = \"call\"\n";

/// Changes a JSON file.
fn change(path: PathBuf, with: impl FnOnce(&mut Value)) {
    let mut value = serde_json::from_str(&std::fs::read_to_string(&path).expect("read")).expect("JSON");
    with(&mut value);
    std::fs::write(&path, value.to_string()).expect("written");
}

/// Puts a copy of the recorded run into `runs/`, as one of this scenario.
fn keep_run(workspace: &Workspace, name: &str, scenario: &str) -> PathBuf {
    let run = workspace.path().join("runs").join(name);
    recorded::copy(&recorded::run(), &run);
    change(run.join("plan.json"), |plan| plan["scenarios"] = json!([workspace.path().join(scenario)]));
    run
}

fn dry_run(workspace: &Workspace, arguments: &[&str]) -> (Option<i32>, String) {
    let output = workspace.precall(&[&["run", "--dry-run"], arguments].concat()).output().expect("precall runs");
    (output.status.code(), said(&output))
}

#[test]
fn failed_cases_of_the_newest_run_of_the_scenario_run_again() {
    let workspace = Workspace::new();
    workspace.scenario(SCENARIO);
    let failed = |run: &PathBuf, count: usize| {
        change(run.join("results.json"), |results| {
            for (at, case) in results["cases"].as_array_mut().expect("cases").iter_mut().enumerate() {
                case["outcome"] = json!(if at < count { "failed" } else { "passed" });
            }
        });
    };
    failed(&keep_run(&workspace, "20260101T000000-a", "test.toml"), 1);
    failed(&keep_run(&workspace, "20260102T000000-b", "test.toml"), 3);
    failed(&keep_run(&workspace, "20260103T000000-c", "other.toml"), 4);
    // One that is not over yet is no answer.
    std::fs::remove_file(keep_run(&workspace, "20260104T000000-d", "test.toml").join("results.json")).expect("gone");
    let (code, text) = dry_run(&workspace, &["test.toml", "--last-failed"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("failed cases of runs/20260102T000000-b\n") && text.contains("\n3 cases"), "{text}");
    let newest = workspace.path().join("other.toml");
    std::fs::copy(workspace.path().join("test.toml"), newest).expect("copied");
    let (code, text) = dry_run(&workspace, &["--last-failed"]);
    assert!(code == Some(0) && text.contains("20260103T000000-c\n") && text.contains("\n4 cases"), "{text}");
    let (code, text) = dry_run(&workspace, &["--last-failed", "--output", "none"]);
    assert!(code == Some(2) && text.contains("no run of this scenario in none that is over"), "{text}");
    let (code, text) = dry_run(&workspace, &["--last-failed", "--filter", "x"]);
    assert!(code == Some(2) && text.contains("cannot be used with"), "{text}");
}

#[test]
fn cases_that_are_gone_are_named() {
    let workspace = Workspace::new();
    workspace.scenario(&SCENARIO.replace(", \"2.35.2\"", ", \"2.34.2\""));
    let run = keep_run(&workspace, "20260101T000000-a", "test.toml");
    for arguments in [&["test.toml", "--last-failed"][..], &["--failed", "runs/20260101T000000-a"]] {
        let (code, text) = dry_run(&workspace, arguments);
        let gone = "the scenario does not have the failed case call,network=loss-bursts,sdk=2.35.2 any longer";
        assert!(code == Some(0) && text.contains(gone) && text.contains("\n1 case,"), "{text}");
    }
    workspace.scenario("[[case]]\nname = \"other\"\n");
    let (code, text) = dry_run(&workspace, &["test.toml", "--last-failed"]);
    assert!(code == Some(2) && text.contains("has none of the cases") && text.contains("sdk=2.27.6"), "{text}");
    change(run.join("results.json"), |results| {
        results["cases"].as_array_mut().expect("cases").iter_mut().for_each(|case| case["outcome"] = json!("passed"));
    });
    let (code, text) = dry_run(&workspace, &["test.toml", "--last-failed"]);
    assert!(code == Some(2) && text.contains("every case of") && text.contains("nothing to run again"), "{text}");
}

/// Waits for a line that has this text.
fn wait_for(lines: &Receiver<String>, text: &str) {
    let mut seen = Vec::new();
    while let Ok(line) = lines.recv_timeout(Duration::from_secs(60)) {
        if line.contains(text) {
            return;
        }
        seen.push(line);
    }
    panic!("no {text:?} in {seen:#?}");
}

/// No browser is there, so each run ends at once.
#[test]
fn change_of_a_file_runs_again_until_an_interrupt() {
    let workspace = Workspace::new();
    std::fs::write(workspace.path().join("opentok.js"), "").expect("written");
    let scenario = "sdk.path = \"opentok.js\"\n[[case]]\nname = \"a\"\n";
    workspace.scenario(scenario);
    let mut command = workspace.precall(&["run", "test.toml", "--watch", "--chrome", "none"]);
    let mut precall = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("precall runs");
    let errors = BufReader::new(precall.stderr.take().expect("piped"));
    let (sender, lines) = channel();
    std::thread::spawn(move || errors.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    wait_for(&lines, "watching 2 files");
    std::fs::write(workspace.path().join("opentok.js"), "1").expect("written");
    wait_for(&lines, "opentok.js");
    wait_for(&lines, "watching 2 files");
    workspace.scenario("nonsense = 1");
    wait_for(&lines, "unknown key `nonsense`");
    wait_for(&lines, "watching 1 file");
    workspace.scenario(scenario);
    wait_for(&lines, "watching 2 files");
    let id = i32::try_from(precall.id()).expect("a process");
    kill(Pid::from_raw(id), Signal::SIGINT).expect("sent");
    // The exit code of the last run, which found no browser.
    assert_eq!(precall.wait().expect("a child").code(), Some(4));
    let left: Vec<_> = lines.iter().collect();
    assert!(!left.iter().any(|line| line.contains("waiting for the running cases")), "{left:?}");
}
