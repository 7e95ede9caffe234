//! What tests of the program share: it is run as people run it.

pub mod capture;
pub mod ceiling;
pub mod child_server;
pub mod debian;
pub mod documents;
pub mod firefox;
pub mod installed;
pub mod leaks;
pub mod line_page;
pub mod npm_servers;
pub mod pages;
pub mod pictures;
pub mod platform;
pub mod pypi;
pub mod reader;
pub mod recorded;
pub mod repeats;
pub mod served;
pub mod stage;
pub mod tls_front;
pub mod turn;
pub mod window;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A directory of a test's own, with what it ran in.
pub struct Workspace {
    directory: tempfile::TempDir,
}

impl Workspace {
    pub fn new() -> Self {
        Self { directory: tempfile::tempdir().expect("a directory") }
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Writes a scenario, and gives its path.
    pub fn scenario(&self, text: &str) -> PathBuf {
        let path = self.path().join("test.toml");
        std::fs::write(&path, text).expect("written");
        path
    }

    /// precall, to be run in this directory.
    pub fn precall(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_precall"));
        command.args(arguments).current_dir(self.path()).env("NO_COLOR", "1");
        // What a CI system that runs the tests sets is not meant for what they start.
        for variable in ["PRECALL_CHROME", "GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY", "CI_NODE_INDEX", "CI_NODE_TOTAL"]
        {
            command.env_remove(variable);
        }
        command
    }

    /// Runs a scenario, and gives what precall printed and the result it wrote.
    pub fn run(&self, scenario: &str, arguments: &[&str]) -> (Output, serde_json::Value) {
        let path = self.scenario(scenario);
        let mut all = vec!["run", path.to_str().expect("UTF-8")];
        all.extend(arguments);
        let output = self.precall(&all).output().expect("precall runs");
        (output, self.results())
    }

    /// The newest `results.json`; null when there is none.
    pub fn results(&self) -> serde_json::Value {
        let run = self.run_directory();
        let text = run.and_then(|run| std::fs::read_to_string(run.join("results.json")).ok());
        text.map_or(serde_json::Value::Null, |text| serde_json::from_str(&text).expect("JSON"))
    }

    /// The newest run directory.
    pub fn run_directory(&self) -> Option<PathBuf> {
        let mut runs: Vec<_> =
            std::fs::read_dir(self.path().join("runs")).ok()?.flatten().map(|entry| entry.path()).collect();
        runs.sort();
        runs.pop()
    }
}

/// What a program printed, both ways.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The case of this name in a result.
pub fn case<'a>(results: &'a serde_json::Value, name: &str) -> &'a serde_json::Value {
    results["cases"]
        .as_array()
        .and_then(|cases| cases.iter().find(|case| case["case"] == name))
        .unwrap_or_else(|| panic!("no case {name} in {results:#}"))
}

/// Command lines of the running processes that hold `text`.
pub fn processes_with(text: &str) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_string_lossy().chars().all(|c| c.is_ascii_digit()))
        .filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(text))
        .collect()
}

/// The processes that a process has begun, and those that they have, with their command lines.
pub fn descendants(pid: i32) -> Vec<(i32, String)> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let all: Vec<(i32, i32, String)> = entries
        .filter_map(|entry| {
            let own: i32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name before it, in brackets, may hold anything.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            let line = std::fs::read(entry.path().join("cmdline")).ok()?;
            Some((own, parent, String::from_utf8_lossy(&line).replace('\0', " ")))
        })
        .collect();
    let mut family = vec![pid];
    let mut found = Vec::new();
    while let Some(parent) = family.pop() {
        for (own, _, line) in all.iter().filter(|(_, known, _)| *known == parent) {
            family.push(*own);
            found.push((*own, line.clone()));
        }
    }
    found
}
