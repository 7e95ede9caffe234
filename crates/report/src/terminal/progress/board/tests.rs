use super::*;
use precall_results::{CasePhase, RunResult};
use precall_results::{Phase, Sample, VideoCounters};

const CASES: [&str; 4] = ["network=3g,sdk=2.34.2", "network=3g,sdk=latest", "network=cable,sdk=2.34.2", LONG];
const LONG: &str = "network=wifi-congested,sdk=2.34.2,resolution=1280x720,repeat=12";

/// A run of four cases of 36 s, two at a time, each expected to take 40 s.
struct Run {
    board: Board,
    recorded: RunResult,
    log: Vec<String>,
}

impl Run {
    fn begin() -> Self {
        let mut recorded: RunResult =
            serde_json::from_str(include_str!("../../../../../../tests/fixtures/results.json"))
                .expect("a recorded result");
        let of_fixture = recorded.run.cases[0].clone();
        let summary = |id: &str| {
            let mut summary = of_fixture.clone();
            id.clone_into(&mut summary.id);
            summary
        };
        recorded.run.cases = CASES.iter().map(|id| summary(id)).collect();
        let forty = Duration::from_secs(40);
        let expected = ExpectedDurations {
            wall_clock: forty * 2,
            cases: CASES.iter().map(|id| ((*id).to_owned(), forty)).collect(),
        };
        let mut run = Self { board: Board::new(expected, 0), recorded, log: Vec::new() };
        let started = RunEvent::RunStarted { run: run.recorded.run.clone() };
        run.at(0, started);
        run
    }

    fn at(&mut self, seconds: u64, event: RunEvent) {
        let line = self.board.take(&event, Duration::from_secs(seconds));
        self.log.extend(line.map(|line| format!("{:<8} {}", format!("{:?}", line.kind), line.text)));
    }

    fn start(&mut self, seconds: u64, case: &str, attempt: u32) {
        self.at(seconds, RunEvent::CaseStarted { case: case.to_owned(), attempt });
    }

    fn phase(&mut self, seconds: u64, case: &str, phase: CasePhase) {
        self.at(seconds, RunEvent::CasePhase { case: case.to_owned(), phase });
    }

    fn sample(&mut self, seconds: u64, case: &str, of_phase: u64) {
        let video = VideoCounters { bytes_received: of_phase as f64 * 1e5, ..VideoCounters::default() };
        let sample = Sample {
            phase: Phase::AudioVideo,
            timestamp: seconds as f64 * 1e3,
            network_seconds: None,
            elapsed: Some(of_phase as f64 * 1e3),
            limit: Some(30_000.0),
            audio: None,
            video: Some(video),
            available_outgoing_bitrate: None,
            quality_limitation_reason: None,
            simulcast: None,
        };
        self.at(seconds, RunEvent::CaseSample { case: case.to_owned(), sample });
    }

    fn end(&mut self, seconds: u64, case: &str, outcome: Outcome, reason: &str) {
        let mut result = self.recorded.cases[0].clone();
        result.case = case.to_owned();
        result.outcome = outcome;
        result.duration = Duration::from_secs(36);
        result.attempts.clear();
        result.reasons = Some(reason.to_owned()).filter(|reason| !reason.is_empty()).into_iter().collect();
        self.at(seconds, RunEvent::CaseFinished { result: Box::new(result) });
    }

    fn drawn(&self, seconds: u64) -> String {
        let lines = self.board.lines(Duration::from_secs(seconds), 80);
        assert!(lines.iter().all(|line| line.chars().count() <= 80), "{lines:?}");
        format!("after {seconds} s\n{}\n", lines.iter().map(|line| format!("|{line}\n")).collect::<String>())
    }
}

#[test]
fn a_run_as_a_terminal_and_a_log_show_it() {
    let mut run = Run::begin();
    let mut drawn = vec![run.drawn(0)];
    run.start(0, CASES[0], 1);
    run.start(0, CASES[1], 1);
    run.phase(1, CASES[0], CasePhase::Connectivity);
    drawn.push(run.drawn(2));
    run.phase(6, CASES[0], CasePhase::Quality);
    run.sample(10, CASES[0], 4);
    run.sample(11, CASES[0], 5);
    drawn.push(run.drawn(11));
    run.end(36, CASES[0], Outcome::Passed, "");
    run.start(36, CASES[2], 1);
    run.end(36, CASES[1], Outcome::Failed, "an expectation is missed");
    run.start(36, LONG, 1);
    drawn.push(run.drawn(40));
    run.at(50, RunEvent::CasePutBack { case: CASES[2].to_owned(), reasons: vec!["the CPUs were busy".to_owned()] });
    drawn.push(run.drawn(50));
    run.start(60, LONG, 2);
    run.end(72, LONG, Outcome::Hung, "quality did not end within 180 s");
    run.start(72, CASES[2], 2);
    run.end(108, CASES[2], Outcome::Passed, "");
    drawn.push(run.drawn(108));
    insta::assert_snapshot!(format!("{}log\n{}", drawn.concat(), run.log.join("\n")));
}

#[test]
fn the_remaining_time_follows_from_the_pace_so_far() {
    let mut run = Run::begin();
    let left = |run: &Run, seconds| run.board.left(Duration::from_secs(seconds)).as_secs_f64().round();
    assert_eq!(left(&run, 0), 80.0);
    run.start(0, CASES[0], 1);
    run.start(0, CASES[1], 1);
    assert_eq!(left(&run, 20), 60.0);
    // The cases took half as long as expected, so the others probably will as well.
    run.end(20, CASES[0], Outcome::Passed, "");
    run.end(20, CASES[1], Outcome::Passed, "");
    assert_eq!(left(&run, 20), 20.0);
    run.start(20, CASES[2], 1);
    // A single case takes its full time, however many could run beside it.
    assert_eq!(left(&run, 30), 15.0);
    // A late case may end at any moment.
    assert_eq!(left(&run, 500), 10.0);
}

#[test]
fn a_resumed_run_counts_earlier_cases() {
    let mut board = Board::new(ExpectedDurations::default(), 7);
    board.total = 9;
    let total = |board: &Board| board.lines(Duration::ZERO, 80).concat();
    assert!(total(&board).ends_with("7 of 9: 7 before"), "{}", total(&board));
    board.total = 7;
    assert!(total(&board).contains("7 of 7"));
}

#[test]
fn text_from_a_page_is_one_line_without_control_characters() {
    let mut run = Run::begin();
    let hostile = "boom \u{1b}]52;c;x\u{7}\u{1b}[2J\n::error::forged\r\ncase: passed after 1 s (1 of 1)".to_owned();
    run.start(0, CASES[0], 1);
    let mut result = run.recorded.cases[0].clone();
    (result.case, result.outcome, result.reasons) = (CASES[0].to_owned(), Outcome::Errored, vec![hostile.clone()]);
    run.at(2, RunEvent::CaseFinished { result: Box::new(result) });
    run.at(2, RunEvent::Warning { message: hostile.clone() });
    run.at(3, RunEvent::CasePutBack { case: CASES[1].to_owned(), reasons: vec![hostile] });
    let hostile: Vec<_> = run.log.iter().filter(|line| line.contains("boom")).collect();
    assert_eq!(hostile.len(), 3);
    assert!(!hostile.iter().any(|line| line.contains(char::is_control)), "{hostile:?}");
}
