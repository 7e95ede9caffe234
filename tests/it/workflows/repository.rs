//! A user's repository in a directory of its own, and a repository of precall that its jobs can build quickly.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::common::said;

/// Stands in for precall's sources: it compiles in a second, and what is installed runs the precall that is under test.
/// `EXTRA` is a further argument for the commands that run cases; `EXIT` ends the program with this code instead.
const STAND_IN: &str = r#"use std::os::unix::process::CommandExt;
use std::process::Command;

fn main() {
    let runs_cases = std::env::args().nth(1).is_some_and(|name| name == "gate" || name == "run");
    if let (true, Ok(code)) = (runs_cases, std::env::var("EXIT")) {
        std::process::exit(code.parse().unwrap());
    }
    let mut command = Command::new(std::env::var("UNDER_TEST").unwrap());
    command.args(std::env::args().skip(1)).env("HOME", std::env::var("REAL_HOME").unwrap());
    if let (true, Ok(extra)) = (runs_cases, std::env::var("EXTRA")) {
        command.arg(extra);
    }
    panic!("{}", command.exec());
}
"#;

/// What CI systems set for the tests themselves is not meant for the jobs that are run here.
const OTHERS: [&str; 11] = [
    "CARGO_TARGET_DIR",
    "CI",
    "CI_NODE_INDEX",
    "CI_NODE_TOTAL",
    "GITHUB_ACTIONS",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_WORKSPACE",
    "OPENTOK_FROM",
    "OPENTOK_TO",
    "PRECALL_CHROME",
    "PRECALL_SHARDS",
];

/// The user's repository, checked out.
pub struct Repository {
    directory: tempfile::TempDir,
}

impl Repository {
    /// A repository with this file at its root.
    pub fn new(name: &str, text: &str) -> Self {
        let repository = Self { directory: tempfile::tempdir().expect("a directory") };
        for directory in [repository.path(), repository.home()] {
            std::fs::create_dir_all(directory).expect("made");
        }
        std::fs::write(repository.path().join(name), text).expect("written");
        commit(&repository.path());
        repository
    }

    /// The checkout.
    pub fn path(&self) -> PathBuf {
        self.directory.path().join("checkout")
    }

    /// The home directory of the runner.
    pub fn home(&self) -> PathBuf {
        self.directory.path().join("home")
    }

    /// Where a step's summary is collected.
    pub fn summary(&self) -> PathBuf {
        self.directory.path().join("summary.md")
    }

    /// A repository of precall: its URL and its commit.
    pub fn precall(&self) -> (String, String) {
        let path = self.directory.path().join("precall");
        std::fs::create_dir_all(path.join("src")).expect("made");
        let manifest = "[package]\nname = \"precall\"\nversion = \"0.0.0\"\nedition = \"2021\"\n";
        let lock = "version = 4\n\n[[package]]\nname = \"precall\"\nversion = \"0.0.0\"\n";
        for (name, text) in [("Cargo.toml", manifest), ("Cargo.lock", lock), ("src/main.rs", STAND_IN)] {
            std::fs::write(path.join(name), text).expect("written");
        }
        let commit = commit(&path);
        (format!("file://{}", path.display()), commit)
    }

    /// Puts a program in front of the machine's own; it does nothing.
    pub fn stub(&self, name: &str) {
        self.program(name, "");
    }

    /// Puts a program with this script in front of the machine's own, and gives its path.
    pub fn program(&self, name: &str, script: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let bin = self.directory.path().join("bin");
        std::fs::create_dir_all(&bin).expect("made");
        let path = bin.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("executable");
        path
    }

    /// Runs a script of a job in the checkout, by the shell that the CI system takes.
    pub fn shell(&self, shell: &[&str], script: &str, environment: &[(String, String)]) -> Output {
        let real_home = std::env::var("HOME").expect("a home directory");
        let toolchains = std::env::var("RUSTUP_HOME").unwrap_or_else(|_| format!("{real_home}/.rustup"));
        let path = std::env::var("PATH").expect("a PATH");
        let mut command = Command::new(shell[0]);
        command.args(&shell[1..]).arg(script).current_dir(self.path());
        for name in OTHERS {
            command.env_remove(name);
        }
        command
            .env("PATH", format!("{}:{path}", self.directory.path().join("bin").display()))
            .env("CARGO_HOME", self.directory.path().join("cargo"))
            .env("RUSTUP_HOME", toolchains)
            .env("HOME", self.home())
            .env("REAL_HOME", &real_home)
            .env("UNDER_TEST", env!("CARGO_BIN_EXE_precall"))
            .env("GITHUB_WORKSPACE", self.path())
            .env("GITHUB_STEP_SUMMARY", self.summary())
            .env("NO_COLOR", "1")
            .envs(environment.iter().cloned());
        command.output().unwrap_or_else(|error| panic!("{}: {error}", shell[0]))
    }
}

/// Makes a directory a repository, unless it is one, and gives the hash of a commit of what is in it.
pub fn commit(path: &Path) -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(path)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {}", said(&output));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "Everything"]);
    git(&["rev-parse", "HEAD"])
}
