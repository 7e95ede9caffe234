//! From what a page says to every report: each line of the input is an event, after those with which every page begins.
//! A line that begins with `!` comes instead of those.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use precall::record::{Recorder, RunCollector, RunDirectory, read_recording};
use precall::run_events::Events;
use precall::runner::replay;
use precall_report::{Format, render};
use precall_results::Outcome;
use precall_results::{Environment, RunEvent, RunInfo};
use precall_scenario::plan::{Case, Releases, expand};

const BEGINNING: [&str; 5] = [
    r#"{"type":"loaded"}"#,
    r#"{"type":"ready","userAgent":"x"}"#,
    r#"{"type":"phase","phase":"connectivity"}"#,
    r#"{"type":"connectivity","result":{"success":true}}"#,
    r#"{"type":"phase","phase":"quality"}"#,
];

static CASE: LazyLock<Case> = LazyLock::new(|| {
    let text = "[[case]]\nname = \"a\"\nexpect.audio.mos = \">= 3\"\nexpect.video.bitrate = \"> 1 kbit/s\"\n";
    let scenario = precall_scenario::parse(text, Path::new("x.toml")).expect("a scenario");
    expand(&[scenario], &Releases::default()).expect("a plan").remove(0)
});

fn info() -> RunInfo {
    let environment = Environment { precall: String::new(), browser: String::new(), os: String::new(), cpus: 2 };
    RunInfo {
        scenario: "x".to_owned(),
        scenario_digest: String::new(),
        started_at: "2026-01-02T03:04:05.678Z".to_owned(),
        cases: vec![precall_results::CaseSummary { id: CASE.id.clone() }],
        slots: 1,
        shard: None,
        invariants: Default::default(),
        compare: Default::default(),
        gate: None,
        environment,
    }
}

fuzz_target!(|text: &str| {
    let (beginning, text) = match text.strip_prefix('!') {
        Some(text) => (&[][..], text),
        None => (&BEGINNING[..], text),
    };
    let (events, mut emitted) = Events::channel();
    events.emit(RunEvent::RunStarted { run: info() });
    replay(&CASE, beginning.iter().copied().chain(text.lines()), &events);
    events.emit(RunEvent::RunFinished {
        outcome: Outcome::Errored,
        seconds: 1.0,
        repeats: Vec::new(),
        violations: Vec::new(),
        upgrade: None,
    });
    let base = tempfile::tempdir().expect("a directory");
    let directory = RunDirectory::create(base.path(), "x", "2026").expect("a run");
    let path = directory.path().to_owned();
    let mut recorder = Recorder::new(directory, RunCollector::default()).expect("a recorder");
    while let Ok(emitted) = emitted.try_recv() {
        recorder.record(&emitted).expect("recorded");
    }
    let recording = read_recording(&path).expect("what was recorded is read back");
    assert_eq!(recording.result.cases.len(), 1);
    assert_ne!(recording.result.cases[0].outcome, Outcome::Infrastructure, "a page decides that it was not measured");
    for format in Format::ALL {
        render(format, &recording, None).expect("a report");
    }
});
