use std::fs;

use super::*;
use crate::record::directory::{EVENTS, case_path};
use precall_results::{CaseSeries, ConsoleLine, RtcSecond};

/// A run directory with one case of two attempts.
fn run() -> tempfile::TempDir {
    let run = tempfile::tempdir().expect("a directory");
    let mut results: Value =
        serde_json::from_str(include_str!("../../../tests/fixtures/results.json")).expect("a recorded result");
    results["cases"][0]["reasons"] = serde_json::json!(["it said T1==c2VjcmV0"]);
    fs::write(run.path().join(RESULTS), results.to_string()).expect("written");
    let events = [
        r#"{"at":"2026-01-02T03:00:00.000Z","event":"caseStarted","case":"clean","attempt":1}"#,
        r#"{"at":"2026-01-02T03:00:01.000Z","event":"warning","message":"password=abc \u001b[2J"}"#,
        r#"{"at":"2026-01-02T03:00:10.000Z","event":"caseStarted","case":"clean","attempt":2}"#,
        r#"{"at":"2026-01-02T03:0"#,
    ];
    fs::write(run.path().join(EVENTS), events.join("\n")).expect("written");
    let case = run.path().join(case_path("clean"));
    fs::create_dir_all(&case).expect("made");
    let counters = serde_json::json!({ "packetsIn": 5 });
    let link: String = [("03:00:05.000", 2.0), ("03:00:12.000", 1.5), ("03:00:13.000", 2.5)]
        .iter()
        .map(|(at, seconds)| {
            let line = serde_json::json!({
                "at": format!("2026-01-02T{at}Z"), "seconds": seconds, "up": counters, "down": counters
            });
            format!("{line}\n")
        })
        .collect();
    fs::write(case.join("link.jsonl"), link).expect("written");
    let rtc = r#"{"at":"2026-01-02T03:00:12.500Z","lag":0,"stats":[{"type":"candidate-pair","currentRoundTripTime":9},
        {"type":"candidate-pair","nominated":true,"currentRoundTripTime":0.1,"availableOutgoingBitrate":250000},
        {"type":"outbound-rtp","kind":"video","framesPerSecond":30},{}]}"#;
    fs::write(case.join("rtc-stats.jsonl"), rtc.replace('\n', "")).expect("written");
    let console = "{\"at\":\"2026-01-02T03:00:11.000Z\",\"level\":\"log\",\"text\":\"eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiIxMjM0In0.c2ln\"}\nno line";
    fs::write(case.join("console.jsonl"), console).expect("written");
    run
}

#[test]
fn last_attempt_is_read_relative_to_its_network() {
    let run = run();
    let recording = read_recording(run.path()).expect("read");
    let series = &recording.series["clean"];
    assert_eq!(series.link.iter().map(|(seconds, _)| *seconds).collect::<Vec<_>>(), [1.5, 2.5]);
    assert_eq!(series.link[0].1.up.packets_in, 5);
    let rtc = RtcSecond {
        seconds: 2.0,
        round_trip_time: Some(0.1),
        frame_rate_sent: Some(30.0),
        available_outgoing_bitrate: Some(250e3),
    };
    assert_eq!((series.rtc.as_slice(), series.sender_estimates()), ([rtc].as_slice(), vec![(2.0, 250e3)]));
    let records = CaseRecords::open(run.path()).expect("records");
    let read = |case| records.series(case).expect("read");
    assert_eq!((read("clean").as_ref(), read("no-such-case")), (Some(series), None::<CaseSeries>));
    assert_eq!(records.links("clean").expect("read"), series.link);
    assert_eq!(
        series.console,
        [(0.5, ConsoleLine { participant: None, level: "log".to_owned(), text: "[redacted]".to_owned() })]
    );
    assert!(!recording.series.contains_key("slow-lossy"));
}

#[test]
fn recording_has_no_secret_or_control_character() {
    let run = run();
    let recording = read_recording(run.path()).expect("read");
    assert_eq!(recording.result.cases[0].reasons, ["it said [redacted]"]);
    assert_eq!(recording.warnings, ["password=[redacted] \u{fffd}[2J"]);
    let alone = read_recording(&run.path().join(RESULTS)).expect("read");
    assert_eq!((alone.result, alone.series.len()), (recording.result, 0));
}

#[test]
fn newer_and_damaged_results_are_refused() {
    let run = tempfile::tempdir().expect("a directory");
    let fail = |text: &str| {
        fs::write(run.path().join(RESULTS), text).expect("written");
        read_recording(run.path()).expect_err("refused").to_string()
    };
    assert!(fail(r#"{"schemaVersion":99}"#).contains("newer precall (schema 99"));
    assert!(fail("{}").contains("damaged: missing field"));
    assert!(fail("{").contains("damaged"));
}

#[test]
fn links_are_not_read_into_a_recording() {
    use std::os::unix::fs::symlink;
    let secret = tempfile::tempdir().expect("a directory");
    let line = "{\"at\":\"2026-01-02T03:00:11.000Z\",\"level\":\"log\",\"text\":\"mine\"}\n";
    fs::write(secret.path().join("console.jsonl"), line).expect("written");
    for (place, target, reason) in [
        ("cases/clean/console.jsonl", "console.jsonl", "`console.jsonl` is a symbolic link"),
        ("cases/clean", "", "`clean` is a symbolic link"),
        ("events.jsonl", "console.jsonl", "`events.jsonl` is a symbolic link"),
        ("results.json", "console.jsonl", "`results.json` is a symbolic link"),
    ] {
        let run = run();
        let place = run.path().join(place);
        if place.is_dir() {
            fs::remove_dir_all(&place).expect("removed");
        } else {
            fs::remove_file(&place).expect("removed");
        }
        symlink(secret.path().join(target), &place).expect("a link");
        let error = read_recording(run.path()).expect_err("refused").to_string();
        assert!(error.contains(reason) && error.contains(&*place.to_string_lossy()), "{error}");
    }
}
