//! Commands at a prompt: those that need no browser run, in a directory with the files that they name.
//!
//! `tests/it/deploy/commands.rs` checks the subcommands and flags of all others, in the documents as well.

use std::path::Path;

use crate::common::documents::{all, read, root};
use crate::common::{Workspace, recorded, said};

/// A run in the place of `<run>`.
const RUN: &str = "20261125T093047-upgrade";

/// The words of each command after `$ precall`, without the remark behind it.
fn commands(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter_map(|line| line.trim_start().strip_prefix("$ precall "));
    let commands = lines.map(|line| line.split(" # ").next().unwrap_or_default());
    commands.map(|command| command.replace("<run>", RUN).split_whitespace().map(str::to_owned).collect()).collect()
}

/// The command as it can run without a browser: cases are planned and not run. `None` if there is no such way.
fn without_browser(mut words: Vec<String>) -> Option<Vec<String>> {
    let has = |flags: &[&str]| words.iter().any(|word| flags.contains(&word.as_str()));
    let is_planned = ["run", "gate"].contains(&words.first()?.as_str());
    if is_planned && has(&["--resume", "--browser", "--baseline", "--profile"]) {
        return None;
    }
    if is_planned && !has(&["--dry-run"]) {
        words.push("--dry-run".to_owned());
    }
    let others = ["check", "list", "networks", "schema", "explain", "report", "compare", "rescore", "baseline"];
    (is_planned || others.contains(&words.first()?.as_str())).then_some(words)
}

/// Puts what a command names into the workspace: a recorded run for a run, and a scenario for a scenario.
fn provide(workspace: &Path, word: &str) {
    let path = workspace.join(word);
    if path.exists() {
        return;
    }
    if word.starts_with("runs/") {
        recorded::copy(&recorded::run(), &path);
    } else if word.ends_with(".toml") {
        let ready = root().join("scenarios").join(path.file_name().expect("a name"));
        let source = if ready.exists() { ready } else { root().join("scenarios/degraded-networks.toml") };
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        std::fs::copy(source, &path).expect("copied");
    }
}

#[test]
fn run_where_they_need_no_browser() {
    let workspace = Workspace::new();
    let mut count = 0;
    for document in all() {
        for words in commands(&read(&document)).into_iter().filter_map(without_browser) {
            words.iter().for_each(|word| provide(workspace.path(), word));
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            let output = workspace.precall(&words).output().expect("it runs");
            // The recorded run has no repeats, so a comparison of it cannot tell.
            let is_understood = matches!(output.status.code(), Some(0 | 4));
            assert!(is_understood, "{}: precall {}\n{}", document.display(), words.join(" "), said(&output));
            count += 1;
        }
    }
    assert!(count >= 20, "only {count} commands");
}
