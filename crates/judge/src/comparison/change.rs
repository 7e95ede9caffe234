//! The result of a comparison in one word.

use serde::{Deserialize, Serialize};

use precall_results::Exit;

/// The result for a figure, a cell or a whole comparison: how the second side differs from the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// The second side is worse, by more than chance and by at least the smallest change that counts.
    Regressed,
    /// The second side is better, by more than chance and by at least the smallest change that counts.
    Improved,
    /// No change that counts was detected.
    Unchanged,
    /// The measurements cannot show a change.
    Inconclusive,
}

impl Change {
    /// Returns the word that is shown to people and used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::Improved => "improved",
            Self::Unchanged => "unchanged",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// Returns the exit code of a comparison with this result.
    pub fn exit(self) -> Exit {
        match self {
            Self::Regressed => Exit::Failed,
            Self::Inconclusive => Exit::Infrastructure,
            Self::Improved | Self::Unchanged => Exit::Passed,
        }
    }

    /// Returns the worst of several results, which a CI job must look at first.
    pub fn worst(changes: impl IntoIterator<Item = Self>) -> Self {
        let weight = |change: &Self| match change {
            Self::Unchanged => 0,
            Self::Improved => 1,
            Self::Inconclusive => 2,
            Self::Regressed => 3,
        };
        changes.into_iter().max_by_key(weight).unwrap_or(Self::Inconclusive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regressions_come_first_then_inconclusive_results() {
        use Change::{Improved, Inconclusive, Regressed, Unchanged};
        assert_eq!(Change::worst([Improved, Regressed, Inconclusive]), Regressed);
        assert_eq!(Change::worst([Improved, Inconclusive]).exit(), Exit::Infrastructure);
        assert_eq!(Change::worst([Unchanged, Improved]).exit(), Exit::Passed);
        assert_eq!(Change::worst([]), Inconclusive, "nothing was compared");
    }
}
