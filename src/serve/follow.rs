//! Following a run through its files: what its page shows of the events, and of the links of the cases that run.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::tail::Tail;
use crate::record::{EVENTS, HOST, LINK, SAMPLES, case_path, clean_value};
use precall_judge::score::per_second;
use precall_netem::units::Ratio;
use precall_netem::{Direction, LinkReading, LinkWindow, PathCounters};
use precall_results::{CasePhase, CaseResult, HostSecond, Metric, Outcome, RunEvent, Sample};
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
    /// What the module under test called back with.
    Sample {
        case: String,
        /// Seconds since the network was applied.
        at: f64,
        /// Received audio and video, in kbit/s. Absent in the first sample of a phase.
        received: Option<f64>,
        /// The bandwidth estimate of the sender, in kbit/s. Absent where the module does not tell.
        estimate: Option<f64>,
        /// Received frames a second. Absent without video.
        frame_rate: Option<f64>,
    },
    /// The load of the host in one second, in percent.
    Host {
        /// The used share of the CPUs' time.
        busy: Option<f64>,
        /// The share of the time in which a task waited for a CPU.
        pressure: Option<f64>,
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
    cases: BTreeMap<String, CaseFollower>,
    pub(super) is_over: bool,
}

/// A reader of the files of a case that runs.
#[derive(Debug, Default)]
struct CaseFollower {
    attempt: u32,
    link: Tail,
    last_link: Option<LinkReading>,
    samples: Tail,
    last_sample: Option<Sample>,
    host: Tail,
}

impl RunFollower {
    /// Returns a follower from the beginning of the run.
    ///
    /// # Errors
    ///
    /// When the run cannot be opened.
    pub(super) fn open(run: &Path) -> io::Result<Self> {
        let run = Directory::open(run)?;
        Ok(Self { run, events: Tail::default(), cases: BTreeMap::new(), is_over: false })
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
        for (case, follower) in &mut self.cases {
            news.extend(follower.news(&self.run, case));
        }
        news
    }

    fn note(&mut self, event: &RunEvent) {
        match event {
            RunEvent::CaseStarted { case, attempt } => {
                let follower = self.cases.entry(case.clone()).or_default();
                (follower.attempt, follower.last_link, follower.last_sample) = (*attempt, None, None);
            }
            RunEvent::CasePutBack { case, .. } => drop(self.cases.remove(case)),
            RunEvent::CaseFinished { result } => drop(self.cases.remove(&result.case)),
            RunEvent::RunStarted { .. } => self.cases.clear(),
            RunEvent::RunFinished { .. } => self.is_over = true,
            _ => {}
        }
    }
}

impl CaseFollower {
    /// Returns what has happened since the last call. A file that cannot be read has nothing new.
    fn news(&mut self, run: &Directory, case: &str) -> Vec<News> {
        let path = case_path(case);
        let new = |file: &str, tail: &mut Tail| {
            run.file(path.join(file)).and_then(|mut file| tail.lines(&mut file)).unwrap_or_default()
        };
        let (links, samples, hosts) =
            (new(LINK, &mut self.link), new(SAMPLES, &mut self.samples), new(HOST, &mut self.host));
        let mut news = Vec::new();
        news.extend(links.iter().filter_map(|line| self.second(case, line)));
        news.extend(samples.iter().filter_map(|line| self.sample(case, line)));
        news.extend(hosts.iter().filter_map(|line| self.host(line)));
        news
    }

    /// Reads a line of the current attempt.
    fn read<T: DeserializeOwned>(&self, line: &str) -> Option<T> {
        let value: Value = serde_json::from_str(line).ok()?;
        let is_current = value["attempt"].as_u64().is_none_or(|attempt| attempt == u64::from(self.attempt));
        is_current.then(|| serde_json::from_value(value).ok())?
    }

    fn second(&mut self, case: &str, line: &str) -> Option<News> {
        let Timed { seconds, value }: Timed<PathCounters> = self.read(line)?;
        let reading = (seconds, value);
        let last = self.last_link.replace(reading)?;
        let window = LinkWindow::between(&last, &reading)?;
        Some(News::Second {
            case: case.to_owned(),
            at: seconds,
            up: window.bitrate(Direction::Up) / 1e3,
            down: window.bitrate(Direction::Down) / 1e3,
            loss: window.loss_ratio().map(|share| share * 100.0),
        })
    }

    fn sample(&mut self, case: &str, line: &str) -> Option<News> {
        let sample: Sample = self.read(line)?;
        let samples = [self.last_sample.replace(sample.clone()).unwrap_or_else(|| sample.clone()), sample];
        let figures = per_second(&samples);
        let [_, second] = &figures[..] else { return None };
        let rates: Vec<_> = [second.audio_bitrate, second.video_bitrate].into_iter().flatten().collect();
        let [_, sample] = samples;
        Some(News::Sample {
            case: case.to_owned(),
            at: sample.network_seconds?,
            received: (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / 1e3),
            estimate: sample.available_outgoing_bitrate.map(|rate| rate / 1e3),
            frame_rate: sample.video.and_then(|video| video.frame_rate),
        })
    }

    fn host(&self, line: &str) -> Option<News> {
        let HostSecond { cpu_busy, cpu_pressure } = self.read(line)?;
        let percent = |share: Option<Ratio>| share.map(|share| share.get() * 100.0);
        Some(News::Host { busy: percent(cpu_busy), pressure: percent(cpu_pressure) })
    }
}

/// A line of a file with its time.
#[derive(Deserialize)]
struct Timed<T> {
    seconds: f64,
    #[serde(flatten)]
    value: T,
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
        | RunEvent::CaseConsole { .. }
        | RunEvent::CaseCall { .. }
        | RunEvent::CaseSubscription { .. }
        | RunEvent::CasePage { .. }
        | RunEvent::CasePlatform { .. }
        | RunEvent::CaseHost { .. } => return None,
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
