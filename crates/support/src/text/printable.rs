//! Makes texts of pages, builds, files, servers and clients fit to be printed.

use std::fmt;

/// The longest text in one line, in characters.
const MAX_LINE: usize = 2_000;

/// The longest text of several lines, in characters.
const MAX_BLOCK: usize = 20_000;

/// The replacement of a character that must not be printed.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// The indentation of all lines of a message but the first.
const INDENT: &str = "  ";

/// Returns whether a character controls a terminal or disguises a text: control characters, including line ends and
/// tabs; the characters that set the direction of text (UAX 9); line and paragraph separators; byte order marks.
pub fn is_control(c: char) -> bool {
    let is_direction =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || is_direction || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// A text of others that can be printed. It controls no terminal, begins no unexpected line, and has a bounded length.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Printable(String);

impl Printable {
    /// Returns the whole text in one line.
    pub fn line(text: &str) -> Self {
        Self::line_of(text, MAX_LINE)
    }

    /// Returns the text in one line of at most `most` characters.
    pub fn line_of(text: &str, most: usize) -> Self {
        let one_line: String =
            text.trim().chars().take(most + 1).map(|c| if is_space(c) { ' ' } else { shown(c) }).collect();
        Self(shortened(one_line, most))
    }

    /// Returns a message of several lines. All lines but the first are indented, so that none looks like another
    /// message.
    pub fn block(text: &str) -> Self {
        let text: String = text.trim_end().chars().take(MAX_BLOCK + 1).collect();
        let mut block = String::with_capacity(text.len());
        for (number, line) in text.lines().enumerate() {
            if number > 0 {
                block.push('\n');
            }
            if number > 0 && !line.is_empty() {
                block.push_str(INDENT);
            }
            block.extend(line.chars().map(|c| if c == '\t' { ' ' } else { shown(c) }));
        }
        Self(shortened(block, MAX_BLOCK))
    }

    /// Returns the printable text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Printable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Returns whether a character is a tab or ends a line on some system.
fn is_space(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn shown(c: char) -> char {
    if is_control(c) { REPLACEMENT } else { c }
}

fn shortened(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A window title, a cleared screen, the clipboard, commands to CI systems, and text in reverse direction.
    const HOSTILE: &str =
        "boom \u{1b}]0;x\u{7}\u{1b}[2J\u{9b}1m\n::error::forged\r\n\u{202e}abc\u{2028}case: passed\u{85}x";

    #[test]
    fn text_of_others_is_one_line() {
        assert_eq!(
            Printable::line(HOSTILE).as_str(),
            "boom \u{fffd}]0;x\u{fffd}\u{fffd}[2J\u{fffd}1m ::error::forged  \u{fffd}abc case: passed x"
        );
        assert_eq!(Printable::line_of("abcdef", 3).as_str(), "abc…");
        assert_eq!(Printable::line_of("abc\n", 3).as_str(), "abc");
    }

    #[test]
    fn message_of_several_lines_stays_one_message() {
        assert_eq!(Printable::block("a\n\nb\u{1b}\n\tc\n").as_str(), "a\n\n  b\u{fffd}\n   c");
        assert_eq!(Printable::block("").as_str(), "");
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_text_controls_nothing(text in "(\\PC|\\pC|[\n\r\t\u{1b}\u{9b}\u{202e}\u{2028}]|:|#){0,60}") {
            let (line, block) = (Printable::line(&text), Printable::block(&text));
            proptest::prop_assert!(!line.as_str().chars().any(is_control), "{:?}", line);
            proptest::prop_assert!(!block.as_str().chars().any(|c| c != '\n' && is_control(c)), "{:?}", block);
            let mut rest = block.as_str().split('\n').skip(1);
            proptest::prop_assert!(rest.all(|line| line.is_empty() || line.starts_with(INDENT)), "{:?}", block);
        }
    }
}
