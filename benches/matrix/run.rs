//! A run of precall, watched from outside.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often the process is looked at.
const INTERVAL: Duration = Duration::from_millis(100);

/// What a run came to, and what precall itself used meanwhile: not Chrome, which has processes of its own.
pub struct Run {
    pub results: serde_json::Value,
    /// CPU seconds.
    pub cpu: f64,
    /// Memory in MB (resident), from beginning to end.
    pub memory: Vec<f64>,
    pub directory: PathBuf,
    workspace: Workspace,
}

/// A directory with a scenario.
pub struct Workspace(tempfile::TempDir);

impl Workspace {
    pub fn new(scenario: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join("bench.toml"), scenario).expect("written");
        Self(directory)
    }

    /// A network test that takes so long and measures nothing: what a case takes beyond that is precall's and Chrome's.
    pub fn with_module(self, name: &str, milliseconds: u64) -> Self {
        let text = format!(
            "export default class NetworkTest {{\n  async testConnectivity() {{\n    \
             await new Promise((resolve) => setTimeout(resolve, {milliseconds}));\n    \
             return {{ success: true, failedTests: [] }};\n  }}\n  async testQuality() {{}}\n}}\n"
        );
        std::fs::write(self.0.path().join(name), text).expect("written");
        self
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs the scenario.
    pub fn run(self, arguments: &[&str]) -> Run {
        let output = self.path().join("runs");
        let before = runs(&output);
        let mut child = Command::new(env!("CARGO_BIN_EXE_precall"))
            .args(["run", "bench.toml", "--quiet"])
            .args(arguments)
            .current_dir(self.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("precall runs");
        let (mut cpu, mut memory) = (0.0, Vec::new());
        let began = Instant::now();
        while child.try_wait().expect("a child").is_none() {
            if let Some((used, resident)) = usage(child.id()) {
                cpu = used;
                memory.push(resident);
            }
            assert!(began.elapsed() < Duration::from_secs(3600), "it comes to no end");
            std::thread::sleep(INTERVAL);
        }
        let directory = runs(&output).into_iter().find(|run| !before.contains(run)).expect("a run directory");
        let text = std::fs::read_to_string(directory.join("results.json")).expect("results");
        Run { results: serde_json::from_str(&text).expect("JSON"), cpu, memory, directory, workspace: self }
    }
}

impl Run {
    /// The directory of the run's scenario, for another run of it.
    pub fn workspace(self) -> Workspace {
        self.workspace
    }

    /// The seconds that each case took.
    pub fn seconds(&self) -> Vec<f64> {
        let cases = self.results["cases"].as_array().expect("cases");
        assert!(cases.iter().all(|case| case["outcome"] == "passed"), "{:#}", self.results);
        cases.iter().map(|case| case["seconds"].as_f64().expect("seconds")).collect()
    }
}

fn runs(output: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(output).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// What a process used: CPU seconds so far, and the memory that it has now, in MB.
fn usage(id: u32) -> Option<(f64, f64)> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    // User and system time, in hundredths of a second on every Linux that Rust runs on.
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = resident.split_whitespace().next()?.parse().ok()?;
    Some((ticks / 100.0, kilobytes / 1e3))
}
