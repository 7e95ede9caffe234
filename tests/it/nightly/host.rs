//! What the host guard makes of a host that is too small, and of one that is just large enough. `make test-full`,
//! nightly.

use crate::common::{Workspace, said};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use serde_json::Value;

/// On how many CPUs the limits were found, and so the counts below.
const CPUS: usize = 2;

/// Holds this thread, and with it whatever it starts, to two of the CPUs; `false` where there are no two.
fn pin() -> bool {
    let own = Pid::from_raw(0);
    let all = sched_getaffinity(own).expect("where it may run");
    let mut some = CpuSet::new();
    let allowed: Vec<_> = (0..CpuSet::count()).filter(|cpu| all.is_set(*cpu).unwrap_or(false)).take(CPUS).collect();
    allowed.iter().for_each(|cpu| some.set(*cpu).expect("a CPU"));
    allowed.len() == CPUS && sched_setaffinity(own, &some).is_ok()
}

/// Runs so many cases at once, each with a detailed picture of this size on such a network; gives their results, `None`
/// where it cannot be tried.
fn cases_at_once(count: usize, resolution: &str, network: &str) -> Option<Vec<Value>> {
    if !pin() {
        println!("not run: it takes {CPUS} CPUs, and leave to be held to them");
        return None;
    }
    let scenario = format!(
        "repeat = {count}\n[test]\nconnectivity = false\ntimeout = \"15 s\"\n\
         [test.camera]\npicture = \"detailed\"\nresolution = \"{resolution}\"\n{network}[[case]]\nname = \"a\"\n\
         [case.expect]\nvideo.supported = true\nvideo.bitrate = \">= 200 kbit/s\""
    );
    let workspace = Workspace::new();
    let (output, results) = workspace.run(&scenario, &["--slots", &count.to_string()]);
    let cases = results["cases"].as_array().unwrap_or_else(|| panic!("{}", said(&output))).clone();
    assert_eq!(cases.len(), count, "{}", said(&output));
    for case in &cases {
        let attempts = case["attempts"].as_array().expect("attempts");
        let words: Vec<_> =
            attempts.iter().map(|attempt| format!("{} {}", attempt["outcome"], attempt["reasons"])).collect();
        println!("{}: {}, host {}", case["case"], words.join(", then "), case["host"]);
    }
    Some(cases)
}

/// Whatever comes of them when they run again, one by one.
#[test]
fn six_at_1280x720_on_two_cpus_give_no_verdict_on_quality() {
    for case in cases_at_once(6, "1280x720", "").unwrap_or_default() {
        let first = &case["attempts"][0];
        assert_eq!(first["outcome"], "inconclusive", "{case:#}");
        assert!(first["reasons"].to_string().contains("the host could not keep up"), "{case:#}");
    }
}

/// As many as precall itself runs at once keep up with a host of this size.
#[test]
fn cases_of_640x480_are_measured_at_once() {
    for (count, network) in [(3, ""), (4, "[network]\nrate = \"1 Mbit/s\"\n")] {
        for case in cases_at_once(count, "640x480", network).unwrap_or_default() {
            let outcome = case["attempts"][0]["outcome"].as_str().expect("an outcome");
            assert!(["passed", "failed"].contains(&outcome), "{case:#}");
            assert_eq!(case["attempts"].as_array().map(Vec::len), Some(1), "{case:#}");
        }
    }
}
