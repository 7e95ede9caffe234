use std::fs;

use super::*;
use crate::record::{Recorder, RunCollector, RunDirectory, run_finished};
use crate::run_events::Emitted;
use precall_netem::{LinkCounters, PathCounters};
use precall_results::{AudioCounters, Phase, RunInfo, RunResult};

fn emitted(event: RunEvent) -> Emitted {
    Emitted { at: "2026-01-02T03:04:05.678Z".to_owned(), event }
}

fn recorded() -> RunResult {
    serde_json::from_str(include_str!("../../../tests/fixtures/results.json")).expect("a recorded result")
}

fn empty_sample() -> Sample {
    Sample {
        phase: Phase::AudioVideo,
        timestamp: 0.0,
        elapsed: None,
        limit: None,
        network_seconds: None,
        audio: None,
        video: None,
        available_outgoing_bitrate: None,
        quality_limitation_reason: None,
        simulcast: None,
    }
}

#[test]
fn a_run_is_followed_while_it_is_recorded() {
    let base = tempfile::tempdir().expect("a directory");
    let directory = RunDirectory::create(base.path(), "x", "2026").expect("a run");
    let path = directory.path().to_owned();
    let mut recorder = Recorder::new(directory, RunCollector::default()).expect("a recorder");
    let mut record = |event: RunEvent| recorder.record(&emitted(event)).expect("recorded");
    let result = recorded();
    let case = result.cases[0].clone();
    let info: RunInfo = result.run.clone();
    record(RunEvent::RunStarted { run: info });
    record(RunEvent::CaseStarted { case: case.case.clone(), attempt: 1 });
    let mut follower = RunFollower::open(&path).expect("opened");
    let news = follower.news();
    assert!(matches!(&news[0], News::Run { cases, .. } if cases.len() == 2), "{news:?}");
    assert_eq!(news[1], News::Started { case: "clean".to_owned(), attempt: 1 });
    assert_eq!(follower.news(), [], "nothing is told twice");

    for second in 1..=2_u64 {
        let link = LinkCounters { packets_in: second * 10, bytes_out: second * 1000, ..LinkCounters::default() };
        let counters = PathCounters { up: link, down: link };
        record(RunEvent::CaseLink { case: case.case.clone(), participant: None, seconds: second as f64, counters });
    }
    let news = follower.news();
    let [News::Second { up, loss, .. }] = news[..] else { panic!("{news:?}") };
    assert_eq!((up, loss), (8.0, Some(0.0)));

    let sample = |second: u32| Sample {
        timestamp: f64::from(second) * 1e3,
        network_seconds: Some(f64::from(second)),
        audio: Some(AudioCounters { bytes_received: f64::from(second) * 5e3, ..AudioCounters::default() }),
        available_outgoing_bitrate: Some(300e3),
        ..empty_sample()
    };
    record(RunEvent::CaseSample { case: case.case.clone(), sample: sample(1) });
    record(RunEvent::CaseSample { case: case.case.clone(), sample: sample(2) });
    let load = HostSecond { cpu_busy: Ratio::new(0.25), cpu_pressure: None };
    record(RunEvent::CaseHost { case: case.case.clone(), seconds: 2.0, load });
    let news = follower.news();
    let [
        News::Sample { received: None, .. },
        News::Sample { received, estimate, at, .. },
        News::Host { busy, pressure },
    ] = news[..]
    else {
        panic!("{news:?}")
    };
    assert_eq!((received, estimate, at), (Some(40.0), Some(300.0), 2.0));
    assert_eq!((busy, pressure), (Some(25.0), None));

    record(RunEvent::CaseFinished { result: Box::new(case) });
    record(run_finished(&RunResult { outcome: Outcome::Passed, ..result.clone() }, result.duration));
    let news = follower.news();
    assert!(matches!(&news[0], News::Finished { outcome: Outcome::Passed, video_mos: Some(_), .. }), "{news:?}");
    assert_eq!(news[1], News::Over { outcome: Outcome::Passed });
    assert!(follower.is_over);

    // A second viewer sees all of it.
    assert_eq!(RunFollower::open(&path).expect("opened").news().len(), 4);
}

#[test]
fn what_a_run_says_is_cleaned() {
    let base = tempfile::tempdir().expect("a directory");
    let line = r#"{"at":"x","event":"warning","message":"password=abc \u001b[2J"}"#;
    fs::write(base.path().join(EVENTS), format!("{line}\nno event\n")).expect("written");
    let news = RunFollower::open(base.path()).expect("opened").news();
    assert_eq!(news, [News::Warning { message: "password=[redacted] \u{fffd}[2J".to_owned() }]);
}
