//! An npm that does not work, and what it says. The faults are real ones where they can be caused; scripts stand for
//! version managers, and for registries that are hostile.

use super::{path_with, precall, script};
use crate::common::{Workspace, said};

const LATEST: &str = "[[case]]\nname = \"a\"\n";

/// Standard output and error of precall with these arguments, and its exit code, with an npm in front of all others.
fn said_with(npm: &str, arguments: impl FnOnce(&str) -> Vec<String>) -> (String, Option<i32>) {
    let workspace = Workspace::new();
    let bin = workspace.path().join("bin");
    script(&bin, "npm", npm);
    let chrome = script(&bin, "chrome", "echo Chromium 156.0.0.0; test \"$1\" = --version");
    let path = workspace.scenario(LATEST);
    let arguments = arguments(path.to_str().expect("UTF-8"));
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let mut command = precall(&workspace, &arguments);
    let output = command.env("PATH", path_with(&bin)).env("PRECALL_CHROME", &chrome).output().expect("runs");
    (said(&output), output.status.code())
}

fn run(npm: &str) -> (String, Option<i32>) {
    said_with(npm, |path| vec!["run".to_owned(), path.to_owned()])
}

fn run_and_doctor(npm: &str) -> [(String, Option<i32>); 2] {
    [run(npm), said_with(npm, |_| vec!["doctor".to_owned()])]
}

#[test]
fn an_npm_that_fails_is_missing_in_the_words_of_its_sentence() {
    let shim = "echo 'No version is set for command npm' >&2; echo 'Consider adding one' >&2; exit 126";
    for (npm, sentence) in
        [("exit 1", "it printed nothing (exit status: 1)"), (shim, "No version is set for command npm")]
    {
        let [(run, run_code), (doctor, doctor_code)] = run_and_doctor(npm);
        assert_eq!((run_code, doctor_code), (Some(4), Some(4)));
        assert!(run.contains("npm cannot be run") && run.contains(sentence), "{run}");
        assert!(doctor.contains("missing  npm: npm cannot be run") && doctor.contains(sentence), "{doctor}");
        assert!(doctor.contains("fix: make `npm --version` work"), "{doctor}");
    }
}

