//! Following a run through its files: what its page shows of the events, and of the links of the cases that run.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::tail::Tail;
use crate::record::{EVENTS, LINK, case_path, clean_value};
use precall_netem::{Direction, LinkReading, LinkWindow};
use precall_results::{CasePhase, CaseResult, Metric, Outcome, RunEvent};
use precall_support::files::Directory;

/// News of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum News {
    /// The run begins, or goes on after an interruption.
    Run {
        scenario: String,
        started_at: String,
        slots: usize,
        cases: Vec<String>,
    },
    Started {
        case: String,
        attempt: u32,
    },
    Phase {
        case: String,
        phase: CasePhase,
    },
    /// One second of the links of a case that runs.
    Second {
        case: String,
        /// Seconds since the network was applied.
        at: f64,
        /// The rate that left the uplink, in kbit/s of UDP payload.
        up: f64,
        /// The rate that left the downlink, in kbit/s of UDP payload.
        down: f64,
        /// The share of packets that both links dropped together, in percent. Absent when no packet entered one of
        /// them.
        loss: Option<f64>,
    },
    Finished {
        case: String,
        outcome: Outcome,
        reasons: Vec<String>,
        video_mos: Option<f64>,
        /// Received video, in kbit/s.
        video_bitrate: Option<f64>,
    },
    /// The case waits until it has the host to itself.
    PutBack {
        case: String,
    },
    /// The case is not needed any more.
    Decided {
        case: String,
    },
    Warning {
        message: String,
    },
    Over {
        outcome: Outcome,
    },
}

/// A reader of a run's files.
#[derive(Debug)]
pub(super) struct RunFollower {
    run: Directory,
    events: Tail,
    links: BTreeMap<String, LinkFollower>,
    pub(super) is_over: bool,
}

/// The counters of a case that runs.
#[derive(Debug, Default)]
struct LinkFollower {
    attempt: u32,
    tail: Tail,
    last: Option<LinkReading>,
}

impl RunFollower {
    /// Returns a follower from the beginning of the run.
    ///
    /// # Errors
    ///
    /// When the run cannot be opened.
    pub(super) fn open(run: &Path) -> io::Result<Self> {
        let run = Directory::open(run)?;
        Ok(Self { run, events: Tail::default(), links: BTreeMap::new(), is_over: false })
    }

    /// Returns what has happened since the last call. A file that cannot be read has nothing new.
    pub(super) fn news(&mut self) -> Vec<News> {
        let mut news = Vec::new();
        let lines = self.run.file(EVENTS).and_then(|mut file| self.events.lines(&mut file)).unwrap_or_default();
        for line in lines {
            let Ok(mut value) = serde_json::from_str::<Value>(&line) else { continue };
            clean_value(&mut value);
            let Ok(event) = serde_json::from_value::<RunEvent>(value) else { continue };
            self.note(&event);
            news.extend(of_event(event));
        }
        for (case, follower) in &mut self.links {
            let lines = self.run.file(case_path(case).join(LINK)).and_then(|mut file| follower.tail.lines(&mut file));
            news.extend(lines.unwrap_or_default().iter().filter_map(|line| follower.second(case, line)));
        }
        news
    }

    fn note(&mut self, event: &RunEvent) {
        match event {
            RunEvent::CaseStarted { case, attempt } => {
                let follower = self.links.entry(case.clone()).or_default();
                (follower.attempt, follower.last) = (*attempt, None);
            }
            RunEvent::CasePutBack { case, .. } => drop(self.links.remove(case)),
            RunEvent::CaseFinished { result } => drop(self.links.remove(&result.case)),
            RunEvent::RunStarted { .. } => self.links.clear(),
            RunEvent::RunFinished { .. } => self.is_over = true,
            _ => {}
        }
    }
}

impl LinkFollower {
    fn second(&mut self, case: &str, line: &str) -> Option<News> {
        let value: Value = serde_json::from_str(line).ok()?;
        if value["attempt"].as_u64().is_some_and(|attempt| attempt != u64::from(self.attempt)) {
            return None;
        }
        let reading = (value["seconds"].as_f64()?, serde_json::from_value(value).ok()?);
        let last = self.last.replace(reading)?;
        let window = LinkWindow::between(&last, &reading)?;
        Some(News::Second {
            case: case.to_owned(),
            at: reading.0,
            up: window.bitrate(Direction::Up) / 1e3,
            down: window.bitrate(Direction::Down) / 1e3,
            loss: window.loss_ratio().map(|share| share * 100.0),
        })
    }
}

fn of_event(event: RunEvent) -> Option<News> {
    Some(match event {
        RunEvent::RunStarted { run } => News::Run {
            scenario: run.scenario,
            started_at: run.started_at,
            slots: run.slots,
            cases: run.cases.into_iter().map(|case| case.id).collect(),
        },
        RunEvent::Warning { message } => News::Warning { message },
        RunEvent::CaseStarted { case, attempt } => News::Started { case, attempt },
        RunEvent::CasePhase { case, phase } => News::Phase { case, phase },
        RunEvent::CasePutBack { case, .. } => News::PutBack { case },
        RunEvent::CaseDecided { case, .. } => News::Decided { case },
        RunEvent::CaseFinished { result } => finished(*result),
        RunEvent::RunFinished { outcome, .. } => News::Over { outcome },
        RunEvent::CaseSample { .. }
        | RunEvent::CaseRtcStats { .. }
        | RunEvent::CaseLink { .. }
        | RunEvent::CaseConsole { .. } => return None,
    })
}

fn finished(result: CaseResult) -> News {
    let number = |metric| result.metric(metric).and_then(|value| value.number());
    News::Finished {
        outcome: result.outcome,
        video_mos: number(Metric::VideoMos),
        video_bitrate: number(Metric::VideoBitrate).map(|rate| rate / 1e3),
        case: result.case,
        reasons: result.reasons,
    }
}

#[cfg(test)]
mod tests;
