//! What it costs to measure what people see and hear in a call: the CPU time of all processes of the same call with and
//! without it, by turns. Part of `make bench`. Works on Linux.

mod process_usage;

use std::process::{Command, Stdio};
use std::time::Duration;

use process_usage::usage;

/// How often each is measured; the medians are compared.
const RUNS: usize = 3;

fn main() {
    // `cargo bench` runs it with `--bench`; `cargo test --benches` without, and then there is nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        with.push(cpu_seconds(true));
        without.push(cpu_seconds(false));
    }
    let median = |values: &mut Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let (with, without) = (median(&mut with), median(&mut without));
    println!("{:<58} {:>14}   bar", "measure", "seen");
    println!("{:<58} {:>12.1} s   none", "CPU time of a call of 30 s", without);
    let more = format!("{:+.1} %", (with / without - 1.0) * 100.0);
    println!("{:<58} {more:>14}   at most +5 %", "more with frame numbers, similarity and delays");
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
