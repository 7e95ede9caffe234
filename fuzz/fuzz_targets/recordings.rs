//! Recordings: a run directory that anybody may have made, read back and made into every report. The input changes a
//! small recorded run: each three bytes say which value of which file becomes what, and the rest is text for it.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use precall::record::{cleaned, read_case_series, read_recording};
use precall_judge::comparison::compare_runs;
use precall_report::{Format, render};
use serde_json::Value;

const CASE: &str = "cases/call,sdk=2.27.6,network=3g";
const FILES: [&str; 5] = ["events.jsonl", "samples.jsonl", "link.jsonl", "rtc-stats.jsonl", "console.jsonl"];
/// How many lines of a file are kept.
const LINES: usize = 6;

/// The recorded run: its results with two cases, and the first lines of the other files.
static RUN: LazyLock<(Value, Vec<Vec<Value>>)> = LazyLock::new(|| {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/run");
    let read = |file: &str| std::fs::read_to_string(from.join(file)).expect("the recorded run");
    let mut results: Value = serde_json::from_str(&read("results.json")).expect("JSON");
    let cases = results["cases"].as_array_mut().expect("cases");
    cases.retain(|case| case["axes"]["network"] == "3g");
    let lines = FILES.map(|file| {
        let place = if file == FILES[0] { file.to_owned() } else { format!("{CASE}/{file}") };
        read(&place).lines().take(LINES).map(|line| serde_json::from_str(line).expect("JSON")).collect()
    });
    (results, lines.to_vec())
});

/// The number of values in one that are no list and no object.
fn count(value: &Value) -> usize {
    match value {
        Value::Array(values) => values.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 1,
    }
}

/// Changes the value of this number.
fn change(value: &mut Value, number: &mut usize, to: &Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| change(value, number, to)),
        Value::Object(members) => members.values_mut().for_each(|value| change(value, number, to)),
        value => {
            if *number == 0 {
                *value = to.clone();
            }
            *number = number.wrapping_sub(1);
        }
    }
}

fn replacement(kind: u8, text: &str) -> Value {
    const NUMBERS: [f64; 8] = [0.0, -1.0, 1e-300, 0.5, 4_294_967_296.0, 9_007_199_254_740_993.0, 1.7e308, -1.7e308];
    match kind % 16 {
        number @ 0..8 => NUMBERS[usize::from(number)].into(),
        8 => Value::Null,
        9 => true.into(),
        10 => u64::MAX.into(),
        11 => i64::MIN.into(),
        12 => Value::Array(Vec::new()),
        13 => "2026-01-02T03:04:05.678Z".into(),
        _ => text.into(),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((edits, bytes)) = bytes.split_first() else { return };
    let (edits, text) = bytes.split_at((usize::from(*edits % 32) * 3).min(bytes.len()));
    let text = String::from_utf8_lossy(text);
    let (mut results, mut lines) = RUN.clone();
    for edit in edits.chunks_exact(3) {
        let place = usize::from(u16::from_le_bytes([edit[0], edit[1]]));
        let to = replacement(edit[2], &text);
        // Half of the edits are of the results, which are most of what reports show.
        let file = match place % 10 {
            file @ 0..5 => match lines[file].len() {
                0 => continue,
                all => &mut lines[file][place / 10 % all],
            },
            _ => &mut results,
        };
        let mut number = place / 10 % count(file).max(1);
        change(file, &mut number, &to);
    }
    let base = tempfile::tempdir().expect("a directory");
    let run = base.path();
    std::fs::create_dir_all(run.join(CASE)).expect("made");
    std::fs::write(run.join("results.json"), results.to_string()).expect("written");
    for (file, lines) in FILES.iter().zip(&lines) {
        let place = if *file == FILES[0] { run.join(file) } else { run.join(CASE).join(file) };
        let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(place, lines).expect("written");
    }
    let Ok(recording) = read_recording(run) else { return };
    for format in Format::ALL {
        let _ = render(format, &recording, None);
    }
    let result = cleaned(&recording.result);
    for case in &result.cases {
        let _ = read_case_series(run, &case.case);
    }
    let _ = compare_runs(("a", &result), ("b", &recording.result), &result.run.compare, true);
});
