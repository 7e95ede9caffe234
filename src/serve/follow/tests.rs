use std::fs;

use super::*;
use crate::record::{Recorder, RunCollector, RunDirectory, run_finished};
use crate::run_events::Emitted;
use precall_netem::{LinkCounters, PathCounters};
use precall_results::{RunInfo, RunResult};

fn emitted(event: RunEvent) -> Emitted {
    Emitted { at: "2026-01-02T03:04:05.678Z".to_owned(), event }
}

fn recorded() -> RunResult {
    serde_json::from_str(include_str!("../../../tests/fixtures/results.json")).expect("a recorded result")
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
        record(RunEvent::CaseLink { case: case.case.clone(), seconds: second as f64, counters });
    }
    let news = follower.news();
    let [News::Second { up, loss, .. }] = news[..] else { panic!("{news:?}") };
    assert_eq!((up, loss), (8.0, Some(0.0)));

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
