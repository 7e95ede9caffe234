//! The same in Firefox.

use std::path::Path;
use std::time::Duration;

use super::Running;
use crate::browsers::has_firefox;
use crate::common::descendants;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const SCENARIO: &str =
    "browser = \"firefox\"\ntest.quality = false\n[[case]]\nname = \"a\"\nnetwork.delay = \"50 ms\"\n";

fn start() -> Option<Running> {
    has_firefox().then(|| Running::start_with(SCENARIO, &[], |case: &Path| case.join("link.jsonl").exists()))
}

#[test]
fn after_kill_9_nothing_of_firefox_is_left() {
    let Some(mut running) = start() else { return };
    let family = descendants(i32::try_from(running.child.id()).expect("a process id"));
    running.signal(Signal::SIGKILL);
    running.child.wait().expect("ended");
    running.nothing_is_left();
    // Most of Firefox's processes do not name its directory.
    let is_there =
        |id: i32| std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
    running.wait_for("the end of its processes", || !family.iter().any(|(id, _)| is_there(*id)));
}

/// Which its death by kill -9 stands for every day.
mod nightly {
    use super::*;

    #[test]
    fn after_success_and_after_sigterm_nothing_of_firefox_is_left() {
        for signal in [None, Some(Signal::SIGTERM)] {
            let Some(mut running) = start() else { return };
            if let Some(signal) = signal {
                running.signal(signal);
            }
            let code = running.child.wait().expect("ended").code();
            assert_eq!(code, Some(if signal.is_some() { 130 } else { 0 }));
            running.nothing_is_left();
        }
    }

    #[test]
    fn after_ctrl_c_the_case_in_firefox_comes_to_its_end_and_after_a_second_one_it_does_not() {
        if !has_firefox() {
            return;
        }
        let two = format!("{SCENARIO}[[case]]\nname = \"b\"\n");
        for times in [1, 2] {
            let mut running = Running::start_with(&two, &["--slots", "1"], |case| case.join("link.jsonl").exists());
            for _ in 0..times {
                running.ctrl_c();
                // Signals that come at once are one.
                std::thread::sleep(Duration::from_millis(300));
            }
            assert_eq!(running.child.wait().expect("ended").code(), Some(130));
            let results = running.workspace.results();
            if times == 1 {
                assert_eq!(results["cases"].as_array().map(Vec::len), Some(1), "{results:#}");
                assert_eq!(results["cases"][0]["outcome"], "passed", "{results:#}");
            } else {
                assert!(results.is_null(), "precall ends at once: {results:#}");
            }
            running.nothing_is_left();
        }
    }

    #[test]
    fn a_firefox_that_dies_is_infrastructure_and_tried_again() {
        let Some(mut running) = start() else { return };
        let family = descendants(i32::try_from(running.child.id()).expect("a process id"));
        let (victim, _) = family
            .into_iter()
            .find(|(_, line)| line.contains("--remote-debugging-port") && !line.contains("__browser-supervisor"))
            .expect("Firefox itself");
        kill(Pid::from_raw(victim), Signal::SIGKILL).expect("killed");
        let code = running.child.wait().expect("ended").code();
        let results = running.workspace.results();
        assert_eq!(code, Some(0), "{results:#}");
        let attempts = results["cases"][0]["attempts"].as_array().expect("attempts");
        let outcomes: Vec<_> = attempts.iter().map(|attempt| attempt["outcome"].clone()).collect();
        assert_eq!(outcomes, ["infrastructure", "passed"], "{results:#}");
        running.nothing_is_left();
    }
}
