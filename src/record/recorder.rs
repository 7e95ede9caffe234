//! The consumer of events that writes them down.

use std::collections::HashMap;

use serde::Serialize;

use super::directory::{
    CALL, CONSOLE, EVENTS, HOST, JsonLines, LINK, PAGES, PLATFORM, RESULT, RESULTS, RTC_STATS, RecordError,
    RunDirectory, SAMPLES, SUBSCRIPTIONS, case_path,
};
use super::results::RunCollector;
use crate::run_events::{ConsumerError, Emitted, EventConsumer};
use precall_results::{HostSecond, PageSecond, RunEvent};

/// Writes events into a run directory.
pub struct Recorder {
    directory: RunDirectory,
    events: JsonLines,
    cases: HashMap<(String, &'static str), JsonLines>,
    /// The number of the current attempt at each case.
    attempts: HashMap<String, u32>,
    collector: RunCollector,
}

/// A line of `events.jsonl`.
#[derive(Serialize)]
pub(super) struct EventLine<'a> {
    pub at: &'a str,
    #[serde(flatten)]
    pub event: &'a RunEvent,
}

/// A line of a case's file.
#[derive(Serialize)]
struct CaseLine<'a, T> {
    at: &'a str,
    /// The number of the attempt that wrote the line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(flatten)]
    value: &'a T,
}

/// A line of a case's `link.jsonl`.
#[derive(Serialize)]
struct LinkLine<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    participant: Option<&'a str>,
    seconds: f64,
    #[serde(flatten)]
    counters: &'a precall_netem::PathCounters,
}

/// A line of a case's `pages.jsonl`.
#[derive(Serialize)]
struct PageLine<'a> {
    participant: &'a str,
    seconds: f64,
    #[serde(flatten)]
    page: &'a PageSecond,
}

/// A line of a case's `host.jsonl`.
#[derive(Serialize)]
struct HostLine<'a> {
    seconds: f64,
    #[serde(flatten)]
    load: &'a HostSecond,
}

impl Recorder {
    /// A recorder into this directory, for a run whose events go to `collector` as well.
    pub fn new(directory: RunDirectory, collector: RunCollector) -> Result<Self, RecordError> {
        let events = directory.lines(EVENTS)?;
        Ok(Self { directory, events, cases: HashMap::new(), attempts: HashMap::new(), collector })
    }

    /// Writes one event down.
    ///
    /// # Errors
    ///
    /// When it cannot be written; what was written before stays.
    pub fn record(&mut self, emitted: &Emitted) -> Result<(), RecordError> {
        let Emitted { at, event } = emitted;
        self.collector.take(event);
        if let RunEvent::CaseStarted { case, attempt } = event {
            self.attempts.insert(case.clone(), *attempt);
        }
        match event {
            RunEvent::CaseSample { case, sample } => self.append(case, SAMPLES, at, sample),
            RunEvent::CaseRtcStats { case, report } => self.append(case, RTC_STATS, at, report),
            RunEvent::CaseConsole { case, line } => self.append(case, CONSOLE, at, line),
            RunEvent::CaseHost { case, seconds, load } => {
                self.append(case, HOST, at, &HostLine { seconds: *seconds, load })
            }
            RunEvent::CasePlatform { case, line } => self.append(case, PLATFORM, at, line),
            RunEvent::CaseLink { case, participant, seconds, counters } => {
                let line = LinkLine { participant: participant.as_deref(), seconds: *seconds, counters };
                self.append(case, LINK, at, &line)
            }
            RunEvent::CasePage { case, participant, seconds, page } => {
                self.append(case, PAGES, at, &PageLine { participant, seconds: *seconds, page })
            }
            RunEvent::CaseCall { case, line } => self.append(case, CALL, at, line),
            RunEvent::CaseSubscription { case, sample } => self.append(case, SUBSCRIPTIONS, at, sample),
            RunEvent::CaseFinished { result } => {
                // On disk before the case counts as done.
                self.directory.write_json(case_path(&result.case).join(RESULT), result)?;
                self.cases.retain(|(case, _), _| *case != result.case);
                self.attempts.remove(&result.case);
                self.events.append(&EventLine { at, event })
            }
            RunEvent::RunFinished { .. } => {
                // The run, too, ends once, however often it is resumed.
                if let Some(result) = self.collector.result() {
                    self.directory.write_json(RESULTS, result)?;
                }
                self.events.append(&EventLine { at, event })
            }
            RunEvent::RunStarted { .. }
            | RunEvent::Warning { .. }
            | RunEvent::CaseStarted { .. }
            | RunEvent::CasePutBack { .. }
            | RunEvent::CaseDecided { .. }
            | RunEvent::CasePhase { .. } => self.events.append(&EventLine { at, event }),
        }
    }

