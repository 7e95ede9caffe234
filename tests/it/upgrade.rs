//! The verdict on an upgrade, end to end in real Chrome: a gate of two releases, as short as it can be.

use crate::common::{Workspace, said};

/// Connectivity alone: six repeats of it take as long as one test of quality.
const SCENARIO: &str = "[test]\nquality = false\n[gate]\nfrom = \"2.34.2\"\nto = \"2.35.2\"\nnetwork = \"cable\"\nmaxRepeats = 6\n\
                        [expect]\nconnectivity.success = true";

#[test]
fn a_gate_ends_with_one_sentence_and_its_exit_code() {
    let workspace = Workspace::new();
    let path = workspace.scenario(SCENARIO);
    let junit = workspace.path().join("junit.xml");
    let report = format!("junit={}", junit.display());
    let arguments = ["gate", path.to_str().expect("UTF-8"), "--report", &report];
    let output = workspace.precall(&arguments).output().expect("precall runs");
    let (said, results) = (said(&output), workspace.results());
    let upgrade = &results["upgrade"];
    let sentence = upgrade["sentence"].as_str().unwrap_or_else(|| panic!("{said}"));
    // A busy host may keep it from answering; what it answers has to be said in the same way everywhere.
    let code = match (upgrade["answer"].as_str(), results["outcome"].as_str()) {
        (Some("no-worse"), Some("passed")) => 0,
        (Some("worse"), Some("failed")) => 1,
        (Some("cannot-tell"), Some("inconclusive")) => 4,
        other => panic!("{other:?}: {said}"),
    };
    assert_eq!(output.status.code(), Some(code), "{said}");
    // Lines are as wide as a terminal; the sentence is the last thing that is said.
    let words = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.ends_with(sentence), "{said}");
    assert!(said.contains("gate: is 2.35.2 worse than 2.34.2?") && said.contains("6 repeats, 12 cases"), "{said}");
    assert_eq!(results["run"]["gate"]["repeats"], 6);
    assert_eq!(results["cases"].as_array().map(Vec::len), Some(12), "{said}");
    let junit = std::fs::read_to_string(junit).expect("a report");
    assert!(junit.contains("<testcase name=\"2.35.2 is") || junit.contains("<testcase name=\"Cannot tell"), "{junit}");

    // The same run, compared and reported without saying what of it.
    let run = workspace.run_directory().expect("a run");
    let run = run.to_str().expect("UTF-8");
    let compared = workspace.precall(&["compare", run]).output().expect("precall runs");
    assert!(crate::common::said(&compared).contains("2.34.2"), "{}", crate::common::said(&compared));
    let markdown = workspace.precall(&["report", run, "--format", "markdown"]).output().expect("precall runs");
    let first = String::from_utf8_lossy(&markdown.stdout).lines().next().unwrap_or_default().to_owned();
    assert!(first.starts_with("**") && first.contains("2.34.2"), "{first}");
}

mod nightly {
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    use super::*;

    /// The cases of a run that have ended.
    fn ended(workspace: &Workspace) -> usize {
        let Some(run) = workspace.run_directory() else { return 0 };
        let Ok(cases) = std::fs::read_dir(run.join("cases")) else { return 0 };
        cases.flatten().filter(|case| case.path().join("result.json").exists()).count()
    }

    #[test]
    fn a_gate_that_is_killed_is_resumed_with_its_question() {
        let workspace = Workspace::new();
        let path = workspace.scenario(SCENARIO);
        let mut child = workspace
            .precall(&["gate", path.to_str().expect("UTF-8")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("precall runs");
        let began = Instant::now();
        while ended(&workspace) < 3 {
            assert!(began.elapsed() < Duration::from_secs(60), "no case ends");
            std::thread::sleep(Duration::from_millis(20));
        }
        child.kill().expect("killed");
        child.wait().expect("ended");
        let run = workspace.run_directory().expect("a run");
        assert!(!run.join("results.json").exists(), "it was killed too late");
        let resume = ["run", "--resume", run.to_str().expect("UTF-8")];
        let output = workspace.precall(&resume).output().expect("precall runs");
        let (said, results) = (said(&output), workspace.results());
        assert_eq!(results["cases"].as_array().map(Vec::len), Some(12), "{said}");
        assert_eq!(
            (&results["run"]["gate"]["from"], &results["run"]["gate"]["to"]),
            (&"2.34.2".into(), &"2.35.2".into())
        );
        let sentence = results["upgrade"]["sentence"].as_str().unwrap_or_else(|| panic!("{said}"));
        let words = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.ends_with(sentence), "{said}");
        let code = match results["upgrade"]["answer"].as_str() {
            Some("no-worse") => 0,
            Some("worse") => 1,
            Some("cannot-tell") => 4,
            other => panic!("{other:?}: {said}"),
        };
        assert_eq!(output.status.code(), Some(code), "{said}");
    }
}
