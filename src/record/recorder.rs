//! The consumer of events that writes them down.

use std::collections::HashMap;

use serde::Serialize;

use super::directory::{EVENTS, JsonLines, RESULTS, RecordError, RunDirectory};
use super::results::RunCollector;
use crate::event::{Emitted, RunEvent, RunResult};

/// Writes events into a run directory.
pub struct Recorder {
    directory: RunDirectory,
    events: JsonLines,
    cases: HashMap<(String, &'static str), JsonLines>,
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
    #[serde(flatten)]
    value: &'a T,
}

/// A line of a case's `link.jsonl`.
#[derive(Serialize)]
struct LinkLine<'a> {
    seconds: f64,
    #[serde(flatten)]
    counters: &'a crate::network::PathCounters,
}

impl Recorder {
    /// A recorder into this directory, for a run whose events go to `collector` as well.
    pub fn new(directory: RunDirectory, collector: RunCollector) -> Result<Self, RecordError> {
        let events = JsonLines::open(directory.path().join(EVENTS))?;
        Ok(Self { directory, events, cases: HashMap::new(), collector })
    }

    /// The run's result; `None` until it is over.
    pub fn result(&self) -> Option<&RunResult> {
        self.collector.result()
    }

    /// Writes one event down.
    ///
    /// # Errors
    ///
    /// When it cannot be written; what was written before stays.
    pub fn record(&mut self, emitted: &Emitted) -> Result<(), RecordError> {
        let Emitted { at, event } = emitted;
        self.collector.take(event);
        match event {
            RunEvent::CaseSample { case, sample } => self.append(case, "samples.jsonl", at, sample),
            RunEvent::CaseRtcStats { case, report } => self.append(case, "rtc-stats.jsonl", at, report),
            RunEvent::CaseConsole { case, line } => self.append(case, "console.jsonl", at, line),
            RunEvent::CaseLink { case, seconds, counters } => {
                self.append(case, "link.jsonl", at, &LinkLine { seconds: *seconds, counters })
            }
            RunEvent::CaseFinished { result } => {
                // On disk before the case counts as done.
                let path = self.directory.case(&result.case)?.join("result.json");
                self.directory.write_json(&path, result)?;
                self.cases.retain(|(case, _), _| *case != result.case);
                self.events.append(&EventLine { at, event })
            }
            RunEvent::RunFinished { .. } => {
                self.events.append(&EventLine { at, event })?;
                match self.collector.result() {
                    Some(result) => self.directory.write_json(&self.directory.path().join(RESULTS), result),
                    None => Ok(()),
                }
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
            let lines = JsonLines::open(self.directory.case(case)?.join(file))?;
            self.cases.insert(key.clone(), lines);
        }
        match self.cases.get_mut(&key) {
            Some(lines) => lines.append(&CaseLine { at, value }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::directory::CASES;

    /// Linux's device that is always full, in place of a file.
    fn full(run: &RunDirectory, file: &str) {
        let place = run.path().join(file);
        std::fs::create_dir_all(place.parent().expect("a directory")).expect("made");
        std::os::unix::fs::symlink("/dev/full", place).expect("a link");
    }

    fn emitted(event: RunEvent) -> Emitted {
        Emitted { at: "2026-01-02T03:04:05.678Z".to_owned(), event }
    }

    /// A case is not taken for ended unless its result is on disk.
    #[cfg(target_os = "linux")]
    #[test]
    fn on_a_full_disk_no_case_ends() {
        let base = tempfile::tempdir().expect("a directory");
        let result: RunResult =
            serde_json::from_str(include_str!("../../tests/fixtures/results.json")).expect("a recorded result");
        let case = result.cases[0].clone();
        let finished = emitted(RunEvent::CaseFinished { result: Box::new(case.clone()) });
        let phase = emitted(RunEvent::CasePhase { case: case.case.clone(), phase: crate::event::CasePhase::Quality });
        for (file, event, is_kept) in [
            ("events.jsonl".to_owned(), &phase, false),
            // It is written in one step, beside its place.
            (format!("{CASES}/{}/result.json.part", case.case), &finished, false),
            ("events.jsonl".to_owned(), &finished, true),
        ] {
            let run = RunDirectory::create(base.path(), "full", "2026").expect("a run");
            full(&run, &file);
            let place = run.path().join(CASES).join(&case.case).join("result.json");
            let mut recorder = Recorder::new(run, RunCollector::default()).expect("a recorder");
            let error = recorder.record(event).expect_err("it is full").to_string();
            for part in [file.split('.').next().unwrap_or_default(), "No space left on device", "--output"] {
                assert!(error.contains(part), "{part} in {error}");
            }
            assert_eq!(place.exists(), is_kept, "{file}");
        }
    }
}
