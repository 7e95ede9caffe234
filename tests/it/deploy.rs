//! What is in `deploy/`: the manifests are read, and what their containers do is done here.

mod commands;
mod pods;

use std::collections::BTreeSet;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::common::{Workspace, said};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use yaml_rust2::{Yaml, YamlLoader};

fn deploy(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The documents of a manifest.
fn documents(name: &str) -> Vec<Yaml> {
    YamlLoader::load_from_str(&deploy(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A Job of a manifest.
fn job(name: &str) -> Yaml {
    let jobs = documents("kubernetes.yaml").into_iter().filter(|document| document["kind"].as_str() == Some("Job"));
    jobs.into_iter()
        .find(|job| job["metadata"]["name"].as_str() == Some(name))
        .unwrap_or_else(|| panic!("no Job {name}"))
}

fn container(job: &Yaml) -> &Yaml {
    &job["spec"]["template"]["spec"]["containers"][0]
}

/// Runs what a Job's container runs, with its environment but for `changed`.
fn run(workspace: &Workspace, name: &str, changed: &[(&str, &str)]) -> Command {
    let job = job(name);
    let container = container(&job);
    let words = |key: &str| {
        let words = container[key].as_vec().unwrap_or_else(|| panic!("no {key}"));
        words.iter().map(|word| word.as_str().expect("a string").to_owned()).collect::<Vec<_>>()
    };
    let all = [words("command"), words("args")].concat();
    let mut command = Command::new(&all[0]);
    let program = PathBuf::from(env!("CARGO_BIN_EXE_precall"));
    let path =
        format!("{}:{}", program.parent().expect("a directory").display(), std::env::var("PATH").expect("a PATH"));
    command.args(&all[1..]).current_dir(workspace.path()).env("PATH", path).env_remove("PRECALL_CHROME");
    for variable in container["env"].as_vec().expect("an environment") {
        command.env(variable["name"].as_str().expect("a name"), variable["value"].as_str().expect("a string"));
    }
    // The container's own is not here.
    command.envs(std::env::var_os("HOME").map(|home| ("HOME", home))).envs(changed.iter().copied());
    command
}

fn kill_group(child: &Child, signal: Signal) {
    let group = i32::try_from(child.id()).expect("a process id");
    killpg(Pid::from_raw(group), signal).expect("a group");
}

/// The files of this name below a directory.
fn find(directory: &Path, name: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    let found = entries.map(|path| match path.is_dir() {
        true => find(&path, name),
        false => {
            if path.ends_with(name) {
                vec![path]
            } else {
                Vec::new()
            }
        }
    });
    found.flatten().collect()
}

#[test]
fn the_jobs_fit_together() {
    let (precall, merge) = (job("precall"), job("precall-merge"));
    let variable = |job: &Yaml, name: &str| {
        let all = container(job)["env"].as_vec().expect("an environment").clone();
        let found = all.into_iter().find(|variable| variable["name"].as_str() == Some(name));
        found.and_then(|variable| Some(variable["value"].as_str()?.to_owned()))
    };
    let shards = variable(&precall, "PRECALL_SHARDS");
    assert_eq!(precall["spec"]["completions"].as_i64().map(|count| count.to_string()), shards);
    assert_eq!(variable(&merge, "PRECALL_SHARDS"), shards);
    assert_eq!(precall["spec"]["completionMode"].as_str(), Some("Indexed"));
    for job in [&precall, &merge] {
        // Policies for failed pods are for such that are not restarted in place.
        assert_eq!(job["spec"]["template"]["spec"]["restartPolicy"].as_str(), Some("Never"));
        let (volume, mount) = (&job["spec"]["template"]["spec"]["volumes"][0], &container(job)["volumeMounts"][0]);
        assert_eq!(volume["name"], mount["name"]);
        assert_eq!(mount["mountPath"].as_str(), variable(job, "RESULTS").as_deref());
    }
    let scenario = variable(&precall, "SCENARIO").expect("a scenario");
    assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(scenario.trim_start_matches('/')).exists(), "{scenario}");
}

#[test]
fn images_are_named_without_their_registry() {
    let text = [deploy("Dockerfile"), deploy("kubernetes.yaml")].concat();
    let images = text.lines().filter_map(|line| {
        let line = line.trim();
        line.strip_prefix("FROM ").or(line.strip_prefix("image: ")).and_then(|image| image.split_whitespace().next())
    });
    let images: Vec<_> = images.collect();
    assert!(images.len() >= 4, "{images:?}");
    assert!(images.iter().all(|image| !image.contains('/')), "{images:?}");
}

/// A remote browser lacks what the guide leaves out.
#[test]
fn the_guide_names_the_arguments_of_a_remote_browser() {
    let guide =
        crate::common::documents::read(&crate::common::documents::root().join("docs/src/guide/remote-browsers.md"));
    for argument in precall_browser::NEEDED_ARGUMENTS {
        assert!(guide.contains(argument), "{argument}");
    }
}

mod nightly {
    use super::*;

    /// Two pods of an indexed job, of which one is evicted half-way, and the pod that joins their results.
    #[test]
    fn an_indexed_job_runs_every_case_once() {
        let workspace = Workspace::new();
        let scenario = workspace.scenario(
            "repeat = 4\n[test]\nquality = false\n[expect]\nconnectivity.success = true\n[[case]]\nname = \"a\"",
        );
        let results = workspace.path().join("results");
        let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
        let (scenario, results) = (text(&scenario), text(&results));
        let pod = |index: &str| {
            run(
                &workspace,
                "precall",
                &[
                    ("SCENARIO", &scenario),
                    ("RESULTS", &results),
                    ("PRECALL_SHARDS", "2"),
                    ("JOB_COMPLETION_INDEX", index),
                ],
            )
        };
        let mut evicted =
            pod("0").process_group(0).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        let first = || find(Path::new(&results), "result.json");
        let began = Instant::now();
        while first().is_empty() {
            assert!(began.elapsed() < Duration::from_secs(60), "no case comes to an end");
            std::thread::sleep(Duration::from_millis(20));
        }
        // An eviction that comes without a warning ends every process of the pod.
        kill_group(&evicted, Signal::SIGKILL);
        evicted.wait().expect("ended");
        let ended = |output: &Output| assert_eq!(output.status.code(), Some(0), "{}", said(output));
        for index in ["0", "1"] {
            ended(&pod(index).output().expect("it runs"));
        }
        assert_eq!(find(Path::new(&results), "results.json").len(), 2, "one run each");
        let merge = || run(&workspace, "precall-merge", &[("RESULTS", &results), ("PRECALL_SHARDS", "2")]);
        ended(&merge().output().expect("it runs"));
        let merged = find(&Path::new(&results).join("merged"), "results.json");
        let whole = std::fs::read_to_string(&merged[0]).expect("results");
        let whole: serde_json::Value = serde_json::from_str(&whole).expect("JSON");
        let ids: BTreeSet<_> =
            whole["cases"].as_array().expect("cases").iter().map(|case| case["case"].to_string()).collect();
        assert_eq!((ids.len(), whole["outcome"].as_str()), (4, Some("passed")));
    }
}
