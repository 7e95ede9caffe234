//! Live progress: a line per running case on a terminal, plain lines elsewhere.

use std::collections::HashMap;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::event::{CasePhase, RunEvent};
use crate::report::format;
use crate::score::{Phase, Sample};

/// A bar's length; a quality test fills it.
const BAR_LENGTH: u64 = 1000;

/// Shows a run while it runs.
pub struct Progress {
    display: Display,
    /// The first and the latest sample of each running case's phase, to say how fast it receives and for how long.
    samples: HashMap<String, (Sample, Sample)>,
    finished: usize,
    total: usize,
}

enum Display {
    /// One bar a case.
    Bars { all: MultiProgress, cases: HashMap<String, ProgressBar> },
    /// A line when something changes.
    Lines,
    /// Nothing.
    Quiet,
}

impl Progress {
    /// Progress on standard error: bars on a terminal, lines elsewhere, nothing with `quiet`; of a run of which so many cases
    /// have ended before.
    pub fn new(quiet: bool, finished: usize) -> Self {
        let display = if quiet {
            Display::Quiet
        } else if std::io::stderr().is_terminal() && std::env::var_os("CI").is_none() {
            Display::Bars { all: MultiProgress::new(), cases: HashMap::new() }
        } else {
            Display::Lines
        };
        Self { display, samples: HashMap::new(), finished, total: 0 }
    }

    /// Shows what an event changes.
    pub fn show(&mut self, event: &RunEvent) {
        match event {
            RunEvent::RunStarted { run } => {
                self.total = run.cases.len();
                let cases = if self.total == 1 { "case" } else { "cases" };
                self.say(&format!(
                    "{}: {} {cases}, {} at once, {}",
                    run.scenario, self.total, run.slots, run.environment.browser
                ));
            }
            RunEvent::Warning { message } => self.say(&format!("warning: {message}")),
            RunEvent::CaseStarted { case, attempt } => self.start(case, *attempt),
            RunEvent::CasePhase { case, phase } => self.phase(case, *phase),
            RunEvent::CaseSample { case, sample } => self.sample(case, sample),
            RunEvent::CaseFinished { result } => {
                self.finished += 1;
                self.samples.remove(&result.case);
                if let Display::Bars { cases, .. } = &mut self.display
                    && let Some(bar) = cases.remove(&result.case)
                {
                    bar.finish_and_clear();
                }
                let line = format!(
                    "{}: {} after {:.0} s ({} of {})",
                    result.case,
                    result.outcome.as_str(),
                    result.seconds,
                    self.finished,
                    self.total
                );
                self.say(&line);
            }
            RunEvent::CaseDecided { case, reason } => {
                self.finished += 1;
                self.say(&format!("{case}: need not run: {reason} ({} of {})", self.finished, self.total));
            }
            RunEvent::CaseRtcStats { .. }
            | RunEvent::CaseLink { .. }
            | RunEvent::CaseConsole { .. }
            | RunEvent::RunFinished { .. } => {}
        }
    }

    fn start(&mut self, case: &str, attempt: u32) {
        if attempt > 1 {
            self.say(&format!("{case}: attempt {attempt}"));
        }
        if let Display::Bars { all, cases } = &mut self.display {
            let style = ProgressStyle::with_template("{spinner} {prefix:<18.bold} {bar:30} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            let bar = all.add(ProgressBar::new(BAR_LENGTH).with_style(style).with_prefix(case.to_owned()));
            bar.enable_steady_tick(Duration::from_millis(200));
            cases.insert(case.to_owned(), bar);
        }
    }

    fn phase(&mut self, case: &str, phase: CasePhase) {
        match &self.display {
            Display::Bars { cases, .. } => {
                if let Some(bar) = cases.get(case) {
                    bar.set_message(phase.as_str());
                }
            }
            _ => self.say(&format!("{case}: {}", phase.as_str())),
        }
    }

    fn sample(&mut self, case: &str, sample: &Sample) {
        let known = self.samples.get(case).filter(|(first, _)| first.phase == sample.phase);
        let rate = known.and_then(|(_, last)| received_rate(last, sample));
        let first = known.map_or(sample, |(first, _)| first).clone();
        // Other modules do not say; their first sample comes after a second.
        let elapsed = sample.elapsed.unwrap_or(sample.timestamp - first.timestamp + 1e3) / 1e3;
        self.samples.insert(case.to_owned(), (first, sample.clone()));
        let phase = match sample.phase {
            Phase::AudioVideo => "quality",
            Phase::AudioOnly => "quality, audio only",
        };
        let limit = sample.limit.map(|limit| format!(" of at most {:.0}", limit / 1e3)).unwrap_or_default();
        let receiving = rate.map(|rate| format!(", receiving {}", format::bits_per_second(rate))).unwrap_or_default();
        let message = format!("{phase}: {elapsed:.0}{limit} s{receiving}");
        match &self.display {
            Display::Bars { cases, .. } => {
                if let Some(bar) = cases.get(case) {
                    if let Some(limit) = sample.limit.filter(|limit| *limit > 0.0) {
                        bar.set_position((elapsed * 1e3 / limit * BAR_LENGTH as f64) as u64);
                    }
                    bar.set_message(message);
                }
            }
            // A line every second would bury a log.
            Display::Lines if (elapsed.round() as u64).is_multiple_of(5) => self.say(&format!("{case}: {message}")),
            _ => {}
        }
    }

    fn say(&self, line: &str) {
        match &self.display {
            // A terminal that went away has nobody to read it.
            Display::Bars { all, .. } => drop(all.println(line)),
            Display::Lines => drop(writeln!(std::io::stderr(), "{line}")),
            Display::Quiet => {}
        }
    }
}

/// Bits per second received between two samples of one phase.
fn received_rate(last: &Sample, now: &Sample) -> Option<f64> {
    let bytes = |sample: &Sample| {
        sample.audio.as_ref().map_or(0.0, |audio| audio.bytes_received)
            + sample.video.as_ref().map_or(0.0, |video| video.bytes_received)
    };
    let seconds = (now.timestamp - last.timestamp) / 1e3;
    let rate = (bytes(now) - bytes(last)) * 8.0 / seconds;
    (last.phase == now.phase && seconds > 0.0 && rate >= 0.0).then_some(rate)
}
