//! Whatever ends precall, nothing of its browser is left: no process, no directory.

mod firefox;
mod neighbours;

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{Workspace, descendants, processes_with};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

const SCENARIO: &str = "[[case]]\nname = \"a\"\n[case.network]\ndelay = \"10 ms\"\n";

const TWO_SHORT: &str = "test.quality = false\n[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"\n";

/// A run that has come as far as measuring.
struct Running {
    workspace: Workspace,
    temporary: tempfile::TempDir,
    child: Child,
}

impl Running {
    fn start() -> Self {
        Self::start_with(SCENARIO, &[], |case| case.join("samples.jsonl").exists())
    }

    /// Runs a scenario until the case `a` has come so far.
    fn start_with(scenario: &str, more: &[&str], has_come: impl Fn(&Path) -> bool) -> Self {
        Self::start_in(tempfile::tempdir().expect("a directory"), scenario, more, has_come)
    }

    /// As [`Running::start_with`], with a directory for temporary files.
    fn start_in(temporary: tempfile::TempDir, scenario: &str, more: &[&str], has_come: impl Fn(&Path) -> bool) -> Self {
        let workspace = Workspace::new();
        let path = workspace.scenario(scenario);
        let mut arguments = vec!["run", path.to_str().expect("UTF-8")];
        arguments.extend(more);
        let mut command: Command = workspace.precall(&arguments);
        let child = command
            .env("TMPDIR", temporary.path())
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("precall runs");
        let running = Self { workspace, temporary, child };
        running.wait_for("the case", || {
            running.workspace.run_directory().is_some_and(|run| has_come(&run.join("cases/a")))
        });
        assert!(!running.browsers().is_empty(), "no browser was found where one has to run");
        running
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).expect("a process id");
        kill(Pid::from_raw(id), signal).expect("signalled");
    }

    /// Does what a terminal does: it sends SIGINT to every process of the foreground group, and not to precall alone.
    fn ctrl_c(&self) {
        let id = i32::try_from(self.child.id()).expect("a process id");
        killpg(Pid::from_raw(id), Signal::SIGINT).expect("signalled");
    }

    fn browsers(&self) -> Vec<String> {
        processes_with(&self.temporary.path().to_string_lossy())
    }

    fn directories(&self) -> Vec<PathBuf> {
        std::fs::read_dir(self.temporary.path()).expect("a directory").flatten().map(|entry| entry.path()).collect()
    }

    fn wait_for(&self, what: &str, is_there: impl Fn() -> bool) {
        let began = Instant::now();
        while !is_there() {
            assert!(began.elapsed() < Duration::from_secs(60), "{what} did not come");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn nothing_is_left(&self) {
        let began = Instant::now();
        while !(self.browsers().is_empty() && self.directories().is_empty()) {
            assert!(began.elapsed() < Duration::from_secs(10), "left: {:?} {:?}", self.browsers(), self.directories());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn after_kill_9_nothing_is_left() {
    let mut running = Running::start();
    running.signal(Signal::SIGKILL);
    running.child.wait().expect("ended");
    running.nothing_is_left();
}

#[test]
fn after_ctrl_c_what_runs_comes_to_its_end_and_nothing_else_begins() {
    let mut running = Running::start_with(TWO_SHORT, &["--slots", "1"], |case| case.join("link.jsonl").exists());
    running.ctrl_c();
    let status = running.child.wait().expect("ended");
    assert_eq!(status.code(), Some(130));
    let results = running.workspace.results();
    let cases = results["cases"].as_array().expect("cases");
    assert_eq!((results["outcome"].as_str(), cases.len()), (Some("interrupted"), 1), "{results:#}");
    assert_eq!(cases[0]["outcome"], "passed", "{results:#}");
    running.nothing_is_left();
}

#[test]
fn after_a_second_ctrl_c_nothing_is_left() {
    let mut running = Running::start();
    running.ctrl_c();
    // Signals that come at once are one.
    std::thread::sleep(Duration::from_millis(300));
    running.ctrl_c();
    assert_eq!(running.child.wait().expect("ended").code(), Some(130));
    running.nothing_is_left();
}

#[test]
fn a_browser_that_dies_is_infrastructure_and_tried_again() {
    // The browser process itself: its children carry a type, the supervisor our name.
    dies_and_is_tried_again(|line| !line.contains("--type=") && !line.contains("__browser-supervisor"));
}

/// Kills the browser's processes whose command line looks so, while the connectivity test waits for the network.
fn dies_and_is_tried_again(looks_so: impl Fn(&str) -> bool) {
    let scenario = "test.quality = false\n[[case]]\nname = \"a\"\nnetwork.delay = \"50 ms\"\n";
    let mut running = Running::start_with(scenario, &[], |case| case.join("link.jsonl").exists());
    let family = descendants(i32::try_from(running.child.id()).expect("a process id"));
    let victims: Vec<_> = family
        .into_iter()
        .filter(|(_, line)| line.contains("--headless") && looks_so(line))
        .map(|(id, _)| id)
        .collect();
    assert!(!victims.is_empty());
    for victim in victims {
        kill(Pid::from_raw(victim), Signal::SIGKILL).expect("killed");
    }
    let status = running.child.wait().expect("ended");
    let results = running.workspace.results();
    // The second attempt has a new browser.
    assert_eq!(status.code(), Some(0), "{results:#}");
    let attempts = results["cases"][0]["attempts"].as_array().expect("attempts");
    assert_eq!(attempts.len(), 2);
    assert_eq!(attempts[0]["outcome"], "infrastructure");
    assert!(attempts[0]["reasons"][0].as_str().is_some_and(|reason| reason.contains("gone")), "{results:#}");
    assert_eq!(attempts[1]["outcome"], "passed");
    running.nothing_is_left();
}

/// Other tests cover these every day.
mod nightly {
    use super::*;

    #[test]
    fn after_sigterm_the_results_are_there_and_nothing_else() {
        let mut running = Running::start();
        running.signal(Signal::SIGTERM);
        let status = running.child.wait().expect("ended");
        assert_eq!(status.code(), Some(130));
        assert_eq!(running.workspace.results()["outcome"], "interrupted");
        assert_eq!(running.workspace.results()["cases"][0]["outcome"], "interrupted");
        running.nothing_is_left();
    }

    #[test]
    fn a_browser_dies_with_its_supervisor_and_is_tried_again() {
        dies_and_is_tried_again(|line| line.contains("__browser-supervisor"));
    }

    /// Chrome opens a camera once for all of its pages: in one browser, a case would be filmed in the size that the
    /// other asked for.
    #[test]
    fn cases_that_run_at_once_have_a_browser_each() {
        let scenario = "[test]\nconnectivity = false\n[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"\n";
        let mut running = Running::start_with(scenario, &["--slots", "2"], |case| case.join("samples.jsonl").exists());
        running.wait_for("the other case", || {
            running.workspace.run_directory().is_some_and(|run| run.join("cases/b/samples.jsonl").exists())
        });
        let of_browsers = running.browsers().iter().filter(|line| line.contains("__browser-supervisor")).count();
        assert_eq!(of_browsers, 2, "{:?}", running.browsers());
        running.signal(Signal::SIGTERM);
        running.child.wait().expect("ended");
        running.nothing_is_left();
    }
}
