//! How long each phase of a case may take. A phase that outlives its deadline is a result, `hung`, and not retried.

use std::time::{Duration, Instant};

use crate::page::CASE_LIMIT;
use precall_results::CasePhase;

/// The deadline of a phase, from its start.
///
/// A connectivity test that fails slowly still ends: the module's own limits add up to under 100 s (20 s to connect, 20
/// s to publish, 35 s to subscribe, and clean-up). A quality test measures at most 30 s with video and 30 s without,
/// each after setting up.
fn deadline(phase: CasePhase) -> Duration {
    Duration::from_secs(match phase {
        CasePhase::Prepare => 30,
        CasePhase::Connectivity => 120,
        CasePhase::Quality => 180,
        // The pages of a call are followed by `call::live_call`, which knows how long the call lasts.
        CasePhase::Call => 660,
    })
}

/// When a case has to have moved on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadlines {
    phase: CasePhase,
    phase_ends: Instant,
    case_ends: Instant,
}

impl Deadlines {
    /// Returns the deadlines of an attempt that begins now.
    pub fn start(now: Instant) -> Self {
        let phase = CasePhase::Prepare;
        Self { phase, phase_ends: now + deadline(phase), case_ends: now + CASE_LIMIT }
    }

    /// Begins a phase: its deadline counts from now.
    pub fn enter(&mut self, phase: CasePhase, now: Instant) {
        (self.phase, self.phase_ends) = (phase, now + deadline(phase));
    }

    /// When the case is hung, unless it has moved on by then.
    pub fn next(&self) -> Instant {
        self.phase_ends.min(self.case_ends)
    }

    /// Why it is hung then.
    pub fn reason(&self) -> String {
        match self.phase_ends <= self.case_ends {
            true => format!("{} did not end within {} s", self.phase.as_str(), deadline(self.phase).as_secs()),
            false => format!("the case did not end within {} s", CASE_LIMIT.as_secs()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_deadline_is_never_extended() {
        let began = Instant::now();
        let mut deadlines = Deadlines::start(began);
        assert_eq!(deadlines.next() - began, Duration::from_secs(30));
        assert_eq!(deadlines.reason(), "prepare did not end within 30 s");
        for seconds in 0..1000 {
            deadlines.enter(CasePhase::Quality, began + Duration::from_secs(seconds));
        }
        assert_eq!(deadlines.next() - began, CASE_LIMIT);
        assert_eq!(deadlines.reason(), "the case did not end within 420 s");
    }

    #[test]
    fn case_limit_exceeds_all_phases() {
        let phases = [CasePhase::Prepare, CasePhase::Connectivity, CasePhase::Quality].map(deadline);
        assert!(phases.iter().sum::<Duration>() < CASE_LIMIT);
    }
}
