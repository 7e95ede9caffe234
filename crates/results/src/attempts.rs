//! Conclusions from several attempts at one case.

use std::time::Duration;

use super::case::{Attempt, CaseResult};
use crate::Doubt;
use crate::Outcome;

/// Why a case was measured more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasuredAgain {
    /// The host was busy: this says nothing about what was tested.
    HostBusy,
    /// An earlier attempt was inconclusive for another reason.
    Inconclusive,
    /// precall or the browser broke in an earlier attempt.
    Broken,
    /// An earlier attempt failed, and the last one passed.
    Flaky,
}

impl MeasuredAgain {
    /// The words shown to people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HostBusy => "measured again because the host was busy",
            Self::Inconclusive => "measured again because the first attempt was inconclusive",
            Self::Broken => "measured again because the browser or precall broke",
            Self::Flaky => "flaky: failed at first, and then passed",
        }
    }
}

impl CaseResult {
    /// Returns why the case was measured more than once; `None` when it was not. Of several reasons, the one that says
    /// most about the SDK.
    pub fn measured_again(&self) -> Option<MeasuredAgain> {
        let (_, earlier) = self.attempts.split_last()?;
        earlier.iter().filter_map(|attempt| self.because_of(attempt)).max_by_key(|why| match why {
            MeasuredAgain::HostBusy => 0,
            MeasuredAgain::Inconclusive => 1,
            MeasuredAgain::Broken => 2,
            MeasuredAgain::Flaky => 3,
        })
    }

    fn because_of(&self, earlier: &Attempt) -> Option<MeasuredAgain> {
        match earlier.outcome {
            Outcome::Inconclusive => match earlier.reasons.iter().find_map(|reason| Doubt::of(reason)) {
                Some(Doubt::Host) => Some(MeasuredAgain::HostBusy),
                Some(Doubt::Network | Doubt::Samples) | None => Some(MeasuredAgain::Inconclusive),
            },
            Outcome::Infrastructure | Outcome::Interrupted => Some(MeasuredAgain::Broken),
            Outcome::Failed | Outcome::Errored | Outcome::Hung if self.outcome == Outcome::Passed => {
                Some(MeasuredAgain::Flaky)
            }
            Outcome::Failed | Outcome::Errored | Outcome::Hung | Outcome::Passed => None,
        }
    }

    /// Returns the duration of the attempt that counts: without earlier attempts, and without the wait between them.
    pub fn duration_of_last_attempt(&self) -> Duration {
        self.attempts.last().map_or(self.duration, |attempt| attempt.duration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RunResult;

    fn case(outcomes: &[(Outcome, &str)]) -> CaseResult {
        let run: RunResult =
            serde_json::from_str(include_str!("../../../tests/fixtures/results.json")).expect("a recorded result");
        let mut case = run.cases[0].clone();
        let attempt = |(outcome, reason): &(Outcome, &str)| Attempt {
            outcome: *outcome,
            reasons: vec![(*reason).to_owned()],
            duration: Duration::from_millis(7500),
        };
        case.attempts = outcomes.iter().map(attempt).collect();
        case.outcome = outcomes.last().map_or(Outcome::Passed, |(outcome, _)| *outcome);
        case.duration = Duration::from_secs(100);
        case
    }

    #[test]
    fn a_busy_host_is_not_called_flaky() {
        let busy = (Outcome::Inconclusive, "the host could not keep up: the CPUs were busy");
        let passed = (Outcome::Passed, "");
        let again = |outcomes: &[(Outcome, &str)]| case(outcomes).measured_again();
        assert_eq!(again(&[passed]), None);
        assert_eq!(again(&[busy, passed]), Some(MeasuredAgain::HostBusy));
        assert_eq!(again(&[busy, (Outcome::Failed, "too slow")]), Some(MeasuredAgain::HostBusy));
        assert_eq!(again(&[(Outcome::Inconclusive, "too few samples"), passed]), Some(MeasuredAgain::Inconclusive));
        assert_eq!(again(&[(Outcome::Infrastructure, "the browser is gone"), passed]), Some(MeasuredAgain::Broken));
        assert_eq!(again(&[busy, (Outcome::Failed, "too slow"), passed]), Some(MeasuredAgain::Flaky));
        assert_eq!(again(&[(Outcome::Failed, "too slow"), (Outcome::Failed, "too slow")]), None);
    }

    #[test]
    fn duration_is_that_of_the_last_attempt() {
        assert_eq!(
            case(&[(Outcome::Inconclusive, ""), (Outcome::Passed, "")]).duration_of_last_attempt().as_secs_f64(),
            7.5
        );
        assert_eq!(case(&[]).duration_of_last_attempt().as_secs_f64(), 100.0, "an older result has no attempts");
    }
}
