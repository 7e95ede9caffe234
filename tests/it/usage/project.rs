//! `precall.toml`: defaults of the command line for a project.

use crate::common::documents::{blocks, read, root};
use crate::common::{Workspace, said};

const SCENARIO: &str = "[[case]]\nname = \"clean\"\n[[case]]\nname = \"slow\"\nnetwork.profile = \"3g\"\n";

/// A workspace with a scenario and this `precall.toml`.
fn project(text: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.scenario(SCENARIO);
    std::fs::write(workspace.path().join("precall.toml"), text).expect("written");
    workspace
}

fn precall(workspace: &Workspace, arguments: &[&str]) -> (Option<i32>, String) {
    let output = workspace.precall(arguments).output().expect("precall runs");
    (output.status.code(), said(&output))
}

#[test]
fn scenario_and_repeats_come_from_the_file_and_the_command_line_wins() {
    let workspace = project("scenarios = \"test.toml\"\nrepeat = 3\n[profile.ci]\nrepeat = 2\n");
    for (arguments, cases) in [
        (&["run", "--dry-run"][..], "6 cases"),
        (&["run", "--dry-run", "--profile", "ci"], "4 cases"),
        (&["--profile=ci", "list"], "4 cases"),
        (&["run", "--dry-run", "--repeat", "1"], "2 cases"),
    ] {
        let (code, text) = precall(&workspace, arguments);
        assert!(code == Some(0) && text.contains(cases), "{arguments:?}: {text}");
    }
    let (code, text) = precall(&workspace, &["check"]);
    assert!(code == Some(0) && text.contains("test.toml: valid, 2 cases"), "{text}");
    let (code, text) = precall(&workspace, &["check", "."]);
    assert!(code == Some(0) && !text.contains("precall.toml"), "a directory of scenarios has no project file: {text}");
}

#[test]
fn file_of_the_repository_holds_in_a_directory_below() {
    let workspace = project("scenarios = \"test.toml\"\nruns = \"out/runs\"\n");
    let below = workspace.path().join("a/b");
    std::fs::create_dir_all(&below).expect("made");
    let list = || workspace.precall(&["list"]).current_dir(&below).output().expect("precall runs");
    assert_eq!(list().status.code(), Some(2), "outside of a repository");
    std::fs::create_dir(workspace.path().join(".git")).expect("made");
    assert!(list().status.success(), "{}", said(&list()));
    let help = workspace.precall(&["run", "--help"]).current_dir(&below).output().expect("precall runs");
    // The help breaks lines, also inside of a path.
    let help = said(&help).split_whitespace().collect::<String>();
    assert!(help.contains(&format!("[default:{}]", workspace.path().join("out/runs").display())), "{help}");
}

#[test]
fn mistake_is_shown_with_its_place_where_it_matters() {
    let workspace = project("scenarios = \"test.toml\"\nslot = 1\n");
    for arguments in [&["run", "--dry-run"][..], &["check"], &["check", "precall.toml"], &["history", "list"]] {
        let (code, text) = precall(&workspace, arguments);
        assert_eq!(code, Some(3), "{arguments:?}: {text}");
        for part in ["precall.toml:2:1", "unknown key `slot`", "did you mean `slots`?"] {
            assert!(text.contains(part), "{arguments:?}: {part} in {text}");
        }
    }
    for arguments in [&["networks"][..], &["--help"], &["schema"], &["new", "call"]] {
        assert_eq!(precall(&workspace, arguments).0, Some(0), "{arguments:?}");
    }
    let workspace = project("[profile.nightly]\n");
    let (code, text) = precall(&workspace, &["list", "test.toml", "--profile", "nightli"]);
    assert!(code == Some(2) && text.contains("did you mean `nightly`?"), "{text}");
    let (code, text) = precall(&Workspace::new(), &["list", "--profile", "ci"]);
    assert!(code == Some(2) && text.contains("there is no precall.toml"), "{text}");
}

#[test]
fn schema_and_documents_know_the_same_keys() {
    let workspace = Workspace::new();
    let (_, text) = precall(&workspace, &["schema", "project"]);
    let schema: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let page = read(&root().join("docs/src/reference/project.md"));
    for key in schema["properties"].as_object().expect("keys").keys().filter(|key| *key != "profile") {
        assert!(page.contains(&format!("\n| `{key}` |")), "{key}");
    }
    let example = blocks(&page, "toml")[0];
    let (code, text) = precall(&project(example), &["check", "precall.toml"]);
    assert!(code == Some(0) && text.contains("precall.toml: valid, 1 profile: ci"), "{text}");
}
