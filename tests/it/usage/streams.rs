//! Standard output and standard error that nobody takes: closed, full, or a pipe whose reader goes away.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::comparisons::{recorded_run, repeated};
use crate::common::{Workspace, said};

/// Where a stream leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sink {
    /// `>&-`.
    Closed,
    /// A disk without room.
    Full,
    /// `| head -1`.
    Head,
    /// `| true`.
    Nobody,
    /// Standard error as well as standard output on a disk without room.
    BothFull,
}

const SINKS: [Sink; 5] = [Sink::Closed, Sink::Full, Sink::Head, Sink::Nobody, Sink::BothFull];

/// Runs a command with its standard output at a sink; gives its exit code, and what it said on standard error.
fn run(mut command: Command, sink: Sink) -> (Option<i32>, String) {
    let full = || OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    command.stderr(Stdio::piped());
    match sink {
        Sink::Full => drop(command.stdout(full())),
        Sink::BothFull => drop(command.stdout(full()).stderr(full())),
        Sink::Head | Sink::Nobody => drop(command.stdout(Stdio::piped())),
        Sink::Closed => {
            let arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
            let mut shell = Command::new("/bin/sh");
            shell.args(["-c", "exec \"$0\" \"$@\" >&-"]).arg(command.get_program()).args(arguments);
            shell.current_dir(command.get_current_dir().expect("a directory")).stderr(Stdio::piped());
            for (name, value) in command.get_envs() {
                match value {
                    Some(value) => shell.env(name, value),
                    None => shell.env_remove(name),
                };
            }
            command = shell;
        }
    }
    let mut child = command.spawn().expect("it starts");
    let stdout = child.stdout.take();
    if sink == Sink::Head {
        let mut line = String::new();
        BufReader::new(stdout.expect("piped")).read_line(&mut line).expect("UTF-8");
    } else {
        drop(stdout);
    }
    let output = child.wait_with_output().expect("it ends");
    (output.status.code(), said(&output))
}

/// A workspace with all that the commands below name.
fn prepared() -> Workspace {
    let workspace = Workspace::new();
    // More cases than a pipe holds lines.
    let values: Vec<_> = (0..700).map(|number| format!("\"{} kbit/s\"", 100 + number)).collect();
    let scenario = format!("[matrix]\nnetwork.rate = [{}]\nsdk = [\"2.27.6\", \"2.35.2\"]", values.join(", "));
    std::fs::write(workspace.path().join("many.toml"), scenario).expect("written");
    recorded_run(&workspace, "old", |run| repeated(run, 1.0));
    recorded_run(&workspace, "new", |run| repeated(run, 0.8));
    let fixture = crate::common::recorded::run();
    let mut copy = Command::new("cp");
    copy.args(["-r", fixture.to_str().expect("UTF-8"), "recorded"]).current_dir(workspace.path());
    assert!(copy.status().expect("cp runs").success());
    let report =
        r#"{"kind": "precall-test", "version": 1, "audioOnly": false, "verdict": {"grade": "pass", "reasons": []}}"#;
    std::fs::write(workspace.path().join("report.json"), report).expect("written");
    let chrome = workspace.path().join("bin");
    std::fs::create_dir_all(&chrome).expect("made");
    std::fs::write(chrome.join("chromium"), "#!/bin/sh\necho Chromium 156.0.0.0\n").expect("written");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(chrome.join("chromium"), executable).expect("executable");
    workspace
}

/// A command line for each thing that a subcommand prints. `N` stands for a name that no other has.
const COMMANDS: [&str; 49] = [
    "--help",
    "--version",
    "run --help",
    "run many.toml --dry-run",
    "run none.toml",
    "list many.toml",
    "list many.toml --json",
    "gate --from 2.27.6 --to 2.35.2 --network 3g --dry-run",
    "gate many.toml --from 2.27.6 --to 2.27.6",
    "merge old",
    "compare old new",
    "compare old new --json -",
    "compare old new --json c-N.json --report html=c-N.html",
    "rescore recorded --scenario many.toml",
    "rescore recorded --json -",
    "explain recorded call,sdk=2.27.6,network=3g",
    "bisect many.toml --good 2.35.2 --bad 2.27.6",
    "baseline save old N",
    "baseline show",
    "baseline show kept",
    "baseline accept new kept --report html=b-N.html",
    "report recorded",
    "report recorded --format html --output -",
    "report recorded --format junit",
    "report recorded --format markdown",
    "report recorded --format github",
    "report recorded --format openmetrics",
    "report recorded --format openmetrics-backfill",
    "report recorded --format json --output r-N.json",
    "report recorded --format csv",
    "report recorded --format csv-seconds",
    "report recorded --format ctrf",
    "report recorded --format tap",
    "calibrate recorded",
    "history list --runs .",
    "history flaky --runs .",
    "from-report report.json",
    "history list --runs . --json",
    "history trend video.bitrate --runs .",
    "history trend video.bitrate --runs . --csv",
    "check many.toml",
    "schema",
    "schema project",
    "networks",
    "doctor",
    "completions bash",
    "man pages",
    "new call call-N.toml",
    // The last one, since it sets defaults for all others.
    "init --yes",
];

