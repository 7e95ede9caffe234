//! An npm that does not work, and what it says. The faults are real ones where they can be caused; scripts stand for version
//! managers, and for registries that are hostile.

use super::common::{Workspace, said};
use super::{path_with, precall, script};

const LATEST: &str = "[[case]]\nname = \"a\"\n";

/// Standard output and error of `precall run` and of `precall doctor`, with their exit codes, with an npm in front of all others.
fn run_and_doctor(npm: &str) -> [(String, Option<i32>); 2] {
    let workspace = Workspace::new();
    let bin = workspace.path().join("bin");
    script(&bin, "npm", npm);
    let chrome = script(&bin, "chrome", "echo Chromium 156.0.0.0; test \"$1\" = --version");
    let path = workspace.scenario(LATEST);
    [vec!["run", path.to_str().expect("UTF-8")], vec!["doctor"]].map(|arguments| {
        let mut command = precall(&workspace, &arguments);
        let output = command.env("PATH", path_with(&bin)).env("PRECALL_CHROME", &chrome).output().expect("runs");
        (said(&output), output.status.code())
    })
}

#[test]
fn an_npm_that_fails_is_missing_in_the_words_of_its_sentence() {
    let shim = "echo 'No version is set for command npm' >&2; echo 'Consider adding one' >&2; exit 126";
    for (npm, sentence) in [("exit 1", "it said nothing (exit status: 1)"), (shim, "No version is set for command npm")]
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
        let [(run, code), _] = run_and_doctor(&npm);
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
