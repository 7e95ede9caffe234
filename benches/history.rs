//! What precall promises of past runs, measured: `make bench`. A thousand runs of a hundred cases each.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const RUNS: usize = 1000;
const CASES: usize = 100;
const RELEASES: [&str; 8] = ["2.27.6", "2.28.5", "2.29.4", "2.30.3", "2.31.1", "2.33.0", "2.34.2", "2.35.2"];
/// How often each question is asked; the median counts.
const TIMES: usize = 5;

fn main() {
    // `cargo bench` runs it with `--bench`; `cargo test --benches` without, and then there is nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    record_runs(directory.path());
    println!("{:<58} {:>14}   bar", "measure", "seen");
    let first = asked(directory.path(), &["list"]);
    println!("{:<58} {:>12.1} s   < 60 s", "1,000 runs of 100 cases are indexed", first.as_secs_f64());
    for (question, what, bar) in [
        (&["list"][..], "the list of runs", "< 300 ms"),
        (&["trend", "video.bitrate"], "the trend of a metric over releases", "< 500 ms"),
        (&["trend", "video.bitrate", "--by", "run"], "the trend of a metric over runs", "< 500 ms"),
    ] {
        let mut times: Vec<_> = (0..TIMES).map(|_| asked(directory.path(), question)).collect();
        times.sort();
        println!("{what:<58} {:>11.0} ms   {bar}", times[TIMES / 2].as_secs_f64() * 1e3);
    }
}

/// Writes the results of runs, whose bitrates vary a little and differ by release.
fn record_runs(runs: &Path) {
    let recorded: serde_json::Value =
        serde_json::from_str(include_str!("../tests/fixtures/results.json")).expect("a recorded result");
    for run in 0..RUNS {
        let mut whole = recorded.clone();
        let release = run * RELEASES.len() / RUNS;
        let cases = (0..CASES).map(|number| {
            let mut case = recorded["cases"][0].clone();
            let network = format!("n{}", number / 10);
            case["case"] = format!("clean,network={network},repeat={}", number % 10 + 1).into();
            case["axes"] = serde_json::json!({ "network": network });
            case["repeat"] = (number % 10 + 1).into();
            case["sdk"]["version"] = RELEASES[release].into();
            let bitrate = 500e3 - release as f64 * 4e3 + ((run * 7 + number * 13) % 50) as f64 * 400.0;
            case["measured"]["quality"]["video"]["bitrate"] = bitrate.into();
            case
        });
        whole["cases"] = cases.collect::<Vec<_>>().into();
        whole["run"]["startedAt"] =
            format!("2026-01-01T{:02}:{:02}:{:02}Z", run / 3600, run / 60 % 60, run % 60).into();
        let path = runs.join(format!("20260101T{run:06}-gate"));
        std::fs::create_dir(&path).expect("made");
        std::fs::write(path.join("results.json"), whole.to_string()).expect("written");
    }
}

/// Returns how long `precall history` takes to answer a question about these runs.
fn asked(runs: &Path, question: &[&str]) -> Duration {
    let began = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_precall"))
        .arg("history")
        .args(question)
        .arg("--runs")
        .arg(runs)
        .output()
        .expect("precall runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    began.elapsed()
}