#[test]
fn output_that_nobody_takes_changes_no_exit_code() {
    let workspace = prepared();
    let command = |line: &str, number: usize| {
        let line = line.replace('N', &format!("n{number}"));
        let mut command = workspace.precall(&line.split(' ').collect::<Vec<_>>());
        command.env("PATH", workspace.path().join("bin"));
        command
    };
    let kept = command("baseline save old kept", 0).output().expect("it runs");
    assert_eq!(kept.status.code(), Some(0), "{}", said(&kept));
    let mut number = 0;
    let mut wrong = Vec::new();
    for line in COMMANDS.into_iter().chain(["networks 3g", "browser install"]) {
        number += 1;
        let wanted = command(line, number).output().expect("it runs");
        for sink in SINKS {
            number += 1;
            let (code, text) = run(command(line, number), sink);
            if code != wanted.status.code() || text.contains("panicked") {
                wrong.push(format!("{line} ({sink:?}): {code:?} instead of {}: {text}", wanted.status));
            }
            // Nobody is told that he closed his pipe; a full disk is worth a line.
            if wanted.stderr.is_empty() && !wanted.stdout.is_empty() {
                let is_told = text.contains("standard output could not be written: No space left");
                if !line.starts_with('-') && !line.ends_with("--help") && is_told != (sink == Sink::Full) {
                    wrong.push(format!("{line} ({sink:?}) says {text:?}"));
                }
            }
            let written = line
                .split([' ', '='])
                .filter(|word| word.contains("-N."))
                .map(|name| name.replace('N', &format!("n{number}")));
            wrong.extend(
                written
                    .filter(|file| !workspace.path().join(file).is_file())
                    .map(|file| format!("{line} ({sink:?}): no {file}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_subcommand_is_tried_with_output_that_nobody_takes() {
    let help = said(&Workspace::new().precall(&["--help"]).output().expect("it runs"));
    let listed = help.split("Commands:").nth(1).and_then(|rest| rest.split("Options:").next()).expect("a list");
    let is_name = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let commands: BTreeSet<_> =
        listed.lines().filter(is_name).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() > 10, "{help}");
    let tried: BTreeSet<_> = COMMANDS.iter().filter_map(|line| line.split(' ').next()).collect();
    // The platform, the pages and the tools go on until they are ended, and have tests of their own; `browser install`
    // is tried beside the list.
    let missing: Vec<_> = commands
        .difference(&tried)
        .filter(|name| !["platform", "serve", "mcp", "browser", "help"].contains(name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// A run of which every case has ended: to go on with it is to start a browser, conclude the run and report it.
fn concluded(workspace: &Workspace, name: &str) -> std::path::PathBuf {
    let scenario = workspace.path().join("concluded.toml");
    std::fs::write(&scenario, "[[case]]\nname = \"clean\"\n").expect("written");
    let digest = precall_scenario::load(&scenario).expect("a scenario").digest;
    let run = workspace.path().join(name);
    let case = run.join("cases/clean");
    std::fs::create_dir_all(&case).expect("made");
    let results: serde_json::Value =
        serde_json::from_str(include_str!("../../fixtures/results.json")).expect("a recorded result");
    let mut result = results["cases"][0].clone();
    result["outcome"] = "failed".into();
    std::fs::write(case.join("result.json"), result.to_string()).expect("written");
    let plan = serde_json::json!({
        "scenarios": [scenario], "scenarioDigest": digest, "sdks": [], "modules": [], "filters": [], "releases": {}, "tags": {},
        "planned": ["clean"], "cases": ["clean"],
    });
    std::fs::write(run.join("plan.json"), plan.to_string()).expect("written");
    run
}

#[test]
fn a_run_writes_its_reports_whether_or_not_anybody_reads_what_it_prints() {
    let workspace = prepared();
    let saved = workspace.precall(&["baseline", "save", "old", "kept"]).output().expect("it runs");
    assert_eq!(saved.status.code(), Some(0), "{}", said(&saved));
    let command = |name: &str| {
        concluded(&workspace, name);
        let junit = format!("junit={name}.xml");
        workspace.precall(&[
            "run",
            "--resume",
            name,
            "--report",
            "html",
            "--report",
            &junit,
            "--report",
            "github",
            "--baseline",
            "kept",
            "--allow-unlike",
        ])
    };
    let wanted = command("whole").output().expect("it runs");
    let text = said(&wanted);
    assert!(wanted.status.code() == Some(1) && text.contains("junit: whole.xml"), "{text}");
    for sink in [Sink::BothFull, Sink::Nobody] {
        let name = format!("{sink:?}");
        let (code, text) = run(command(&name), sink);
        assert_eq!(code, Some(1), "{sink:?}: {text}");
        let run = workspace.path().join(&name);
        for file in [
            run.join("report.html"),
            run.join("comparison.json"),
            run.join("results.json"),
            workspace.path().join(format!("{name}.xml")),
        ] {
            assert!(file.is_file(), "{sink:?}: no {}: {text}", file.display());
        }
    }
    // A report that cannot be written costs neither the verdict nor the reports after it.
    concluded(&workspace, "half");
    let output = workspace
        .precall(&["run", "--resume", "half", "--report", "html=/proc/no/file", "--report", "junit=half.xml"])
        .output()
        .expect("it runs");
    let text = said(&output);
    assert!(output.status.code() == Some(1) && text.contains("could not write /proc/no/file"), "{text}");
    assert!(workspace.path().join("half.xml").is_file(), "{text}");
}

#[test]
fn events_on_standard_output_end_quietly() {
    let workspace = prepared();
    for sink in [Sink::Full, Sink::Nobody] {
        let name = format!("{sink:?}");
        concluded(&workspace, &name);
        let command = workspace.precall(&["run", "--resume", &name, "--events", "-", "--report", "junit"]);
        let (code, text) = run(command, sink);
        assert_eq!(code, Some(1), "{sink:?}: {text}");
        assert!(workspace.path().join(&name).join("junit.xml").is_file(), "{sink:?}: {text}");
    }
}
