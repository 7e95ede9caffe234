//! What the pods of `kubernetes.yaml` do when something goes wrong, and what they may do.

use std::collections::BTreeSet;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use yaml_rust2::Yaml;

use super::{container, deploy, find, job, kill_group, run};
use crate::common::{Workspace, said};

/// A workspace whose `precall` is this script, before the real one in the PATH.
fn with_stand_in(script: &str) -> (Workspace, String) {
    let workspace = Workspace::new();
    let (directory, program) = (workspace.path().join("bin"), workspace.path().join("bin/precall"));
    std::fs::create_dir(&directory).expect("made");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("written");
    std::fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("a program");
    let path = format!("{}:{}", directory.display(), std::env::var("PATH").expect("a PATH"));
    (workspace, path)
}

/// Ends with the code that the file `code` has, and tells what it was asked for.
const STAND_IN: &str = "echo \"$@\" > asked; exit \"$(cat code)\"";

#[test]
fn a_part_that_is_not_tried_again_ends_the_job_that_waits_for_it() {
    let (workspace, path) = with_stand_in(STAND_IN);
    let results = workspace.path().join("results");
    let results = results.to_str().expect("UTF-8");
    let part = |code: i32| {
        std::fs::write(workspace.path().join("code"), code.to_string()).expect("written");
        let changed = [("PATH", path.as_str()), ("RESULTS", results), ("JOB_COMPLETION_INDEX", "3")];
        let output = run(&workspace, "precall", &changed).output().expect("it runs");
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
    };
    let merge = |patience: Duration| {
        let changed = [("RESULTS", results), ("PRECALL_SHARDS", "5")];
        let mut merge = run(&workspace, "precall-merge", &changed);
        let mut merge = merge.process_group(0).stderr(Stdio::piped()).spawn().expect("it runs");
        let began = Instant::now();
        while began.elapsed() < patience && merge.try_wait().expect("it can be asked").is_none() {
            std::thread::sleep(Duration::from_millis(20));
        }
        if merge.try_wait().expect("it can be asked").is_none() {
            kill_group(&merge, Signal::SIGKILL);
        }
        let output = merge.wait_with_output().expect("ended");
        (output.status.code(), said(&output))
    };
    for code in [2, 3] {
        part(code);
        let (ended, said) = merge(Duration::from_secs(20));
        assert_eq!(ended, Some(code), "{said}");
        assert!(said.contains("results/3 ended without results"), "{said}");
    }
    // What is tried again is waited for, also where it had given up before.
    for code in [4, 130, 0] {
        part(code);
        assert_eq!(merge(Duration::from_secs(1)).0, None, "the merge after exit code {code}");
    }
}

