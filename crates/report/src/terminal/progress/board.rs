//! The state of a run as lines for a terminal and for a log. It does not read a clock.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use super::running::{Room, Running, column};
use crate::format;
use crate::names::Names;
use precall_results::Outcome;
use precall_results::{CaseResult, RunEvent, RunInfo};
use precall_support::text::Printable;

/// The expected duration of a run.
#[derive(Debug, Clone, Default)]
pub struct ExpectedDurations {
    /// The expected duration of the whole run.
    pub wall_clock: Duration,
    /// The expected duration of each case, by its id.
    pub cases: HashMap<String, Duration>,
}

/// A line for a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub kind: Importance,
    /// The text, which may contain text from pages.
    pub text: Printable,
}

/// The importance of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Importance {
    /// The progress of a case, which a terminal shows in the line of its slot.
    Step,
    /// The start of a run, a case that passed, or a new attempt.
    Info,
    /// A problem that a person should look at.
    Problem,
}

/// The state of a run.
#[derive(Debug, Default)]
pub(super) struct Board {
    expected: ExpectedDurations,
    /// The short names of the cases.
    names: Names,
    slots: Vec<Option<Running>>,
    /// The number of finished cases for each outcome.
    ended: Vec<(Outcome, usize)>,
    /// The number of cases that finished before the run was resumed.
    ended_before: usize,
    /// The cells that a log has already reported to need no further repeats.
    reported: BTreeSet<String>,
    /// The number of cases that need not run.
    decided: usize,
    total: usize,
    /// The expected and the actual durations of the finished cases, in total.
    expected_so_far: Duration,
    taken_so_far: Duration,
}

impl Board {
    pub(super) fn new(expected: ExpectedDurations, ended_before: usize) -> Self {
        Self { expected, ended_before, ..Self::default() }
    }

    /// Applies an event that happened at this time after the start of the run. Returns the line for a log, if there is
    /// one.
    pub(super) fn take(&mut self, event: &RunEvent, now: Duration) -> Option<Line> {
        let (kind, text) = match event {
            RunEvent::RunStarted { run } => (Importance::Info, self.start(run)),
            RunEvent::Warning { message } => (Importance::Problem, format!("warning: {message}")),
            RunEvent::CaseStarted { case, attempt } => {
                self.enter(case, now);
                if *attempt == 1 {
                    return None;
                }
                (Importance::Info, format!("{}: attempt {attempt}", self.names.case(case)))
            }
            RunEvent::CasePhase { case, phase } => {
                self.slot(case)?.doing = phase.as_str().to_owned();
                (Importance::Step, format!("{}: {}", self.names.case(case), phase.as_str()))
            }
            RunEvent::CaseSample { case, sample } => {
                let running = self.slot(case)?;
                let elapsed = running.sample(sample);
                // A line every second would flood a log.
                if !(elapsed.round() as u64).is_multiple_of(5) {
                    return None;
                }
                let doing = running.doing.clone();
                (Importance::Step, format!("{}: {doing}", self.names.case(case)))
            }
            RunEvent::CasePutBack { case, reasons } => {
                self.leave(case);
                let why = reasons.join("; ");
                let case = self.names.case(case);
                (Importance::Info, format!("{case}: {why}: it will run again alone on the host"))
            }
            RunEvent::CaseDecided { case, reason } => {
                self.decided += 1;
                // One line for all remaining repeats of the cell.
                let cell = self.names.cell(case).to_owned();
                let line = format!("{cell}: no further repeats: {reason}");
                if !self.reported.insert(cell) {
                    return None;
                }
                (Importance::Info, line)
            }
            RunEvent::CaseFinished { result } => self.end(result, now),
            RunEvent::CaseRtcStats { .. }
            | RunEvent::CaseLink { .. }
            | RunEvent::CaseConsole { .. }
            | RunEvent::CaseCall { .. }
            | RunEvent::CaseSubscription { .. }
            | RunEvent::CasePage { .. }
            | RunEvent::CasePlatform { .. }
            | RunEvent::CaseHost { .. }
            | RunEvent::RunFinished { .. } => return None,
        };
        Some(Line { kind, text: Printable::line(&text) })
    }

    fn start(&mut self, run: &RunInfo) -> String {
        self.total = run.cases.len();
        self.names = Names::new(run.cases.iter().map(|case| case.id.as_str()));
        let cases = format::count(self.total, "case", "cases");
        format!("{}: {cases}, {} at once, {}", run.scenario, run.slots, run.environment.browser)
    }

