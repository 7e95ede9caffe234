//! Searches over releases of OpenTok.js in real Chrome: many cases each. `make test-full`, nightly.

use crate::common::{Workspace, said};
use serde_json::Value;

/// Six repeats of the test of connectivity alone, and a case that is not asked for.
const SHORT: &str = "repeat = 6\n[test]\nquality = false\n[[case]]\nname = \"a\"\n[[case]]\nname = \"other\"";

/// Both ends are run, held against one another, and the answer is given: between these two nothing of it changed.
#[test]
fn releases_between_which_nothing_changed_are_said_to_be_alike() {
    let workspace = Workspace::new();
    let path = workspace.scenario("repeat = 6\n[test]\nquality = false\n[[case]]\nname = \"a\"");
    // How long it takes is the host's as well, which others use.
    let looked_for = ["connectivity.success", "failures", "hangs"].map(|figure| ["--figure", figure]).concat();
    let ends = ["bisect", path.to_str().expect("UTF-8"), "--good", "2.35.1", "--bad", "2.35.2"];
    let arguments = [&ends[..], &looked_for].concat();
    let output = workspace.precall(&arguments).output().expect("precall runs");
    let said = said(&output);
    assert!(
        output.status.code() == Some(0) && said.contains("no change was found between 2.35.1 and 2.35.2"),
        "{said}"
    );
}

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
    assert!(out.contains("a, connectivity.success: improved in 2.16.0; 2.15.10 is the last release before"), "{said}");
    assert!(out.contains("tried: 2.16.0 changed") && !out.contains("other"), "{said}");
    let text = std::fs::read_to_string(workspace.path().join("found.json")).expect("JSON");
    let found: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((found["lastGood"].as_str(), &found["firstBad"][0]), (Some("2.15.10"), &Value::from("2.16.0")));
    let run = found["tried"][0]["run"].as_str().expect("a run");
    assert!(workspace.path().join(run).join("results.json").exists(), "{run}");
}
