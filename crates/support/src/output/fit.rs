//! The last filter before text is printed: it removes everything that controls a terminal or a CI system.

use std::borrow::Cow;

use crate::text::{is_control, without_commands};

/// The beginning and the end of a sequence that sets a colour (ECMA-48, SGR).
const COLOUR: (&str, char) = ("\u{1b}[", 'm');

/// Returns `text` without sequences that control a terminal and without commands to CI systems. With `has_colours` it
/// keeps sequences for colours and styles. They are precall's own, since [`Printable`](crate::text::Printable) has
/// removed those of others.
pub(super) fn for_people(text: &str, has_colours: bool) -> Cow<'_, str> {
    let steers = |c: char| c != '\n' && c != '\t' && is_control(c);
    if !text.contains(steers) {
        return without_commands(text);
    }
    let mut fit = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(steers) {
        let (before, from) = rest.split_at(at);
        fit.push_str(before);
        let colour = colour(from).filter(|_| has_colours);
        let length = colour.unwrap_or_else(|| from.chars().next().map_or(1, char::len_utf8));
        fit.push_str(if colour.is_some() { &from[..length] } else { "\u{fffd}" });
        rest = &from[length..];
    }
    fit.push_str(rest);
    Cow::Owned(without_commands(&fit).into_owned())
}

/// Returns the length of the colour sequence at the beginning of the text, if there is one.
fn colour(text: &str) -> Option<usize> {
    let rest = text.strip_prefix(COLOUR.0)?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ';'))?;
    rest[end..].starts_with(COLOUR.1).then_some(COLOUR.0.len() + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_control_a_terminal() {
        let text = "\u{1b}[1;31mred\u{1b}[0m \u{1b}]0;title\u{7} \u{1b}[2J\u{9b}31m \u{202e}x\ty\r\n";
        assert_eq!(
            for_people(text, true),
            "\u{1b}[1;31mred\u{1b}[0m \u{fffd}]0;title\u{fffd} \u{fffd}[2J\u{fffd}31m \u{fffd}x\ty\u{fffd}\n"
        );
        assert!(!for_people(text, false).contains('\u{1b}'));
        assert_eq!(for_people("\u{1b}[", true), "\u{fffd}[");
    }

    #[test]
    fn no_line_is_a_command() {
        assert_eq!(for_people("a\n  ::error::b\n\r::error::c", false), "a\n  : :error: :b\n\u{fffd}::error::c");
    }
}
