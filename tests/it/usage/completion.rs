//! The completion of the command line in a real shell, and the manual pages.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::common::{Workspace, recorded, said};

/// Asks Bash, with the script of precall loaded, what can follow. Words are as Bash splits them, and the last one has
/// the cursor.
fn completed(workspace: &Workspace, words: &[&str]) -> Vec<String> {
    let line = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let last = words.last().filter(|word| !["=", ":"].contains(*word)).unwrap_or(&"");
    let script = format!(
        "source <(precall completions bash); COMP_WORDS=({line}); COMP_CWORD={}; COMP_TYPE=9\n\
         _clap_complete_precall precall '{last}' ''; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        words.len() - 1
    );
    let output = bash(workspace, &script);
    // `compopt` says outside of a real completion that there is none; nothing else may be said.
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && errors.is_empty(), "{words:?}: {errors}");
    String::from_utf8(output.stdout)
        .expect("UTF-8")
        .lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

fn bash(workspace: &Workspace, script: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_precall"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let directories =
        std::iter::once(program.parent().expect("a directory").to_owned()).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(directories).expect("a path");
    let mut command = Command::new("bash");
    command.args(["--norc", "-c", script]).env("PATH", path).current_dir(workspace.path());
    command.output().expect("bash runs")
}

#[test]
fn bash_completes_values_of_the_moment() {
    let workspace = Workspace::new();
    workspace.scenario("[matrix]\nnetwork = [\"3g\", \"cable\"]\n[[case]]\nname = \"clean\"");
    std::fs::create_dir(workspace.path().join("scenarios")).expect("made");
    std::fs::write(workspace.path().join("scenarios/night.toml"), "").expect("written");
    std::fs::write(workspace.path().join("precall.toml"), "").expect("written");
    recorded::copy(&recorded::run(), &workspace.path().join("runs/20260102T030405-a"));
    let of = |words: &[&str]| completed(&workspace, &[&["precall"], words].concat());
    assert_eq!(of(&["comple"]), ["completions"]);
    assert_eq!(of(&["run", "te"]), ["test.toml"]);
    let all = of(&["run", ""]);
    assert!(all.contains(&"scenarios/night.toml".to_owned()) && !all.contains(&"precall.toml".to_owned()), "{all:?}");
    assert_eq!(of(&["run", "test.toml", "--filter", "n"]), ["network="]);
    assert_eq!(of(&["run", "test.toml", "--filter", "network", "="]), ["3g", "cable"]);
    assert_eq!(of(&["run", "test.toml", "--filter", "network", "=", "c"]), ["cable"]);
    assert_eq!(of(&["gate", "--network", "wifi-h"]), ["wifi-hotel"]);
    assert_eq!(of(&["history", "trend", "video.bit"]), ["video.bitrate"]);
    assert_eq!(of(&["compare", "a", "b", "--minimum", "video.bit"]), ["video.bitrate="]);
    assert_eq!(of(&["run", "--report", "ju"]), ["junit"]);
    assert_eq!(of(&["explain", "r"]), ["runs/20260102T030405-a"]);
    assert_eq!(of(&["completions", "z"]), ["zsh"]);
    assert_eq!(of(&["browser", "install", "firefox", "@", "e"]), ["esr"]);
}

#[test]
fn broken_scenario_has_no_values_and_no_words() {
    let workspace = Workspace::new();
    for text in ["[[case]", "[[case]]\nname = \"a\"\nnonsense = 1", "\u{0}", "extends = \"test.toml\""] {
        workspace.scenario(text);
        let found = completed(&workspace, &["precall", "run", "test.toml", "--filter", ""]);
        assert_eq!(found, [] as [&str; 0], "{text}");
    }
    assert_eq!(completed(&workspace, &["precall", "run", "none.toml", "--filter", ""]), [] as [&str; 0]);
}

#[test]
fn other_shells_have_a_script_and_unknown_ones_none() {
    let workspace = Workspace::new();
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        let output = workspace.precall(&["completions", shell]).output().expect("runs");
        assert!(output.status.success() && said(&output).contains("PRECALL_COMPLETE"), "{shell}: {}", said(&output));
    }
    let output = workspace.precall(&["completions", "nushell"]).output().expect("runs");
    assert_eq!(output.status.code(), Some(2));
    let output = workspace.precall(&["--", "precall", "r"]).env("PRECALL_COMPLETE", "nushell").output().expect("runs");
    assert!(output.status.success() && said(&output).is_empty(), "{}", said(&output));
}

/// The warnings of the formatter about a page; `None` where it is not installed.
fn warnings(page: &Path) -> Option<String> {
    let output =
        Command::new("man").args(["--warnings", "-E", "UTF-8", "-Tutf8", "-Z", "-l"]).arg(page).output().ok()?;
    Some(String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn manual_pages_are_written_and_well_formed() {
    let workspace = Workspace::new();
    let output = workspace.precall(&["man", "share/man1"]).output().expect("runs");
    assert!(output.status.success(), "{}", said(&output));
    let entries = std::fs::read_dir(workspace.path().join("share/man1")).expect("pages");
    let pages: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    assert!(said(&output).contains(&format!("{} pages in share/man1", pages.len())), "{}", said(&output));
    let wrong = workspace.path().join("wrong.1");
    std::fs::write(&wrong, ".TH wrong 1\n.SH NAME\nwrong \\n[none]\n.nonsense\n").expect("written");
    match warnings(&wrong) {
        Some(text) if !text.is_empty() => {}
        // Some installations have no formatter behind `man`.
        _ => return eprintln!("skipped: no man that warns"),
    }
    for page in pages {
        assert_eq!(warnings(&page).as_deref(), Some(""), "{}", page.display());
    }
}
