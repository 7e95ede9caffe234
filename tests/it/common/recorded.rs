//! The recorded run in `tests/fixtures/run`: six cases of two releases on three networks, of which two failed. Its W3C
//! statistics are cut down to what reports read.

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

/// Two runs of long names: four networks, six repeats each, of which one failed and one is slower in the second run.
/// Their directories are below `directory`.
pub fn long_runs(directory: &Path) -> [PathBuf; 2] {
    let text = std::fs::read_to_string(run().join("results.json")).expect("results");
    let recorded: Value = serde_json::from_str(&text).expect("JSON");
    [("2026-11-25T09-30-47.000Z-upgrade-of-the-video-consultation-on-every-network-of-the-field", 1.0), ("second", 0.7)]
        .map(|(name, share)| {
            let mut value = recorded.clone();
            let mut cases = Vec::new();
            for network in ["wifi-congested-hotel-with-captive-portal", "satellite-geostationary", "3g", "lte-driving"]
            {
                for repeat in 1..=6_u32 {
                    let mut case = recorded["cases"][0].clone();
                    let axes = serde_json::json!({ "network": network, "test.camera.resolution": "1280x720" });
                    case["case"] =
                        format!("consultation,network={network},test.camera.resolution=1280x720,repeat={repeat}")
                            .into();
                    (case["name"], case["axes"], case["repeat"]) = ("consultation".into(), axes, repeat.into());
                    if network == "3g" {
                        // Values that differ in each repeat, and between the runs.
                        let quality = &mut case["measured"]["quality"];
                        quality["video"]["bitrate"] = (640e3 * share + f64::from(repeat) * 1e3).into();
                        quality["video"]["mos"] = (4.2 * share + f64::from(repeat) * 0.01).into();
                    }
                    if repeat == 6 {
                        case["outcome"] = "failed".into();
                        case["reasons"] = serde_json::json!(["the connectivity test failed"]);
                    }
                    cases.push(case);
                }
            }
            let planned = cases.iter().map(|case| serde_json::json!({ "id": case["case"] }));
            value["run"]["cases"] = planned.collect();
            value["cases"] = cases.into();
            let to = directory.join(name);
            std::fs::create_dir_all(&to).expect("made");
            std::fs::write(to.join("results.json"), value.to_string()).expect("written");
            to
        })
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

/// Copies a directory with everything in it.
pub fn copy(from: &Path, to: &Path) {
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
