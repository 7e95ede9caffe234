//! What commands print where there is no terminal: lines of one width, and whole words.

use super::comparisons::{recorded_run, repeated};
use crate::common::{Workspace, said};

/// How wide lines are in a file.
const WIDTH: usize = 100;

fn recorded() -> String {
    crate::common::recorded::run().display().to_string()
}

fn precall(workspace: &Workspace, arguments: &[&str]) -> (Option<i32>, String) {
    let output = workspace.precall(arguments).output().expect("precall runs");
    (output.status.code(), said(&output))
}

#[test]
fn no_line_in_a_file_is_too_wide() {
    let workspace = Workspace::new();
    let old = recorded_run(&workspace, "old", |run| repeated(run, 1.0));
    let new = recorded_run(&workspace, "new", |run| repeated(run, 0.8));
    let scenario = workspace.scenario(
        "repeat = 6\n[matrix]\nnetwork = [\"3g\", \"wifi-congested\"]\nsdk = [\"2.34.2\", \"2.35.2\"]\n\"network.loss\" = [\"1 %\", \"2 %\"]",
    );
    let (scenario, recorded) = (scenario.to_str().expect("UTF-8"), recorded());
    for arguments in [
        &["networks"][..],
        &["networks", "-v"],
        &["list", scenario],
        &["run", scenario, "--dry-run"],
        &["compare", &old, &new],
        &["compare", &old, &new, "-v"],
        &["compare", &recorded, "--axis", "sdk=2.27.6,2.35.2"],
        &["explain", &recorded],
    ] {
        let (_, text) = precall(&workspace, arguments);
        // What stands on standard error are messages, not tables.
        let lines = text.lines().filter(|line| !line.starts_with("warning") && !line.contains(recorded.as_str()));
        let widest = lines.max_by_key(|line| line.chars().count()).expect("lines");
        assert!(widest.chars().count() <= WIDTH, "{arguments:?}: {widest}\n{text}");
    }
}

#[test]
fn a_case_is_explained_by_a_part_of_its_name() {
    let workspace = Workspace::new();
    let recorded = recorded();
    let explain = |words: &[&str]| precall(&workspace, &[&["explain", &recorded], words].concat());
    for words in [&["call,sdk=2.27.6,network=3g"][..], &["2.27.6 3g"], &["2.27.6", "3g"], &["3G", "2.27"]] {
        let (code, text) = explain(words);
        assert!(code == Some(0) && text.starts_with("call,sdk=2.27.6,network=3g: passed"), "{words:?}: {text}");
    }
    // Those that failed, without being named.
    let (code, text) = explain(&[]);
    assert_eq!(code, Some(0), "{text}");
    for id in ["call,sdk=2.27.6,network=loss-bursts: failed", "call,sdk=2.35.2,network=loss-bursts: failed"] {
        assert!(text.contains(id), "{text}");
    }
    assert!(!text.contains("(error, line"), "{text}");
    let (code, text) = explain(&["loss-bursts"]);
    assert!(code == Some(2) && text.contains("2 cases of") && text.contains("2.35.2 loss-bursts"), "{text}");
    let (code, text) = explain(&["wifi"]);
    assert!(code == Some(2) && text.contains("has no case wifi; it has") && text.contains("2.27.6 lte"), "{text}");
}

#[test]
fn networks_are_grouped_and_printed_as_json() {
    let workspace = Workspace::new();
    let (code, text) = precall(&workspace, &["networks"]);
    assert!(
        code == Some(0) && text.starts_with("Mobile. Use `3g`") && text.contains("Presets of other tools."),
        "{text}"
    );
    let (code, text) = precall(&workspace, &["networks", "--json"]);
    let networks: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let hotel = networks.as_array().expect("networks").iter().find(|network| network["name"] == "wifi-hotel");
    let hotel = hotel.expect("it is there");
    assert!(code == Some(0) && hotel["group"] == "wi-fi" && hotel["network"]["up"]["delay"] == 40.0, "{hotel}");
    let (_, text) = precall(&workspace, &["networks", "3g", "--json"]);
    let network: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert!(network["name"] == "3g" && network["toml"].as_str().is_some_and(|toml| toml.contains("[profiles.3g]")));
}
