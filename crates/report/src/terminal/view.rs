//! How what is printed looks.

use console::Style;

use super::table::Paint;

/// How wide text may be, and what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// The longest line, in characters.
    pub width: usize,
    /// Whether verdicts have colours.
    pub is_coloured: bool,
    /// Whether details are shown of what needs no attention, too.
    pub is_verbose: bool,
}

impl View {
    /// A paint where there are colours.
    pub(super) fn paint(self, paint: Paint) -> Option<Paint> {
        self.is_coloured.then_some(paint)
    }

    /// A word in bold and in colour, where there are colours.
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
    /// Text without colours, for a terminal of this many columns.
    pub fn plain(width: usize) -> Self {
        Self { width, is_coloured: false, is_verbose: false }
    }

    /// The same with all details, as with `-v`.
    pub fn detailed(width: usize) -> Self {
        Self { is_verbose: true, ..Self::plain(width) }
    }
}
