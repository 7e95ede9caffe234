//! The recorded run in `tests/fixtures/run`: six cases of two releases on three networks, of which two failed. Its W3C statistics
//! are cut down to what reports read.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Where it is.
pub fn run() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/run")
}

/// A copy of it below `directory`, in which `extra` stands behind every text that is not a word of the format.
pub fn planted(directory: &Path, extra: &str) -> PathBuf {
    let to = directory.join("planted");
    copy(&run(), &to);
    let results = to.join("results.json");
    let text = std::fs::read_to_string(&results).expect("results");
    let mut value: Value = serde_json::from_str(&text).expect("JSON");
    plant("", &mut value, extra);
    let case = &mut value["cases"][2];
    // What a recorded run of this kind has not.
    let error = serde_json::json!({ "name": extra, "message": extra });
    case["findings"] = serde_json::json!([
        { "kind": "score-mismatch", "metric": "video.mos", "reported": extra, "recomputed": extra }
    ]);
    case["reasons"] = serde_json::json!([extra]);
    case["measured"]["qualityError"] = error.clone();
    case["measured"]["connectivity"] =
        serde_json::json!({ "success": false, "failedTests": [{ "type": extra, "error": error }] });
    case["attempts"] = serde_json::json!([
        { "outcome": "infrastructure", "reasons": [extra], "seconds": 1.0 },
        { "outcome": "failed", "reasons": [extra], "seconds": 1.0 }
    ]);
    case["platform"] = serde_json::json!({ "kind": "opentok", "apiUrl": extra, "sessionId": extra });
    std::fs::write(&results, value.to_string()).expect("written");
    let events = to.join("events.jsonl");
    let warning = serde_json::json!({ "at": "2026-11-25T09:30:47.000Z", "event": "warning", "message": extra });
    let text = std::fs::read_to_string(&events).expect("events");
    std::fs::write(&events, format!("{warning}\n{text}")).expect("written");
    for case in std::fs::read_dir(to.join("cases")).expect("cases").flatten() {
        let console = case.path().join("console.jsonl");
        let text = std::fs::read_to_string(&console).unwrap_or_default();
        let lines = text.lines().map(|line| {
            let mut line: Value = serde_json::from_str(line).expect("JSON");
            for field in ["level", "text"] {
                line[field] = format!("{}{extra}", line[field].as_str().unwrap_or_default()).into();
            }
            format!("{line}\n")
        });
        std::fs::write(&console, lines.collect::<String>()).expect("written");
    }
    to
}

/// Members that are words of the format, or lead to a case's files.
const WORDS: [&str; 8] = ["outcome", "metric", "operator", "kind", "startedAt", "case", "id", "integrity"];

fn plant(name: &str, value: &mut Value, extra: &str) {
    match value {
        Value::String(text) if !WORDS.contains(&name) => text.push_str(extra),
        Value::Array(values) => values.iter_mut().for_each(|value| plant(name, value, extra)),
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| plant(name, value, extra)),
        _ => {}
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("a directory").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}
