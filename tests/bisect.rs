//! `precall bisect` with real releases of OpenTok.js in real Chrome.

mod common;

use std::process::Stdio;
use std::time::{Duration, Instant};

use common::{Workspace, processes_with, said};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

/// Six repeats of the test of connectivity alone.
const SHORT: &str = "repeat = 6\n[test]\nquality = false\n[[case]]\nname = \"a\"\n[[case]]\nname = \"other\"";

/// From 2.16.0 on, OpenTok.js connects by the proxy that it was given; before, the tests of connectivity fail.
#[test]
fn the_first_release_that_connects_is_found() {
    let workspace = Workspace::new();
    let path = workspace.scenario(SHORT);
    let ends = ["--good", "2.15.10", "--bad", "2.16.1"];
    let what = ["--case", "a", "--figure", "connectivity.success", "--json", "found.json", "--quiet"];
    let arguments = [&["bisect", path.to_str().expect("UTF-8")], &ends[..], &what[..]].concat();
    let output = workspace.precall(&arguments).output().expect("precall runs");
    let (out, said) = (String::from_utf8_lossy(&output.stdout).into_owned(), said(&output));
    assert_eq!(output.status.code(), Some(0), "it became better: {said}");
    assert!(out.contains("a, connectivity.success: improved in 2.16.0; 2.15.10 was the last before"), "{said}");
    assert!(out.contains("tried: 2.16.0 changed") && !out.contains("other"), "{said}");
    let text = std::fs::read_to_string(workspace.path().join("found.json")).expect("JSON");
    let found: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((found["lastGood"].as_str(), &found["firstBad"][0]), (Some("2.15.10"), &Value::from("2.16.0")));
    let run = found["tried"][0]["run"].as_str().expect("a run");
    assert!(workspace.path().join(run).join("results.json").exists(), "{run}");
}

#[test]
fn an_interrupted_search_says_so_and_leaves_nothing_behind() {
    let workspace = Workspace::new();
    let path = workspace.scenario(SHORT);
    let temporary = tempfile::tempdir().expect("a directory");
    let child = workspace
        .precall(&["bisect", path.to_str().expect("UTF-8"), "--good", "2.35.1", "--bad", "2.35.2", "--case", "a"])
        .env("TMPDIR", temporary.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("precall runs");
    let began = Instant::now();
    let has_begun = || {
        let runs = std::fs::read_dir(workspace.path().join("runs")).into_iter().flatten().flatten();
        let mut releases = runs.flat_map(|run| std::fs::read_dir(run.path().join("2.35.1"))).flatten().flatten();
        releases.any(|run| run.path().join("cases").exists())
    };
    while !has_begun() {
        assert!(began.elapsed() < Duration::from_secs(60), "no case begins");
        std::thread::sleep(Duration::from_millis(50));
    }
    kill(Pid::from_raw(i32::try_from(child.id()).expect("a process")), Signal::SIGINT).expect("interrupted");
    let output = child.wait_with_output().expect("it ends");
    let said = said(&output);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(output.stdout.is_empty() && said.contains("interrupted; what ran is in"), "{said}");
    assert_eq!(processes_with(&temporary.path().to_string_lossy()), [] as [String; 0]);
}
