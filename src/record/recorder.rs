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
