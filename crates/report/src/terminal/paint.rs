//! Colours by their meaning.

use comfy_table::Color;

use precall_results::Outcome;

/// The meaning of a coloured text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Good,
    Bad,
    Warning,
}

impl Paint {
    /// Returns the paint of an outcome.
    pub(super) fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Good,
            Outcome::Failed | Outcome::Errored | Outcome::Hung => Self::Bad,
            Outcome::Inconclusive | Outcome::Infrastructure | Outcome::Interrupted => Self::Warning,
        }
    }

    /// Returns the colour in a table.
    pub(super) fn colour(self) -> Color {
        match self {
            Self::Good => Color::Green,
            Self::Bad => Color::Red,
            Self::Warning => Color::Yellow,
        }
    }
}