#[test]
fn npm_is_chosen_by_the_directory_that_the_user_is_in() {
    let workspace = Workspace::new();
    let project = workspace.path().join("project");
    std::fs::create_dir_all(&project).expect("made");
    // Temporary directories are everybody's, so npm runs below one only where there is a project.
    std::fs::write(project.join("package.json"), "{}").expect("written");
    let bin = workspace.path().join("bin");
    let real = std::env::var("PATH").expect("a PATH");
    script(
        &bin,
        "npm",
        &format!(
            "case \"$PWD\" in */project) PATH='{real}' exec npm \"$@\";; esac; echo 'No version is set' >&2; exit 126"
        ),
    );
    for (directory, wanted) in [(&project, "ok  npm: "), (&workspace.path().to_owned(), "No version is set")] {
        let mut command = precall(&workspace, &["doctor"]);
        let chrome = workspace.path().join("none");
        let output = command.current_dir(directory).env("PATH", path_with(&bin)).env("PRECALL_CHROME", chrome).output();
        let text = said(&output.expect("runs"));
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
}

#[test]
fn a_crash_of_node_is_told_by_its_message() {
    let workspace = Workspace::new();
    let path = workspace.scenario(LATEST);
    for (options, message) in [
        ("--require /nonexistent.js", "Cannot find module '/nonexistent.js'"),
        ("--no-such-option", "--no-such-option is not allowed in NODE_OPTIONS"),
    ] {
        let chrome = script(&workspace.path().join("bin"), "chrome", "echo Chromium 156.0.0.0");
        let mut command = precall(&workspace, &["run", path.to_str().expect("UTF-8")]);
        let output = command.env("NODE_OPTIONS", options).env("PRECALL_CHROME", chrome).output().expect("runs");
        let text = said(&output);
        assert_eq!(output.status.code(), Some(4), "{text}");
        assert!(text.contains(message), "{message} in {text}");
    }
}

#[test]
fn a_version_that_is_none_is_never_handed_to_npm() {
    for version in ["file:/tmp/evil", "../../evil", "2.99.0 --registry=http://x", ""] {
        // Whatever is packed, it is noted.
        let npm = format!(
            "case $1 in view) echo '{{\"version\":\"{version}\",\"dist.integrity\":\"sha512-AAAA\"}}';; pack) echo PACKED >&2; exit 1;; esac"
        );
        let (run, code) = run(&npm);
        assert_eq!(code, Some(4), "{run}");
        assert!(run.contains("its version is") && !run.contains("PACKED"), "{run}");
    }
}

#[test]
fn an_npm_whose_cache_cannot_be_written_gets_another() {
    let workspace = Workspace::new();
    let path = workspace.scenario("[matrix]\nsdk = [\"last 1\"]\n[[case]]\nname = \"a\"\n");
    let registry = super::registry::Registry::start(super::registry::Publishes::Sha512);
    // Below a file nobody can write, not even root.
    let output = precall(&workspace, &["list", path.to_str().expect("UTF-8")])
        .env_remove("npm_config_cache")
        .env("HOME", "/dev/null/home")
        .env("npm_config_registry", &registry.url)
        .output()
        .expect("runs");
    assert!(said(&output).contains("a,sdk=2.99.0"), "{}", said(&output));
}

/// What a program that stands for npm or npx notes of itself: its directory with the mode, its arguments, and whether
/// scripts run.
const NOTE: &str = "echo \"$(/bin/ls -ld \"$PWD\") :: $* ignore_scripts=$npm_config_ignore_scripts\" >> \"$NOTES\"";

#[test]
fn where_everybody_can_write_npm_runs_in_a_directory_of_its_own_and_looks_no_further() {
    let workspace = Workspace::new();
    let (bin, notes) = (workspace.path().join("bin"), workspace.path().join("notes"));
    script(&bin, "npm", &format!("{NOTE}; echo '\"2.99.0\"'"));
    let path = workspace.scenario("[matrix]\nsdk = [\"last 1\"]\n[[case]]\nname = \"a\"\n");
    // Below /tmp, with no project.
    let output = precall(&workspace, &["list", path.to_str().expect("UTF-8")])
        .envs([("PATH", path_with(&bin).as_str()), ("NOTES", notes.to_str().expect("UTF-8"))])
        .output()
        .expect("runs");
    let notes = std::fs::read_to_string(notes).unwrap_or_else(|_| panic!("npm did not run: {}", said(&output)));
    // Several of them run at once.
    for line in notes.lines() {
        assert!(line.starts_with("drwx------") && line.contains("/precall-npm-"), "{notes}");
        assert!(line.contains("--ignore-scripts") && line.contains("--no-workspaces"), "{notes}");
    }
}

#[test]
fn npx_runs_in_a_directory_of_its_own_and_runs_no_install_scripts() {
    let workspace = Workspace::new();
    let (bin, notes) = (workspace.path().join("bin"), workspace.path().join("notes"));
    script(&bin, "npx", NOTE);
    let project = workspace.path().join("project");
    std::fs::create_dir_all(project.join("node_modules/.bin")).expect("made");
    std::fs::write(project.join("package.json"), "{}").expect("written");
    std::fs::write(project.join(".npmrc"), "registry=http://127.0.0.1:9/\n").expect("written");
    let output = precall(&workspace, &["browser", "install"])
        .current_dir(&project)
        .env_remove("PRECALL_CHROME")
        .envs([("PATH", bin.as_os_str()), ("NOTES", notes.as_os_str())])
        .output()
        .expect("runs");
    let notes = std::fs::read_to_string(notes).unwrap_or_else(|_| panic!("npx did not run: {}", said(&output)));
    assert!(notes.starts_with("drwx------") && notes.contains("/precall-npm-"), "{notes}");
    let (_, arguments) = notes.trim_end().split_once(" :: ").expect("its arguments");
    assert!(arguments.starts_with("--no-workspaces --yes @puppeteer/browsers@2 install"), "{notes}");
    assert!(arguments.ends_with("ignore_scripts=true"), "{notes}");
}