#[test]
fn a_pod_goes_on_with_its_run_and_passes_signals_on() {
    let (workspace, path) = with_stand_in("trap 'exit 130' TERM\necho \"$@\" > asked\nwhile :; do sleep 0.02; done");
    let results = workspace.path().join("results");
    let dead = results.join("1/20260102T030405-dead");
    let own = results.join("1/20260102T030406-own");
    for directory in [&dead, &own] {
        std::fs::create_dir_all(directory).expect("made");
    }
    // The first pod died before it had written its plan.
    std::fs::write(own.join("plan.json"), "{}").expect("written");
    let results = results.to_str().expect("UTF-8");
    let changed = [("PATH", path.as_str()), ("RESULTS", results), ("JOB_COMPLETION_INDEX", "1")];
    let mut pod = run(&workspace, "precall", &changed).spawn().expect("it runs");
    let asked = || std::fs::read_to_string(workspace.path().join("asked")).unwrap_or_default();
    let began = Instant::now();
    while !asked().ends_with('\n') {
        assert!(began.elapsed() < Duration::from_secs(10), "precall was not called");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(asked().trim_end(), format!("run --resume {} --slots 2", own.display()));
    kill(Pid::from_raw(i32::try_from(pod.id()).expect("a process id")), Signal::SIGTERM).expect("told");
    assert_eq!(pod.wait().expect("ended").code(), Some(130));
}

/// A pod that died between the making of its run's directory and the writing of its plan leaves a directory that is no
/// run.
#[test]
fn a_directory_without_results_is_no_part_of_what_is_joined() {
    let workspace = Workspace::new();
    let results = workspace.path().join("results");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/run");
    let part = results.join("0/20260102T030406-whole");
    copy(&fixture, &part);
    std::fs::create_dir_all(results.join("0/20260102T030405-dead")).expect("made");
    std::fs::write(results.join("0/20260102T030405-dead/.lock"), "").expect("written");
    let expected: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(part.join("results.json")).expect("results")).expect("JSON");
    let changed = [("RESULTS", results.to_str().expect("UTF-8")), ("PRECALL_SHARDS", "1")];
    let output = run(&workspace, "precall-merge", &changed).output().expect("it runs");
    let merged = find(&results.join("merged"), "results.json");
    assert_eq!(merged.len(), 1, "{}", said(&output));
    let merged: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&merged[0]).expect("results")).expect("JSON");
    assert_eq!(merged["outcome"], expected["outcome"]);
    assert_eq!(merged["cases"].as_array().map(Vec::len), expected["cases"].as_array().map(Vec::len));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => {
                std::fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
            }
        }
    }
}

/// What the "restricted" Pod Security Standard asks for, and what keeps a page that got out of Chrome from more than
/// its own results.
#[test]
fn pods_have_no_more_rights_than_they_need() {
    for name in ["precall", "precall-merge"] {
        let job = job(name);
        let (pod, container) = (&job["spec"]["template"]["spec"], container(&job));
        assert_eq!(pod["containers"].as_vec().map(Vec::len), Some(1), "{name}");
        assert_eq!(pod["automountServiceAccountToken"].as_bool(), Some(false), "{name}");
        let of_pod = &pod["securityContext"];
        assert_eq!(of_pod["runAsNonRoot"].as_bool(), Some(true), "{name}");
        assert_eq!(of_pod["seccompProfile"]["type"].as_str(), Some("RuntimeDefault"), "{name}");
        let user = of_pod["runAsUser"].as_i64().expect("a user");
        assert!(user > 0 && deploy("Dockerfile").contains(&format!("\nUSER {user}:{user}\n")), "{name}: {user}");
        let own = &container["securityContext"];
        assert_eq!(own["allowPrivilegeEscalation"].as_bool(), Some(false), "{name}");
        assert_eq!(own["readOnlyRootFilesystem"].as_bool(), Some(true), "{name}");
        assert_eq!(own["capabilities"]["drop"][0].as_str(), Some("ALL"), "{name}");
        assert!(container["resources"]["limits"]["memory"].as_str().is_some(), "{name}");
        assert!(container["resources"]["requests"]["memory"].as_str().is_some(), "{name}");
        // Where it writes: a volume for each place, and nothing of the node's.
        let volumes = pod["volumes"].as_vec().expect("volumes");
        let is_harmless = |volume: &Yaml| {
            !volume["emptyDir"]["sizeLimit"].is_badvalue() || !volume["persistentVolumeClaim"].is_badvalue()
        };
        assert!(volumes.iter().all(is_harmless), "{name}");
        let mounts = container["volumeMounts"].as_vec().expect("mounts");
        let places: BTreeSet<_> = mounts.iter().filter_map(|mount| mount["mountPath"].as_str()).collect();
        assert!(["/tmp", "/home/precall", "/results"].iter().all(|place| places.contains(place)), "{name}: {places:?}");
    }
}

#[test]
fn no_job_waits_for_ever() {
    let seconds = |name: &str| job(name)["spec"]["activeDeadlineSeconds"].as_i64().expect("a deadline");
    assert!(seconds("precall-merge") > seconds("precall"), "it waits for the other");
}
