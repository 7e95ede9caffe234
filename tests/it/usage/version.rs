//! The version, with the commit of a checkout, and the colours of output.

#[path = "../../../build/commit.rs"]
mod commit;

use std::path::Path;
use std::process::Command;

use commit::of_checkout;

use crate::common::{Workspace, said};

/// Runs git in a directory, without the settings of the user and of the machine.
fn git(directory: &Path, arguments: &[&str]) -> String {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"];
    let mut command = Command::new("git");
    command.args(identity).args(arguments).current_dir(directory);
    for file in ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"] {
        command.env(file, "/dev/null");
    }
    let output = command.output().expect("git runs");
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

#[test]
fn commit_is_that_of_the_checkout() {
    let workspace = Workspace::new();
    let root = workspace.path().join("project");
    std::fs::create_dir(&root).expect("made");
    assert_eq!(of_checkout(&root), None);
    git(&root, &["init", "--quiet"]);
    assert_eq!(of_checkout(&root), None, "no commit yet");
    let mut last = Vec::new();
    let mut expect = |directory: &Path, what: &str| {
        let commit = git(directory, &["rev-parse", "HEAD"]);
        let found = of_checkout(directory).unwrap_or_else(|| panic!("{what}: no commit"));
        assert!(commit.starts_with(&found.commit) && found.commit.len() == 12, "{what}: {commit} {found:?}");
        assert!(found.files.iter().all(|file| file.exists()), "{what}: a missing file is built anew each time");
        last = found.files;
    };
    git(&root, &["commit", "--quiet", "--allow-empty", "-m", "a"]);
    expect(&root, "a branch");
    git(&root, &["pack-refs", "--all"]);
    expect(&root, "a packed branch");
    git(&root, &["worktree", "add", "--quiet", "-b", "other", "../other"]);
    git(&workspace.path().join("other"), &["commit", "--quiet", "--allow-empty", "-m", "b"]);
    expect(&workspace.path().join("other"), "a worktree");
    git(&root, &["checkout", "--quiet", "--detach"]);
    expect(&root, "no branch");
    let below = root.join("vendored");
    std::fs::create_dir(&below).expect("made");
    assert_eq!(of_checkout(&below), None, "the checkout of another project");
}

#[test]
fn version_is_short_or_long() {
    let workspace = Workspace::new();
    let printed = |flag| said(&workspace.precall(&[flag]).output().expect("runs"));
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(printed("-V"), format!("precall {version}\n"));
    assert!(printed("--version").starts_with(&format!("precall {version}")), "{}", printed("--version"));
}

#[test]
fn colours_follow_the_flag_and_then_the_environment() {
    let workspace = Workspace::new();
    let path = workspace.scenario("nonsense = 1");
    let path = path.to_str().expect("UTF-8");
    let is_coloured = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = workspace.precall(arguments);
        command.env_remove("NO_COLOR").envs(variables.iter().copied());
        said(&command.output().expect("runs")).contains('\u{1b}')
    };
    assert!(is_coloured(&["--color", "always", "check", path], &[]));
    assert!(is_coloured(&["check", path, "--color=always"], &[("NO_COLOR", "1")]));
    assert!(!is_coloured(&["check", path, "--color=never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(is_coloured(&["check", path], &[("CLICOLOR_FORCE", "1")]));
    assert!(!is_coloured(&["check", path, "--color=auto"], &[]));
    assert!(is_coloured(&["--color=always", "--help"], &[]) && !is_coloured(&["--help"], &[]));
    assert!(is_coloured(&["run", "--color", "always", "--nonsense"], &[]));
}
