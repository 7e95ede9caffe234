//! Text in lines of whole words.

use std::borrow::Cow;

use console::measure_text_width;
use textwrap::{Options, WordSeparator, WordSplitter};

use super::view::View;

/// Prose is no wider than this, however wide the terminal: longer lines are hard to read.
const MAX_PROSE: usize = 120;

/// A space that does not end a line. It stands between a number and its unit while text is laid out.
const GLUE: char = '\u{a0}';

/// What follows a number as its unit.
const UNITS: [&str; 14] =
    ["%", "ms", "s", "min", "h", "kbit/s", "Mbit/s", "frames/s", "points", "kB", "MB", "GB", "CPUs", "dB"];

/// The characters that a text takes on a terminal.
pub(super) fn width_of(text: &str) -> usize {
    measure_text_width(text)
}

/// The width of the longest word.
pub(super) fn widest_word(text: &str) -> usize {
    text.split(' ').map(width_of).max().unwrap_or(0)
}

/// A line in which no number is parted from its unit.
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

/// The text with ordinary spaces again.
pub(super) fn unglued(text: &str) -> String {
    text.replace(GLUE, " ")
}

/// Prose in lines of at most so many characters, each with its line end. Line ends in the text stay.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    hanging(text, width, "", "")
}

/// Prose for people, in lines that fit the view.
pub fn paragraph(text: &str, view: View) -> String {
    wrapped(text, view.width)
}

/// The same, set off by two spaces.
pub fn set_off(text: &str, view: View) -> String {
    indented(text, view.width, 2)
}

/// As [`wrapped`], with so many spaces in front of each line, and two more in front of what a line goes on with.
pub(super) fn indented(text: &str, width: usize, indent: usize) -> String {
    hanging(text, width, &" ".repeat(indent), &" ".repeat(indent + 2))
}

fn hanging(text: &str, width: usize, first: &str, rest: &str) -> String {
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
