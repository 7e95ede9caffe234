//! `precall calibrate --advice` without a browser: on recorded tests, with a truth that was kept.

use crate::common::{Workspace, recorded, said};
use serde_json::{Value, json};

/// The path of a scenario that is not read, since neither tests nor calls run.
const SCENARIO: &str = "advice.toml";

/// A network on which calls sustain a size, or none.
fn network(name: &str, best: Option<&str>, is_borderline: bool) -> Value {
    let sizes = ["320x180", "640x360", "1280x720"].map(|size| {
        let calls = json!([{ "frameRate": 29.9, "missed": [] }]);
        json!({ "size": size, "isSustained": best.is_some(), "calls": calls })
    });
    json!({ "network": name, "best": best, "isBorderline": is_borderline, "sizes": sizes })
}

fn calibrate(workspace: &Workspace, truth: &str, tests: &str) -> (Option<i32>, String) {
    let arguments = ["calibrate", "--advice", SCENARIO, "--truth", truth, "--tests", tests];
    let output = workspace.precall(&arguments).output().expect("precall runs");
    (output.status.code(), said(&output))
}

#[test]
fn advice_is_held_against_a_truth_that_was_kept() {
    let workspace = Workspace::new();
    let run = workspace.path().join("run");
    recorded::copy(&recorded::run(), &run);
    let networks = [network("3g", Some("640x360"), false), network("loss-bursts", None, true)];
    let truth = workspace.path().join("truth.json");
    std::fs::write(&truth, json!({ "networks": networks }).to_string()).expect("written");
    let (code, text) = calibrate(&workspace, "truth.json", "run");
    assert_eq!(code, Some(0), "{text}");
    for part in
        ["calls sustain", "640x360", "none*", "borderline", "How good the advice is", "2.27.6", "page: run/advice.html"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    let table: Value =
        serde_json::from_str(&std::fs::read_to_string(run.join("advice.json")).expect("a table")).expect("JSON");
    assert_eq!(table["steps"], json!(["none", "320x180", "640x360", "1280x720"]));
    assert_eq!(table["networks"].as_array().map(Vec::len), Some(2));
    assert_eq!(table["modules"].as_array().map(Vec::len), Some(2), "{table:#}");
    let page = std::fs::read_to_string(run.join("advice.html")).expect("a page");
    assert!(page.contains("loss-bursts") && page.contains("Is the advice right?"));
}

#[test]
fn what_is_no_truth_is_said() {
    let workspace = Workspace::new();
    let run = workspace.path().join("run");
    recorded::copy(&recorded::run(), &run);
    let write = |name: &str, text: String| std::fs::write(workspace.path().join(name), text).expect("written");
    write("empty.json", json!({ "networks": [] }).to_string());
    write("other.json", json!({ "networks": [network("cable", None, false)] }).to_string());
    write("nonsense.json", "{".to_owned());
    for (truth, part) in [
        ("empty.json", "has no call at a size"),
        ("other.json", "no network of run is in the truth"),
        ("nonsense.json", "nonsense.json is no table of truth"),
        ("missing.json", "missing.json is no table of truth"),
        // A run of network tests has no calls.
        ("run", "run has no call at a size"),
    ] {
        let (code, text) = calibrate(&workspace, truth, "run");
        assert_eq!(code, Some(2), "{truth}: {text}");
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn calls_are_planned_on_the_networks_of_the_tests() {
    let workspace = Workspace::new();
    let text = "[test]\nmodule = \"built-in\"\n[matrix]\nnetwork.rate = [\"300 kbit/s\", \"1 Mbit/s\"]\n";
    std::fs::write(workspace.path().join(SCENARIO), text).expect("written");
    let arguments = ["calibrate", "--advice", SCENARIO, "--dry-run", "--sizes", "320x180,640x360"];
    let output = workspace.precall(&arguments).output().expect("precall runs");
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("4 cases") && text.contains("2 cases"), "{text}");
    let calls = "[[participant]]\nname = \"alice\"\n";
    std::fs::write(workspace.path().join("calls.toml"), calls).expect("written");
    let output = workspace.precall(&["calibrate", "--advice", "calls.toml"]).output().expect("precall runs");
    let text = said(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("calls.toml is a scenario of calls"), "{text}");
}

/// What calls sustain on the networks of the ready scenario is kept, so that nobody has to wait for the calls.
#[test]
fn the_truth_that_is_kept_is_about_the_networks_of_the_ready_scenario() {
    let workspace = Workspace::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let scenario = root.join("scenarios/advice.toml");
    let output = workspace.precall(&["list", "--json", scenario.to_str().expect("UTF-8")]).output().expect("runs");
    let listed: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let cases = listed.as_array().expect("cases");
    let networks: std::collections::BTreeSet<String> = cases
        .iter()
        .map(|case| {
            let axes = case["axes"].as_object().cloned().unwrap_or_default();
            let of_network = axes.iter().filter(|(axis, _)| !matches!(axis.as_str(), "module" | "scoring"));
            let axes = of_network.map(|(axis, value)| format!(" {axis}={}", value.as_str().expect("a text")));
            format!("{}{}", case["name"].as_str().expect("a name"), axes.collect::<String>())
        })
        .collect();
    let kept = std::fs::read_to_string(root.join("calibration/networks.json")).expect("the truth");
    let kept: Value = serde_json::from_str(&kept).expect("JSON");
    let known = kept["networks"].as_array().expect("networks").iter();
    let known: std::collections::BTreeSet<_> =
        known.map(|one| one["network"].as_str().expect("a name").to_owned()).collect();
    assert_eq!(networks, known);
}
