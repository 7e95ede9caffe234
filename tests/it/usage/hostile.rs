//! What pages, builds and files say is printed, and nothing else: it steers no terminal, writes no lines of its own,
//! and is no command to a CI system.

use std::path::Path;

use super::comparisons::{recorded_run, repeated};
use crate::common::{Workspace, recorded, said};

/// A title, the clipboard, a cleared screen, commands to three CI systems, text that runs backwards, and a line that
/// looks like one of ours.
const HOSTILE: &str = "boom \u{1b}]0;OWNED\u{7}\u{1b}[2J\u{1b}]52;c;ZXZpbA==\u{7}\u{9b}1m\u{202e}\n::error file=README.md,line=1::forged\n\
    \u{a0}::stop-commands::deadbeef\r\n ##[group]x ##vso[task.complete result=Succeeded;]\u{2028}##teamcity[buildStop comment='x']\n\
    fake-case: passed after 1 s (1 of 1)";

/// What precall prints of each command line, in a job of GitHub Actions.
fn printed(workspace: &Workspace, arguments: &[&str]) -> String {
    let mut command = workspace.precall(arguments);
    command.env_remove("GITHUB_STEP_SUMMARY").envs([("CI", "true"), ("GITHUB_ACTIONS", "true")]);
    said(&command.output().expect("precall runs"))
}

/// Checks that a text only shows.
fn only_shows(what: &str, text: &str) {
    assert!(text.contains("forged") || text.contains("OWNED"), "{what} says nothing of it: {text}");
    let steers = |c: char| c.is_control() && c != '\n' && c != '\t';
    assert!(!text.contains(steers), "{what}: {text:?}");
    assert!(!text.contains(['\u{202e}', '\u{2028}']), "{what}: {text:?}");
    for line in text.lines() {
        let begins = |sign: &str| line.trim_start().starts_with(sign);
        assert!(!begins("::") && !line.starts_with("fake-case"), "{what}: {line:?} in {text}");
        assert!(["##[", "##vso[", "##teamcity["].iter().all(|command| !line.contains(command)), "{what}: {line}");
    }
}

#[test]
fn what_a_page_said_only_shows() {
    let workspace = Workspace::new();
    let run = recorded::planted(workspace.path(), HOSTILE);
    let run = run.to_str().expect("UTF-8");
    let hostile = |run: &mut serde_json::Value| {
        repeated(run, 1.0);
        run["run"]["scenario"] = HOSTILE.into();
        run["run"]["environment"]["browser"] = HOSTILE.into();
        for case in run["cases"].as_array_mut().expect("cases") {
            (case["outcome"], case["reasons"]) = ("failed".into(), serde_json::json!([HOSTILE]));
        }
    };
    let (old, new) = (recorded_run(&workspace, "old", hostile), recorded_run(&workspace, "new", hostile));
    for arguments in [
        &["explain", run][..],
        &["baseline", "save", &old, "kept"],
        &["baseline", "show", "kept"],
        &["baseline", "show"],
        &["compare", &old, &new, "-v"],
        &["rescore", &old],
    ] {
        let text = printed(&workspace, arguments);
        if text.contains("boom") {
            only_shows(&arguments.join(" "), &text);
        }
    }
    only_shows("a baseline", &printed(&workspace, &["baseline", "show", "kept"]));
}

#[test]
fn what_a_file_says_only_shows() {
    let workspace = Workspace::new();
    let escaped = HOSTILE.escape_unicode().to_string().replace("\\u{", "\\U").replace('}', "");
    // TOML wants eight digits.
    let escaped: String = escaped.split("\\U").skip(1).map(|digits| format!("\\U{digits:0>8}")).collect();
    let scenario =
        format!("name = \"{escaped}\"\n[[case]]\nname = \"a\"\n\"{escaped}\" = 1\nnetwork.rate = \"{escaped}\"\n");
    let file = workspace.scenario(&scenario);
    let raw = workspace.path().join("raw.toml");
    std::fs::write(&raw, format!("[[case]]\nname = \"a\"\n{HOSTILE} = 1\n")).expect("written");
    for file in [&file, &raw] {
        let file = file.to_str().expect("UTF-8");
        for command in ["check", "list", "run"] {
            only_shows(&format!("{command} {file}"), &printed(&workspace, &[command, file]));
        }
    }
    let damaged = workspace.path().join("damaged");
    std::fs::create_dir_all(&damaged).expect("made");
    let results = serde_json::json!({ "schemaVersion": 2, "outcome": HOSTILE, "cases": [] });
    std::fs::write(damaged.join("results.json"), results.to_string()).expect("written");
    only_shows("a damaged run", &printed(&workspace, &["report", "damaged"]));
}

#[test]
fn json_on_standard_output_holds_no_command_and_stays_json() {
    let workspace = Workspace::new();
    let run = recorded_run(&workspace, "run", |run| run["run"]["scenario"] = HOSTILE.into());
    let mut command = workspace.precall(&["rescore", &run, "--json", "-", "--scenario"]);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/demo.toml"));
    let output = command.output().expect("precall runs");
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    let value: serde_json::Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {}", said(&output)));
    assert!(!text.contains("##") && value["run"]["scenario"].to_string().contains("##vso["), "{text}");
}
