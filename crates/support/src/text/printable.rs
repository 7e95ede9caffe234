//! Text that somebody else wrote, made fit to be printed: what a page, a build, a file, a server or a client says.

use std::fmt;

/// The most characters of a text in one line.
const MAX_LINE: usize = 2_000;

/// The most characters of a text of several lines.
const MAX_BLOCK: usize = 20_000;

/// What stands in the place of a character that must not be printed.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// What the lines of a message begin with that are not its first.
const INDENT: &str = "  ";

/// Whether a character steers a terminal, or makes a text look like another: controls, among them line ends and tabs; the characters that set
/// the direction of text (UAX 9); line and paragraph separators; byte order marks.
pub fn is_control(c: char) -> bool {
    let is_direction =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || is_direction || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Text of somebody else that may be printed: it steers no terminal, begins no line that it should not, and is of bounded length.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Printable(String);

impl Printable {
    /// All of it in one line.
    pub fn line(text: &str) -> Self {
        Self::line_of(text, MAX_LINE)
    }

    /// In one line of at most so many characters.
    pub fn line_of(text: &str, most: usize) -> Self {
        let one_line: String =
            text.trim().chars().take(most + 1).map(|c| if is_space(c) { ' ' } else { shown(c) }).collect();
        Self(shortened(one_line, most))
    }

    /// A message in its own lines, of which all but the first are indented: nobody takes them for another message.
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

    /// The text, fit to be printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Printable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Whether a character ends a line somewhere, or is a tab.
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

    /// A title, a cleared screen, the clipboard, commands to CI systems, text that runs backwards.
    const HOSTILE: &str =
        "boom \u{1b}]0;x\u{7}\u{1b}[2J\u{9b}1m\n::error::forged\r\n\u{202e}abc\u{2028}case: passed\u{85}x";

    #[test]
    fn a_text_of_others_is_one_line() {
        assert_eq!(
            Printable::line(HOSTILE).as_str(),
            "boom \u{fffd}]0;x\u{fffd}\u{fffd}[2J\u{fffd}1m ::error::forged  \u{fffd}abc case: passed x"
        );
        assert_eq!(Printable::line_of("abcdef", 3).as_str(), "abc…");
        assert_eq!(Printable::line_of("abc\n", 3).as_str(), "abc");
    }

    #[test]
    fn a_message_of_several_lines_is_one_message() {
        assert_eq!(Printable::block("a\n\nb\u{1b}\n\tc\n").as_str(), "a\n\n  b\u{fffd}\n   c");
        assert_eq!(Printable::block("").as_str(), "");
    }

    proptest::proptest! {
        #[test]
        fn whatever_it_is_it_steers_nothing(text in "(\\PC|\\pC|[\n\r\t\u{1b}\u{9b}\u{202e}\u{2028}]|:|#){0,60}") {
            let (line, block) = (Printable::line(&text), Printable::block(&text));
            proptest::prop_assert!(!line.as_str().chars().any(is_control), "{:?}", line);
            proptest::prop_assert!(!block.as_str().chars().any(|c| c != '\n' && is_control(c)), "{:?}", block);
            let mut rest = block.as_str().split('\n').skip(1);
            proptest::prop_assert!(rest.all(|line| line.is_empty() || line.starts_with(INDENT)), "{:?}", block);
        }
    }
}
