//! Runs of many cases: what was interrupted is gone on with, shards are joined, failures end a run early.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::common::{Workspace, said};
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
    assert!(said(&again).contains("4 of 4 cases ended before"), "{}", said(&again));
    workspace.scenario(&SHORT.replace("true", "false"));
    let changed = workspace.precall(&resume[..3]).output().expect("precall runs");
    assert_eq!(changed.status.code(), Some(3), "{}", said(&changed));
    assert!(said(&changed).contains("has changed since"), "{}", said(&changed));
}

/// Every case of this run passes, and an expectation over its repeats is missed.
#[test]
fn events_results_and_exit_code_agree_on_a_missed_expectation_over_repeats() {
    let workspace = Workspace::new();
    let scenario = "repeat = 2\n[test]\nquality = false\n[[case]]\nname = \"a\"\n[case.expect]\nlink.up.packetLossRatio = \"all >= 50 %\"";
    let (output, results) = workspace.run(scenario, &["--events", "all.jsonl"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert_eq!(results["outcome"], "failed", "{results:#}");
    assert!(results["cases"].as_array().expect("cases").iter().all(|case| case["outcome"] == "passed"), "{results:#}");
    assert_eq!(results["repeats"].as_array().expect("over repeats").len(), 1, "{results:#}");
    let run = workspace.run_directory().expect("a run");
    for file in [run.join("events.jsonl"), workspace.path().join("all.jsonl")] {
        let text = std::fs::read_to_string(&file).expect("events");
        let last: Value = serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
        assert_eq!(last["event"], "runFinished");
        for member in ["outcome", "repeats", "violations", "upgrade"] {
            assert_eq!(last[member], results[member], "{member} in {}", file.display());
        }
    }
    // `merge` judges the run anew, and its last event agrees as well.
    let merge =
        workspace.precall(&["merge", run.to_str().expect("UTF-8"), "--output", "merged"]).output().expect("runs");
    assert_eq!(merge.status.code(), Some(1), "{}", said(&merge));
    let merged = std::fs::read_dir(workspace.path().join("merged")).expect("runs").flatten();
    let merged = merged.map(|entry| entry.path()).find(|path| path.join("events.jsonl").exists()).expect("a run");
    let text = std::fs::read_to_string(merged.join("events.jsonl")).expect("events");
    let last: Value = serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
    assert_eq!((&last["outcome"], &last["repeats"]), (&results["outcome"], &results["repeats"]));
}

#[test]
fn after_a_failure_no_further_case_begins() {
    let workspace = Workspace::new();
    let (output, results) = workspace.run(&SHORT.replace("true", "false"), &["--slots", "1", "--fail-fast"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert_eq!(ids(&results).len(), 1);
    assert!(said(&output).contains("1 failed, 3 not run"), "{}", said(&output));
}

mod nightly {
    use super::*;

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

    /// In a mount namespace of its own, with a file system that holds a case or two.
    #[test]
    fn a_run_that_fills_the_disk_is_gone_on_with() {
        let workspace = Workspace::new();
        let path = workspace.scenario(&SHORT.replace("repeat = 4", "repeat = 6"));
        let disk = workspace.path().join("runs");
        std::fs::create_dir(&disk).expect("made");
        let script = "mount -t tmpfs -o size=60k tmpfs \"$2\" || exit 77
            \"$0\" run \"$1\" --slots 2 --quiet; echo \"first: $?\"
            ls \"$2\"/*/cases/*/result.json | wc -l
            mount -o remount,size=20m \"$2\"
            \"$0\" run --resume \"$2\"/* --quiet; echo \"second: $?\"
            cp -r \"$2\" kept";
        let output = std::process::Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_precall")])
            .args([&path, &disk])
            .current_dir(workspace.path())
            .env("NO_COLOR", "1")
            .output()
            .expect("util-linux is there");
        let text = said(&output);
        if output.status.code() == Some(77) || text.contains("unshare failed") {
            eprintln!("not run: this machine lets nobody mount: {text}");
            return;
        }
        for part in ["first: 4", "No space left on device", "precall run --resume runs/", "second: 0", "6 passed"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let before: usize = text.lines().find_map(|line| line.trim().parse().ok()).expect("a number of cases");
        assert!((1..6).contains(&before), "{before} cases ended before it was full");
        assert!(text.contains(&format!("{before} of 6 cases ended before")), "{text}");
        let kept = std::fs::read_dir(workspace.path().join("kept")).expect("the runs").flatten().next().expect("a run");
        let results = std::fs::read_to_string(kept.path().join("results.json")).expect("results");
        assert_eq!(ids(&serde_json::from_str(&results).expect("JSON")).len(), 6);
    }

    #[test]
    fn a_run_is_held_against_a_baseline_and_ends_when_it_is_decided() {
        let workspace = Workspace::new();
        // Others use this host as well: what takes time is not to decide anything here.
        let text = SHORT.replace("repeat = 4", "repeat = 8\ncompare.seconds = \"300 s\"");
        let path = workspace.scenario(&text);
        let scenario = path.to_str().expect("UTF-8");
        let precall = |arguments: &[&str]| {
            let output = workspace.precall(arguments).output().expect("precall runs");
            (output.status.code(), said(&output))
        };
        let (code, said) = precall(&["run", scenario, "--quiet", "--slots", "2"]);
        assert_eq!(code, Some(0), "{said}");
        let first = workspace.run_directory().expect("a run");
        let (code, said) = precall(&["baseline", "save", first.to_str().expect("UTF-8"), "main"]);
        assert_eq!(code, Some(0), "{said}");
        let (code, said) = precall(&["run", scenario, "--baseline", "main", "--slots", "1"]);
        assert!(code == Some(2) && said.contains("how many cases ran at once (2 and 1)"), "{said}");

        let against = ["run", scenario, "--baseline", "main", "--slots", "2", "--sequential"];
        let (code, said) = precall(&against);
        assert!(code == Some(0) && said.contains("nothing changed in 1 case"), "{said}");
        let second = workspace.run_directory().expect("a run");
        assert!(first != second && second.join("comparison.json").exists());
        let results = workspace.results();
        let (ran, decided) = (results["cases"].as_array().expect("cases").len(), &results["decided"]);
        let decided = decided.as_array().map_or(0, Vec::len);
        assert!(ran + decided == 8 && (4..8).contains(&ran), "{ran} ran, {decided} decided: {said}");
        assert!(said.contains(&format!("{decided} not needed")), "{said}");

        let second = second.to_str().expect("UTF-8");
        assert_eq!(precall(&["rescore", second]).0, Some(0));
        let strict = workspace.path().join("strict.toml");
        std::fs::write(&strict, text.replace("success = true", "success = false")).expect("written");
        assert_eq!(precall(&["rescore", second, "--scenario", strict.to_str().expect("UTF-8")]).0, Some(1));
        let (code, said) = precall(&["explain", second, "a,repeat=1"]);
        assert!(code == Some(0) && said.contains("met: connectivity.success = true"), "{said}");
    }

    #[test]
    fn reports_are_written_whatever_the_run_comes_to() {
        let workspace = Workspace::new();
        let reports = ["--slots", "1", "--report", "html", "--report", "junit=junit.xml", "--report", "github"];
        let (output, _) = workspace.run(&SHORT.replace("true", "false"), &[&reports[..], &["--fail-fast"]].concat());
        let text = said(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains("\n::error file=test.toml,line=5,col=24,title=a #1%3A failed::wanted"), "{text}");
        assert!(workspace.run_directory().expect("a run").join("report.html").exists(), "{text}");
        let junit = || std::fs::read_to_string(workspace.path().join("junit.xml")).expect("a report");
        let suite = junit().lines().find(|line| line.contains("<testsuite ")).expect("a suite").to_owned();
        let counts = ["tests=\"4\"", "skipped=\"3\"", "failures=\"1\""];
        assert!(counts.iter().all(|count| suite.contains(count)), "{suite}");

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
}
