//! What precall promises of judging recorded runs anew, measured: `make bench`.

use std::process::Command;
use std::time::Instant;

/// So many recorded cases.
const CASES: usize = 4000;
/// And each with so many samples, as a quality test of 30 s has.
const SAMPLES: usize = 30;

fn main() {
    // `cargo bench` runs it with `--bench`; `cargo test --benches` without, and then there is nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let run = directory.path().join("run");
    let recorded: serde_json::Value =
        serde_json::from_str(include_str!("../tests/fixtures/results.json")).expect("a recorded result");
    let sample = |second: usize| {
        let (bytes, packets) = (second * 100_000, second * 100);
        let counters =
            format!(r#"{{"bytesSent":{bytes},"bytesReceived":{bytes},"packetsReceived":{packets},"packetsLost":0}}"#);
        let time = second * 1000;
        format!(
            r#"{{"at":"2026-01-01T00:00:00.000Z","phase":"audio-video","timestamp":{time},"elapsed":{time},"limit":30000,"audio":{counters},"video":{counters},"simulcast":false}}"#
        )
    };
    let samples = (1..=SAMPLES).map(sample).collect::<Vec<_>>().join("\n");
    let cases = (0..CASES).map(|number| {
        let mut case = recorded["cases"][0].clone();
        case["case"] = format!("clean,repeat={number}").into();
        let path = run.join("cases").join(format!("clean,repeat={number}"));
        std::fs::create_dir_all(&path).expect("made");
        std::fs::write(path.join("samples.jsonl"), &samples).expect("written");
        case
    });
    let cases: Vec<_> = cases.collect();
    let mut whole = recorded.clone();
    whole["cases"] = cases.into();
    std::fs::write(run.join("results.json"), whole.to_string()).expect("written");
    let scenario = directory.path().join("test.toml");
    std::fs::write(&scenario, "[[case]]\nname = \"clean\"\n[case.expect]\nvideo.mos = \">= 3\"").expect("written");
    let began = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_precall"))
        .args(["rescore".as_ref(), run.as_os_str(), "--scenario".as_ref(), scenario.as_os_str()])
        .output()
        .expect("precall runs");
    let per_second = CASES as f64 / began.elapsed().as_secs_f64();
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    println!("{:<58} {:>14}   bar", "measure", "seen");
    println!("{:<58} {per_second:>12.0}/s   >= 10000/s", "recorded cases judged anew, reading and printing included");
}
