//! A run that goes on: its events, written as precall writes them.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use precall::record::{Recorder, RunCollector, RunDirectory};
use precall::run_events::Emitted;
use precall_netem::units::Ratio;
use precall_netem::{LinkCounters, PathCounters};
use precall_results::{
    AudioCounters, CaseResult, CaseSummary, HostSecond, Phase, RunEvent, RunResult, Sample, VideoCounters,
};

/// The cases of the run.
pub const CASES: usize = 2_000;

/// How many of them run at once.
const SLOTS: usize = 8;

/// How many have ended when the run is first watched.
const ENDED: usize = 1_000;

/// Eight cases have 7 events in each second, and one case ends every other second.
const BULK_EVENTS: usize = 7;

pub struct RecordedRun {
    recorder: Recorder,
    name: String,
    case: CaseResult,
    /// The number of the next case.
    next: usize,
    running: Vec<String>,
    second: u64,
}

impl RecordedRun {
    /// Begins a run, half of whose cases have ended.
    pub fn begin(runs: &Path) -> Self {
        let recorded: RunResult =
            serde_json::from_str(include_str!("../../tests/fixtures/results.json")).expect("a recorded result");
        let directory = RunDirectory::create(runs, "bench", "2026-01-02T03:04:05Z").expect("a directory");
        let name = directory.path().file_name().expect("a name").to_string_lossy().into_owned();
        let recorder = Recorder::new(directory, RunCollector::default()).expect("a recorder");
        let case = recorded.cases[0].clone();
        let mut run = Self { recorder, name, case, next: 0, running: Vec::new(), second: 0 };
        let mut info = recorded.run;
        info.slots = SLOTS;
        info.cases = (0..CASES).map(|number| CaseSummary { id: id(number) }).collect();
        run.record(RunEvent::RunStarted { run: info });
        for _ in 0..SLOTS {
            run.start();
        }
        for _ in 0..ENDED {
            run.end_first();
        }
        run
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Records as many events in each second as a run has, for so long. A warning in each second tells when it was
    /// written.
    pub fn go_on(&mut self, time: Duration) {
        let began = Instant::now();
        while began.elapsed() < time {
            let due = began + Duration::from_secs(self.second + 1);
            self.one_second();
            self.record(RunEvent::Warning { message: format!("probe {}", Timestamp::now().as_millisecond()) });
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
    }

    /// Records the events of so many seconds, a hundred times as fast as they would come, and a warning at the end.
    pub fn hurry(&mut self, seconds: u32, warning: &str) {
        for _ in 0..seconds {
            self.one_second();
            std::thread::sleep(Duration::from_millis(10));
        }
        self.record(RunEvent::Warning { message: warning.to_owned() });
    }

    fn one_second(&mut self) {
        self.second += 1;
        for case in self.running.clone() {
            for event in self.bulk(&case) {
                self.record(event);
            }
        }
        if self.second.is_multiple_of(2) && self.next < CASES {
            self.end_first();
        }
    }

    fn bulk(&self, case: &str) -> [RunEvent; BULK_EVENTS] {
        let (case, seconds) = (case.to_owned(), self.second as f64);
        let count = self.second * 100;
        let link = LinkCounters { packets_in: count, packets_out: count, bytes_out: count * 900, ..Default::default() };
        let sample = Sample {
            phase: Phase::AudioVideo,
            timestamp: seconds * 1e3,
            elapsed: Some(seconds * 1e3),
            limit: None,
            network_seconds: Some(seconds),
            audio: Some(AudioCounters { bytes_received: seconds * 5e3, ..AudioCounters::default() }),
            video: Some(VideoCounters { bytes_received: seconds * 8e4, ..VideoCounters::default() }),
            available_outgoing_bitrate: Some(9e5),
            quality_limitation_reason: None,
            simulcast: None,
        };
        let line = precall_results::ConsoleLine {
            participant: None,
            level: "log".to_owned(),
            text: format!("second {seconds}"),
        };
        let platform = precall_results::PlatformLine { what: "client logged".to_owned(), ..Default::default() };
        let load = HostSecond { cpu_busy: Ratio::new(0.4), cpu_pressure: Ratio::new(0.1) };
        let report = serde_json::json!({ "peerConnection": 0, "stats": [{ "type": "transport", "id": "T" }] });
        [
            RunEvent::CaseLink {
                case: case.clone(),
                participant: None,
                seconds,
                counters: PathCounters { up: link, down: link },
            },
            RunEvent::CaseSample { case: case.clone(), sample },
            RunEvent::CaseRtcStats { case: case.clone(), report: report.clone() },
            RunEvent::CaseRtcStats { case: case.clone(), report },
            RunEvent::CaseHost { case: case.clone(), seconds, load },
            RunEvent::CaseConsole { case: case.clone(), line },
            RunEvent::CasePlatform { case, line: platform },
        ]
    }

    fn start(&mut self) {
        let case = id(self.next);
        self.next += 1;
        self.record(RunEvent::CaseStarted { case: case.clone(), attempt: 1 });
        self.running.push(case);
    }

    fn end_first(&mut self) {
        let case = CaseResult { case: self.running.remove(0), ..self.case.clone() };
        self.record(RunEvent::CaseFinished { result: Box::new(case) });
        self.start();
    }

    fn record(&mut self, event: RunEvent) {
        self.recorder.record(&Emitted { at: Timestamp::now().to_string(), event }).expect("recorded");
    }
}

fn id(number: usize) -> String {
    format!("call,network=n{},repeat={}", number / 10, number % 10 + 1)
}
