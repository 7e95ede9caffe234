//! What takes too long for every change: `make test-full`, nightly. The suites of every day take a few releases of each
//! line; these take them all.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::time::Duration;

use crate::common::{Workspace, case, descendants, processes_with, said};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use precall_netem::rng::SeededRng;

/// The connectivity test of every release from `first` on.
fn run_every(package: &str, first: &str, at_least: usize) {
    let scenario = format!(
        "[test]\nquality = false\n[expect]\nconnectivity.success = true\n[sdk]\npackage = \"{package}\"\n\
         [matrix]\nsdk = [\"all of >={first}\"]"
    );
    let workspace = Workspace::new();
    let (output, results) = workspace.run(&scenario, &["--slots", "3"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let cases = results["cases"].as_array().expect("cases");
    assert!(cases.len() >= at_least, "npm knows only {}", cases.len());
    println!("{package}: {} releases, {} to {}", cases.len(), cases[0]["case"], cases[cases.len() - 1]["case"]);
}

#[test]
fn every_release_of_opentok_js_connects_publishes_and_subscribes() {
    run_every("@opentok/client", "2.18.0", 50);
}

#[test]
fn every_release_of_vonages_client_connects_publishes_and_subscribes() {
    run_every("@vonage/client-sdk-video", "2.27.0", 5);
}

#[test]
fn every_published_module_runs_beside_the_built_in_one() {
    let workspace = Workspace::new();
    let (output, results) = workspace.run(include_str!("../../../scenarios/modules.toml"), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let cases = results["cases"].as_array().expect("cases");
    let modules: BTreeSet<_> = cases.iter().map(|case| case["module"]["version"].as_str()).collect();
    assert!(modules.is_superset(&["2.4.4", "2.5.0", "3.1.6"].map(Some).into()), "{modules:?}");
}

#[test]
fn every_fault_has_its_name_with_three_releases() {
    for version in ["2.18.2", "2.27.6", "latest"] {
        let workspace = Workspace::new();
        let scenario = include_str!("../../../scenarios/faults.toml");
        let (output, results) = workspace.run(scenario, &["--slots", "6", "--sdk", version]);
        assert_eq!(output.status.code(), Some(0), "{version}: {}", said(&output));
        assert!(results["cases"].as_array().is_some_and(|cases| cases.len() > 20));
    }
}

#[test]
fn behind_every_firewall_the_test_says_what_it_should() {
    let workspace = Workspace::new();
    // Most cases only wait.
    let (output, results) = workspace.run(include_str!("../../../scenarios/firewalls.toml"), &["--slots", "6"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    for name in ["http-proxy-wrong-login", "http-proxy-no-login"] {
        let signalling = &case(&results, name)["signalling"];
        assert_eq!(signalling["requests"], serde_json::json!({}), "{name}");
        assert!(signalling["refused"]["hlg.tokbox.com:443"].as_u64() > Some(0), "{name}");
    }
}

#[test]
fn media_travels_by_every_transport() {
    if std::net::UdpSocket::bind("[::1]:0").is_err() {
        println!("skipped: this host has no IPv6 loopback address (::1), which two of the cases need");
        return;
    }
    let workspace = Workspace::new();
    let (output, _) = workspace.run(include_str!("../../../scenarios/transports.toml"), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

/// Kills Chrome, a page of it, and precall itself, at moments and in an order that the seed decides, and goes on with
/// the run until it is done.
#[test]
fn whatever_dies_every_case_ends_once() {
    const CASES: usize = 40;
    let workspace = Workspace::new();
    let temporary = tempfile::tempdir().expect("a directory");
    let scenario = format!(
        "repeat = {CASES}\n[test]\nquality = false\n[expect]\nconnectivity.success = true\n[[case]]\nname = \"a\""
    );
    let path = workspace.scenario(&scenario);
    let mut chance = SeededRng::new(20_260_102, "kills");
    let (mut parts, mut kills) = (0, 0);
    let code = loop {
        parts += 1;
        assert!(parts < 40, "it comes to no end");
        let run = workspace.run_directory();
        let arguments = match &run {
            None => vec!["run", path.to_str().expect("UTF-8")],
            Some(run) => vec!["run", "--resume", run.to_str().expect("UTF-8")],
        };
        let mut child = workspace
            .precall(&arguments)
            .env("TMPDIR", temporary.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("precall runs");
        let pid = Pid::from_raw(i32::try_from(child.id()).expect("a process id"));
        loop {
            let wait = Duration::from_millis(1500 + chance.below(4500));
            let began = std::time::Instant::now();
            let mut has_ended = false;
            while !has_ended && began.elapsed() < wait {
                std::thread::sleep(Duration::from_millis(50));
                has_ended = child.try_wait().expect("it can be waited for").is_some();
            }
            if has_ended {
                break;
            }
            let victim = match chance.below(3) {
                // Late kills hit precall less often, so that the test ends.
                0 if kills < 12 => Some(pid),
                1 => find(pid, &mut chance, |line| line.contains("--headless") && !line.contains("--type=")),
                _ => find(pid, &mut chance, |line| line.contains("--type=renderer")),
            };
            if let Some(victim) = victim.filter(|_| kills < 24) {
                // It may have ended a moment ago.
                kills += usize::from(kill(victim, Signal::SIGKILL).is_ok());
            }
        }
        let code = child.wait().expect("it has ended").code();
        // After a kill of precall there is no code.
        if code.is_some() && run.is_some() && workspace.results()["cases"].as_array().map(Vec::len) == Some(CASES) {
            break code;
        }
    };
    let results = workspace.results();
    let cases = results["cases"].as_array().expect("cases");
    let mut ids: Vec<_> = cases.iter().map(|case| case["case"].as_str().expect("an id")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), CASES, "each case once");
    let tally = |outcome: &str| cases.iter().filter(|case| case["outcome"] == outcome).count();
    println!(
        "{parts} parts, {kills} kills, exit {code:?}: {} passed, {} infrastructure",
        tally("passed"),
        tally("infrastructure")
    );
    assert_eq!(tally("passed") + tally("infrastructure"), CASES, "{results:#}");
    assert!(tally("passed") > CASES / 2);
    let finished =
        std::fs::read_to_string(workspace.run_directory().expect("a run").join("events.jsonl")).expect("events");
    let finished = finished.lines().filter(|line| line.contains("\"event\":\"caseFinished\"")).count();
    assert!(finished >= CASES, "each case told of its end");
    let began = std::time::Instant::now();
    let left = || {
        (processes_with(&temporary.path().to_string_lossy()), std::fs::read_dir(temporary.path()).expect("it").count())
    };
    while left() != (Vec::new(), 0) {
        assert!(began.elapsed() < Duration::from_secs(15), "left: {:?}", left());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// precall ends itself between two writes, each time at another, and goes on with the run until it is done.
#[test]
fn killed_between_any_two_writes_a_run_loses_nothing() {
    const CASES: usize = 6;
    let workspace = Workspace::new();
    let scenario = format!(
        "repeat = {CASES}\n[test]\nquality = false\n[expect]\nconnectivity.success = true\n[[case]]\nname = \"a\""
    );
    let path = workspace.scenario(&scenario);
    let mut chance = SeededRng::new(20_260_103, "writes");
    let mut finished: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let (mut parts, mut kills) = (0, 0);
    loop {
        parts += 1;
        assert!(parts < 120, "it comes to no end");
        let run = workspace.run_directory().filter(|run| run.join("plan.json").exists());
        let arguments = match &run {
            None => vec!["run", path.to_str().expect("UTF-8")],
            Some(run) => vec!["run", "--resume", run.to_str().expect("UTF-8")],
        };
        // Later and later, as what is there already is not written again.
        let step = 1 + chance.below(39) + parts * 8;
        let output = workspace.precall(&arguments).env("PRECALL_DIE_AT_STEP", step.to_string()).output().expect("runs");
        // A result that was there once stays, byte for byte.
        for case in workspace.run_directory().and_then(|run| run.join("cases").read_dir().ok()).into_iter().flatten() {
            let case = case.expect("an entry");
            let Ok(result) = std::fs::read(case.path().join("result.json")) else { continue };
            let value: serde_json::Value = serde_json::from_slice(&result).expect("a whole result");
            assert!(value["outcome"] == "passed" || value["outcome"] == "infrastructure", "{value:#}");
            let name = case.file_name().to_string_lossy().into_owned();
            assert_eq!(*finished.entry(name).or_insert_with(|| result.clone()), result, "it ran again");
        }
        match output.status.code() {
            None => kills += 1,
            Some(code) => break assert!(code == 0 || code == 4, "{}", said(&output)),
        }
    }
    println!("{parts} parts, {kills} kills");
    assert!(kills > 5 && finished.len() == CASES, "{kills} kills, {} cases", finished.len());
    let results = workspace.results();
    assert_eq!(results["cases"].as_array().map(Vec::len), Some(CASES));
    let events = workspace.run_directory().expect("a run").join("events.jsonl");
    let events = std::fs::read_to_string(events).expect("events");
    assert!(events.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "a line is torn");
}

/// One of a process's descendants whose command line looks so.
fn find(pid: Pid, chance: &mut SeededRng, looks_so: impl Fn(&str) -> bool) -> Option<Pid> {
    let found: Vec<_> = descendants(pid.as_raw()).into_iter().filter(|(_, line)| looks_so(line)).collect();
    (!found.is_empty()).then(|| Pid::from_raw(found[chance.below(found.len() as u64) as usize].0))
}