    fn enter(&mut self, case: &str, now: Duration) {
        let place = self.slots.iter().position(|slot| slot.as_ref().is_some_and(|running| running.case == case));
        let place = place.or_else(|| self.slots.iter().position(Option::is_none)).unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        self.slots[place] = Some(Running::new(case, now));
    }

    fn slot(&mut self, case: &str) -> Option<&mut Running> {
        self.slots.iter_mut().flatten().find(|running| running.case == case)
    }

    fn leave(&mut self, case: &str) {
        for slot in &mut self.slots {
            slot.take_if(|running| running.case == case);
        }
    }

    fn end(&mut self, result: &CaseResult, now: Duration) -> (Importance, String) {
        let began = self.slot(&result.case).map(|running| running.began);
        self.leave(&result.case);
        if let Some(began) = began {
            self.expected_so_far += self.expected_of(&result.case);
            self.taken_so_far += now.saturating_sub(began);
        }
        match self.ended.iter_mut().find(|(outcome, _)| *outcome == result.outcome) {
            Some((_, count)) => *count += 1,
            None => self.ended.push((result.outcome, 1)),
        }
        let kind = if result.outcome == Outcome::Passed { Importance::Info } else { Importance::Problem };
        let reason = match (kind, result.reasons.first()) {
            (Importance::Problem, Some(reason)) => format!(": {reason}"),
            _ => String::new(),
        };
        let (outcome, seconds) = (result.outcome.as_str(), result.duration_of_last_attempt().as_secs_f64());
        let case = self.names.case(&result.case);
        let ended = self.ended();
        (kind, format!("{case}: {outcome} after {seconds:.0} s ({ended} of {}){reason}", self.total))
    }

    fn ended(&self) -> usize {
        self.ended_before + self.decided + self.ended.iter().map(|(_, count)| count).sum::<usize>()
    }

    fn expected_of(&self, case: &str) -> Duration {
        self.expected.cases.get(case).copied().unwrap_or_default()
    }

    /// Returns a line for each slot, which is empty if the slot is, and a line for the total. No line is wider than
    /// `width`.
    pub(super) fn lines(&self, now: Duration, width: usize) -> Vec<String> {
        let names = self.slots.iter().flatten().map(|running| self.names.case(&running.case));
        let room = Room { width, column: column(names, width) };
        let pace = self.pace();
        let line = |running: &Running| {
            let expected = self.expected_of(&running.case).mul_f64(pace);
            running.line(self.names.case(&running.case), room, now, expected)
        };
        let mut lines: Vec<_> = self.slots.iter().map(|slot| slot.as_ref().map(line).unwrap_or_default()).collect();
        lines.push(self.summary(room, now));
        lines
    }

    fn summary(&self, room: Room, now: Duration) -> String {
        let ended = self.ended();
        let mut parts: Vec<_> =
            self.ended.iter().map(|(outcome, count)| format!("{count} {}", outcome.as_str())).collect();
        if self.ended_before > 0 {
            parts.insert(0, format!("{} before", self.ended_before));
        }
        let counts = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
        let brief = format!("{ended} of {}", self.total);
        let left = match self.left(now) {
            left if ended == self.total || left.is_zero() => String::new(),
            left => format!("; about {} left", format::duration(left)),
        };
        let share = ended as f64 / self.total.max(1) as f64;
        room.fit("", share, &[format!("{brief}{counts}{left}"), format!("{brief}{left}"), brief])
    }

    /// Returns the ratio of actual to expected durations. Tests usually take less time than their limit.
    fn pace(&self) -> f64 {
        if self.expected_so_far.is_zero() {
            1.0
        } else {
            self.taken_so_far.as_secs_f64() / self.expected_so_far.as_secs_f64()
        }
    }

    /// Returns the remaining time: the remaining durations of all cases, distributed over the slots as planned, and at
    /// least that of each running case.
    fn left(&self, now: Duration) -> Duration {
        let pace = self.pace();
        let whole: Duration = self.expected.cases.values().sum();
        let at_once = (whole.as_secs_f64() / self.expected.wall_clock.as_secs_f64().max(0.1)).max(1.0);
        let (mut ahead, mut longest) = (whole.saturating_sub(self.expected_so_far).mul_f64(pace), Duration::ZERO);
        for running in self.slots.iter().flatten() {
            let expected = self.expected_of(&running.case).mul_f64(pace);
            let done = now.saturating_sub(running.began).min(expected);
            ahead = ahead.saturating_sub(done);
            longest = longest.max(expected - done);
        }
        longest.max(ahead.div_f64(at_once))
    }
}

#[cfg(test)]
mod tests;