    fn append(&mut self, case: &str, file: &'static str, at: &str, value: &impl Serialize) -> Result<(), RecordError> {
        let key = (case.to_owned(), file);
        if !self.cases.contains_key(&key) {
            let lines = self.directory.lines(case_path(case).join(file))?;
            self.cases.insert(key.clone(), lines);
        }
        match self.cases.get_mut(&key) {
            Some(lines) => lines.append(&CaseLine { at, attempt: self.attempts.get(case).copied(), value }),
            None => Ok(()),
        }
    }
}

impl EventConsumer for Recorder {
    fn name(&self) -> &str {
        "the record of the run"
    }

    fn is_required(&self) -> bool {
        true
    }

    fn take(&mut self, emitted: &Emitted) -> Result<(), ConsumerError> {
        Ok(self.record(emitted)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::CaseRecords;
    use crate::record::directory::CASES;
    use precall_results::{CaseResult, RunResult};
    use precall_support::files::fail_after;

    fn emitted(event: RunEvent) -> Emitted {
        Emitted { at: "2026-01-02T03:04:05.678Z".to_owned(), event }
    }

    /// Each line names its attempt, and the lines of the last attempt are read.
    #[test]
    fn lines_name_their_attempt() {
        let base = tempfile::tempdir().expect("a directory");
        let directory = RunDirectory::create(base.path(), "twice", "2026-01-02T03:04:05Z").expect("made");
        let path = directory.path().to_owned();
        let mut recorder = Recorder::new(directory, RunCollector::default()).expect("a recorder");
        for (attempt, seconds) in [(1, [1.0, 2.0]), (2, [3.0, 4.0])] {
            let started = RunEvent::CaseStarted { case: "a".to_owned(), attempt };
            recorder.record(&emitted(started)).expect("recorded");
            for seconds in seconds {
                let link = RunEvent::CaseLink {
                    case: "a".to_owned(),
                    participant: None,
                    seconds,
                    counters: Default::default(),
                };
                recorder.record(&emitted(link)).expect("recorded");
            }
        }
        let text = std::fs::read_to_string(path.join(case_path("a")).join("link.jsonl")).expect("read");
        assert!(text.lines().next().expect("a line").contains("\"attempt\":1"), "{text}");
        let read = || {
            let records = CaseRecords::open(&path).expect("records");
            records.links("a").expect("read").iter().map(|(seconds, _)| *seconds).collect::<Vec<_>>()
        };
        assert_eq!(read(), [3.0, 4.0]);
        // A third attempt that wrote no line has no counters.
        recorder.record(&emitted(RunEvent::CaseStarted { case: "a".to_owned(), attempt: 3 })).expect("recorded");
        assert_eq!(read(), [0.0; 0]);
    }

    /// A case is not taken for ended unless its result is on disk, whichever write finds the disk full.
    #[test]
    fn full_disk_ends_no_case() {
        let result: RunResult =
            serde_json::from_str(include_str!("../../tests/fixtures/results.json")).expect("a recorded result");
        let case = result.cases[0].clone();
        let finished = emitted(RunEvent::CaseFinished { result: Box::new(case.clone()) });
        let is_whole = |path: &std::path::Path| {
            let text = std::fs::read_to_string(path).expect("read");
            serde_json::from_str::<CaseResult>(&text).is_ok_and(|result| result == case)
        };
        let mut steps = 0;
        loop {
            let base = tempfile::tempdir().expect("a directory");
            let run = RunDirectory::create(base.path(), "full", "2026").expect("a run");
            let place = run.path().join(CASES).join(&case.case).join(RESULT);
            let events = run.path().join(EVENTS);
            let mut recorder = Recorder::new(run, RunCollector::default()).expect("a recorder");
            fail_after(Some(steps));
            let recorded = recorder.record(&finished);
            fail_after(None);
            assert!(!place.exists() || is_whole(&place), "after {steps} steps");
            let told = std::fs::read_to_string(&events).expect("events");
            let Err(error) = recorded else {
                assert!(place.exists() && told.contains("caseFinished"));
                break;
            };
            assert!(error.to_string().contains("No space left on device") && error.is_about_the_place(), "{error}");
            assert!(!told.contains('\n'), "a whole line after {steps} steps: {told}");
            // There is room again: no line continues one that was cut short.
            recorder.record(&finished).expect("recorded");
            let told = std::fs::read_to_string(&events).expect("events");
            assert!(told.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{told}");
            steps += 1;
        }
        assert!(steps > 8, "{steps}");
    }
}
