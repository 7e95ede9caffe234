//! Outcome classes: what became of a case, and what that means for retries and the exit code.

use serde::{Deserialize, Serialize};

use crate::Exit;

/// What became of one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It ran and met its expectations.
    Passed,
    /// It ran and missed at least one expectation.
    Failed,
    /// It ran, but what it measured does not support a verdict: host starved, network not applied, too few samples.
    Inconclusive,
    /// The page or the SDK raised an error that no expectation allows.
    Errored,
    /// A phase outlived its deadline.
    Hung,
    /// precall or the browser broke: Chrome died, a port was lost, the disk was full.
    Infrastructure,
    /// The run was interrupted before the case ended.
    Interrupted,
}

impl Outcome {
    /// Whether running the case again could give a different kind of answer. A hang is a result, never retried.
    pub fn is_retried(self) -> bool {
        matches!(self, Self::Inconclusive | Self::Infrastructure)
    }

    /// Whether the case says something about what was tested, rather than about the host, the network or precall. Only
    /// conclusive cases are compared, and count as repeats.
    pub fn is_conclusive(self) -> bool {
        match self {
            Self::Passed | Self::Failed | Self::Errored | Self::Hung => true,
            Self::Inconclusive | Self::Infrastructure | Self::Interrupted => false,
        }
    }

    /// The exit code that a run with only this outcome has.
    pub fn exit(self) -> Exit {
        match self {
            Self::Passed => Exit::Passed,
            Self::Failed | Self::Errored | Self::Hung => Exit::Failed,
            Self::Inconclusive | Self::Infrastructure => Exit::Infrastructure,
            Self::Interrupted => Exit::Interrupted,
        }
    }

    /// The word shown to people; the same as in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Inconclusive => "inconclusive",
            Self::Errored => "errored",
            Self::Hung => "hung",
            Self::Infrastructure => "infrastructure",
            Self::Interrupted => "interrupted",
        }
    }

    /// The outcome of a run from those of its cases: what a CI job must look at first.
    pub fn gravest(outcomes: &[Self]) -> Self {
        let order =
            [Self::Interrupted, Self::Failed, Self::Errored, Self::Hung, Self::Infrastructure, Self::Inconclusive];
        order.into_iter().find(|outcome| outcomes.contains(outcome)).unwrap_or(Self::Passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_outweighs_a_broken_lab_and_either_outweighs_a_pass() {
        assert_eq!(Outcome::gravest(&[Outcome::Passed, Outcome::Passed]), Outcome::Passed);
        assert_eq!(Outcome::gravest(&[Outcome::Passed, Outcome::Inconclusive]).exit(), Exit::Infrastructure);
        assert_eq!(Outcome::gravest(&[Outcome::Infrastructure, Outcome::Hung]).exit(), Exit::Failed);
        assert_eq!(Outcome::gravest(&[]), Outcome::Passed);
    }
}
