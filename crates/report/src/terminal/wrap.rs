//! Wraps text without breaking words.

use std::borrow::Cow;

use console::measure_text_width;
use textwrap::{Options, WordSeparator, WordSplitter};

use super::view::View;

/// The largest width of prose, however wide the terminal is: longer lines are hard to read.
const MAX_PROSE: usize = 120;

/// A space at which no line may break. It separates a number from its unit during layout.
const GLUE: char = '\u{a0}';

/// Units that follow a number.
const UNITS: [&str; 14] =
    ["%", "ms", "s", "min", "h", "kbit/s", "Mbit/s", "frames/s", "points", "kB", "MB", "GB", "CPUs", "dB"];

/// Returns the width of a text on a terminal, in characters.
pub(super) fn width_of(text: &str) -> usize {
    measure_text_width(text)
}

/// Returns the width of the longest word.
pub(super) fn widest_word(text: &str) -> usize {
    text.split(' ').map(width_of).max().unwrap_or(0)
}

/// Protects the spaces between numbers and their units from line breaks.
pub(super) fn glued(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for (index, word) in line.split(' ').enumerate() {
        if index > 0 {
            let is_unit = UNITS.contains(&word.trim_end_matches([',', ';', ':', '.', ')', ']']));
            text.push(if is_unit && text.ends_with(|c: char| c.is_ascii_digit()) { GLUE } else { ' ' });
        }
        text.push_str(word);
    }
    text
}

/// Restores ordinary spaces.
pub(super) fn unglued(text: &str) -> String {
    text.replace(GLUE, " ")
}

/// Wraps prose into lines of at most this width, each with a line end. Line ends in the text are kept.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    with_hanging_indent(text, width, "", "")
}

/// Wraps prose for people to the width of the view.
pub fn paragraph(text: &str, view: View) -> String {
    wrapped(text, view.width)
}

/// Wraps prose like [`paragraph`], indented by two spaces.
pub fn indented_paragraph(text: &str, view: View) -> String {
    indented(text, view.width, 2)
}

/// Wraps prose like [`wrapped`], with this many spaces before each line, and two more before continuation lines.
pub(super) fn indented(text: &str, width: usize, indent: usize) -> String {
    with_hanging_indent(text, width, &" ".repeat(indent), &" ".repeat(indent + 2))
}

fn with_hanging_indent(text: &str, width: usize, first: &str, rest: &str) -> String {
    let options = Options::new(width.min(MAX_PROSE))
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .initial_indent(first)
        .subsequent_indent(rest);
    let lines = text.lines().map(glued).collect::<Vec<_>>();
    let lines = lines.iter().flat_map(|line| textwrap::wrap(line, &options));
    lines.map(|line: Cow<'_, str>| format!("{}\n", unglued(line.trim_end()))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_stays_with_its_unit() {
        assert_eq!(glued("1.5 % of 3 packets, 20 ms."), "1.5\u{a0}% of 3 packets, 20\u{a0}ms.");
        assert_eq!(wrapped("it took 20 ms", 11), "it took\n20 ms\n");
        assert_eq!(indented("one two three", 9, 2), "  one two\n    three\n");
    }

    proptest! {
        #[test]
        fn words_stay_whole(words in prop::collection::vec("[a-z0-9%/.-]{1,12}", 0..40), width in 20usize..200) {
            let text = words.join(" ");
            let lines = wrapped(&text, width);
            prop_assert!(lines.lines().all(|line| width_of(line) <= width));
            prop_assert_eq!(lines.split_whitespace().collect::<Vec<_>>(), text.split_whitespace().collect::<Vec<_>>());
        }
    }
}
