//! The width, colours and verbosity of printed text.

use console::Style;

use super::paint::Paint;

/// The width of text, its colours and its level of detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// The longest line, in characters.
    pub width: usize,
    /// Whether verdicts have colours.
    pub is_coloured: bool,
    /// Whether details of cases without problems are shown too.
    pub is_verbose: bool,
}

impl View {
    /// Returns the paint if colours are enabled.
    pub(super) fn paint(self, paint: Paint) -> Option<Paint> {
        self.is_coloured.then_some(paint)
    }

    /// Returns a word in bold and in colour if colours are enabled.
    pub(super) fn painted(self, word: &str, paint: Paint) -> String {
        let style = Style::new().bold().force_styling(self.is_coloured);
        let style = match paint {
            Paint::Good => style.green(),
            Paint::Bad => style.red(),
            Paint::Warning => style.yellow(),
        };
        style.apply_to(word).to_string()
    }
}

impl View {
    /// Returns a view without colours, for a terminal with this many columns.
    pub fn plain(width: usize) -> Self {
        Self { width, is_coloured: false, is_verbose: false }
    }

    /// Returns a view with all details, as with `-v`.
    pub fn detailed(width: usize) -> Self {
        Self { is_verbose: true, ..Self::plain(width) }
    }
}
