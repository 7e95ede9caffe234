//! The first files of a project.

use std::path::Path;

use crate::common::{Workspace, said};

fn precall(workspace: &Workspace, arguments: &[&str]) -> (Option<i32>, String) {
    let output = workspace.precall(arguments).stdin(std::process::Stdio::null()).output().expect("precall runs");
    (output.status.code(), said(&output))
}

#[test]
fn new_scenarios_are_valid_and_have_no_warning() {
    for kind in ["network", "call", "app"] {
        let workspace = Workspace::new();
        let file = format!("{kind}.toml");
        let (code, text) = precall(&workspace, &["new", kind]);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains(&format!("precall check {file}\n      precall run {file}\n")), "{text}");
        let (code, text) = precall(&workspace, &["check", &file]);
        assert!(code == Some(0) && text.starts_with(&format!("{file}: valid")) && !text.contains("warning"), "{text}");
        let written = std::fs::read_to_string(workspace.path().join(&file)).expect("written");
        assert!(written.contains(&format!("`precall run {file}`")) && !written.contains("{file}"), "{written}");
    }
}

#[test]
fn existing_scenario_is_replaced_only_on_demand() {
    let workspace = Workspace::new();
    let file = workspace.path().join("own.toml");
    std::fs::write(&file, "mine").expect("written");
    let (code, text) = precall(&workspace, &["new", "call", "own.toml"]);
    assert!(
        code == Some(2) && text.contains("own.toml exists; name another file, or replace it with --force"),
        "{text}"
    );
    assert_eq!(std::fs::read_to_string(&file).expect("there"), "mine");
    let (code, text) = precall(&workspace, &["new", "call", "own.toml", "--force"]);
    assert!(code == Some(0) && std::fs::read_to_string(&file).expect("there").contains("[call]"), "{text}");
}

#[test]
fn project_is_valid_for_each_kind_of_gate_and_each_ci_system() {
    let ci = [
        ("github", ".github/workflows/opentok-gate.yaml"),
        ("gitlab", ".gitlab-ci.yml"),
        ("jenkins", "Jenkinsfile"),
        ("azure", "azure-pipelines.yml"),
        ("circleci", ".circleci/config.yml"),
    ];
    for (at, (system, file)) in ci.into_iter().enumerate() {
        let kind = ["network-test", "call", "app"][at % 3];
        let workspace = Workspace::new();
        let options = ["--gate", kind, "--sdk", "2.34.2,2.35.2", "--network", "3g,wifi-hotel", "--ci", system];
        let (code, text) = precall(&workspace, &[&["init"], &options[..]].concat());
        assert!(code == Some(0) && text.contains(&format!("written:   {file}")), "{text}");
        let copied = std::fs::read_to_string(workspace.path().join(file)).expect("written");
        assert!(copied.contains("upgrade-gate.toml"), "{copied}");
        for file in ["precall.toml", "upgrade-gate.toml"] {
            let (code, text) = precall(&workspace, &["check", file]);
            assert!(code == Some(0) && text.contains(": valid") && !text.contains("warning"), "{kind}: {text}");
        }
        // Without a file, that of `precall.toml`.
        let (code, text) = precall(&workspace, &["check"]);
        assert!(code == Some(0) && !text.contains("warning"), "{kind}: {text}");
        let (code, text) = precall(&workspace, &["gate", "upgrade-gate.toml", "--dry-run"]);
        assert!(code == Some(0) && text.contains("is 2.35.2 worse than 2.34.2?"), "{kind}: {text}");
        assert!(text.contains("3g") && text.contains("wifi-hotel"), "{kind}: {text}");
    }
}

#[test]
fn nothing_that_exists_is_overwritten() {
    let workspace = Workspace::new();
    let read = |name: &str| std::fs::read_to_string(workspace.path().join(name)).expect("there");
    let write = |name: &str, text: &str| std::fs::write(workspace.path().join(name), text).expect("written");
    write("upgrade-gate.toml", "mine");
    write("Jenkinsfile", "mine");
    write(".gitignore", "/target");
    let (code, text) = precall(&workspace, &["init", "--yes", "--ci", "jenkins"]);
    assert_eq!(code, Some(0), "{text}");
    for name in ["upgrade-gate.toml", "Jenkinsfile"] {
        assert!(read(name) == "mine" && text.contains(&format!("unchanged: {name}, which exists")), "{text}");
    }
    assert!(text.contains("extended:  .gitignore") && read(".gitignore") == "/target\n/runs/\n", "{text}");
    let (_, text) = precall(&workspace, &["init", "--yes"]);
    assert!(text.contains("unchanged: .gitignore") && read(".gitignore") == "/target\n/runs/\n", "{text}");
}

#[test]
fn init_without_answers_writes_nothing() {
    let workspace = Workspace::new();
    for (arguments, code, part) in [
        (&["init"][..], 2, "there is no terminal to ask on; give --gate, --sdk, --network and --ci, or --yes"),
        (&["init", "--yes", "--network", "3gg"], 2, "there is no network \"3gg\""),
        (&["init", "--yes", "--sdk", "new"], 2, "write two releases"),
    ] {
        let (found, text) = precall(&workspace, arguments);
        assert!(found == Some(code) && text.contains(part), "{arguments:?}: {text}");
    }
    let is_empty = |directory: &Path| std::fs::read_dir(directory).expect("there").next().is_none();
    assert!(is_empty(workspace.path()));
}
