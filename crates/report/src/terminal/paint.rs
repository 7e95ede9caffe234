//! Colours by their meaning.

use comfy_table::Color;

/// The meaning of a coloured text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Good,
    Bad,
    Warning,
}

impl Paint {
    /// Returns the colour in a table.
    pub(super) fn colour(self) -> Color {
        match self {
            Self::Good => Color::Green,
            Self::Bad => Color::Red,
            Self::Warning => Color::Yellow,
        }
    }
}
