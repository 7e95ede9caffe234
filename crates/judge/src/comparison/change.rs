//! What became of a figure, in a word.

use serde::{Deserialize, Serialize};

use precall_results::Exit;

/// What became of a figure, a cell or a whole comparison from the first side to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It is worse, by more than chance and by as much as counts.
    Regressed,
    /// It is better, by more than chance and by as much as counts.
    Improved,
    /// Nothing that counts was seen.
    Unchanged,
    /// What was measured cannot tell.
    Inconclusive,
}

impl Change {
    /// The word shown to people; the same as in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::Improved => "improved",
            Self::Unchanged => "unchanged",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// The exit code of a comparison with this result.
    pub fn exit(self) -> Exit {
        match self {
            Self::Regressed => Exit::Failed,
            Self::Inconclusive => Exit::Infrastructure,
            Self::Improved | Self::Unchanged => Exit::Passed,
        }
    }

    /// What several come to: what a CI job must look at first.
    pub fn gravest(changes: impl IntoIterator<Item = Self>) -> Self {
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
    fn a_regression_outweighs_doubt_and_either_outweighs_a_gain() {
        use Change::{Improved, Inconclusive, Regressed, Unchanged};
        assert_eq!(Change::gravest([Improved, Regressed, Inconclusive]), Regressed);
        assert_eq!(Change::gravest([Improved, Inconclusive]).exit(), Exit::Infrastructure);
        assert_eq!(Change::gravest([Unchanged, Improved]).exit(), Exit::Passed);
        assert_eq!(Change::gravest([]), Inconclusive, "nothing was compared");
    }
}
