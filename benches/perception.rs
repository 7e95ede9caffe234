//! What it costs to measure what people see and hear in a call: the CPU time of all processes of the same call with
//! and without it, by turns. Part of `make bench`. Works on Linux.

mod process_usage;

use std::process::{Command, Stdio};
use std::time::Duration;

use process_usage::usage;

/// How often both are measured, one after the other. The median of their ratios counts: a host that becomes slower
/// within minutes is the same for both calls of a pair.
const RUNS: usize = 5;

fn main() {
    // `cargo bench` runs it with `--bench`; `cargo test --benches` without, and then there is nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let (mut ratios, mut without) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        let (with, other) = match run % 2 {
            0 => (cpu_seconds(true), cpu_seconds(false)),
            _ => {
                let other = cpu_seconds(false);
                (cpu_seconds(true), other)
            }
        };
        ratios.push(with / other);
        without.push(other);
    }
    let median = |values: &mut Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let (ratio, without) = (median(&mut ratios), median(&mut without));
    println!("{:<58} {:>14}   bar", "measure", "seen");
    println!("{:<58} {:>12.1} s   none", "CPU time of a call of 30 s", without);
    let more = format!("{:+.1} %", (ratio - 1.0) * 100.0);
    let all: Vec<_> = ratios.iter().map(|ratio| format!("{:+.1}", (ratio - 1.0) * 100.0)).collect();
    println!("{:<58} {more:>14}   at most +5 %", "more with frame numbers, similarity and delays");
    println!("{:<58} {:>14}   none", "  the pairs, in percent", all.join(" "));
}

/// Runs a call, and returns the CPU time of precall and its browsers.
fn cpu_seconds(has_perception: bool) -> f64 {
    let directory = tempfile::tempdir().expect("a directory");
    let scenario = format!(
        "[call]\nduration = \"30 s\"\nperception = {has_perception}\n\
         [test]\ncamera = {{ picture = \"detailed\", resolution = \"640x480\" }}\nmicrophone.sound = \"speech\"\n\
         [[participant]]\nname = \"alice\"\nsubscribe = \"none\"\n[[participant]]\nname = \"bob\"\npublish = false\n"
    );
    std::fs::write(directory.path().join("one.toml"), scenario).expect("written");
    let mut child = Command::new(env!("CARGO_BIN_EXE_precall"))
        .args(["run", "--quiet", "one.toml"])
        .current_dir(directory.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("precall runs");
    let mut seconds: f64 = 0.0;
    while child.try_wait().expect("a child").is_none() {
        // The tree loses what ends, so the most that was seen is what was used.
        seconds = seconds.max(usage(child.id()).0);
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(child.wait().expect("ended").success(), "the call passes");
    seconds
}
