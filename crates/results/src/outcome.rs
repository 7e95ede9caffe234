//! Outcomes of cases and runs, with their retries and exit codes.

use serde::{Deserialize, Serialize};

use crate::Exit;

/// The outcome of a case or a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The case ran and met its expectations.
    Passed,
    /// The case ran and missed at least one expectation.
    Failed,
    /// The case ran, but its measurement supports no verdict: the host was starved, the network was not applied, or
    /// there were too few samples.
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
    /// Whether another attempt could give a different kind of outcome. A hang is a result and is never retried.
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

    /// Returns the exit code of a run with this outcome.
    pub fn exit(self) -> Exit {
        match self {
            Self::Passed => Exit::Passed,
            Self::Failed | Self::Errored | Self::Hung => Exit::Failed,
            Self::Inconclusive | Self::Infrastructure => Exit::Infrastructure,
            Self::Interrupted => Exit::Interrupted,
        }
    }

    /// Returns the name of the outcome in reports and files.
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
    pub fn worst(outcomes: &[Self]) -> Self {
        let order =
            [Self::Interrupted, Self::Failed, Self::Errored, Self::Hung, Self::Infrastructure, Self::Inconclusive];
        order.into_iter().find(|outcome| outcomes.contains(outcome)).unwrap_or(Self::Passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_outweigh_infrastructure_which_outweighs_passes() {
        assert_eq!(Outcome::worst(&[Outcome::Passed, Outcome::Passed]), Outcome::Passed);
        assert_eq!(Outcome::worst(&[Outcome::Passed, Outcome::Inconclusive]).exit(), Exit::Infrastructure);
        assert_eq!(Outcome::worst(&[Outcome::Infrastructure, Outcome::Hung]).exit(), Exit::Failed);
        assert_eq!(Outcome::worst(&[]), Outcome::Passed);
    }
}
