//! Characters and lines of TOML, quotes heeded.

use std::ops::Range;

/// The line that a byte is in, without its end.
pub(super) fn line_at(text: &str, at: usize) -> Range<usize> {
    let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    start..end
}

/// The line before the one that begins at `start` with something in it but space.
pub(super) fn line_before(text: &str, start: usize) -> Option<Range<usize>> {
    let mut start = start;
    while start > 0 {
        let line = line_at(text, start - 1);
        if !code(&text[line.clone()]).trim().is_empty() {
            return Some(line);
        }
        start = line.start;
    }
    None
}

/// A line without its comment, and without space behind it.
pub(super) fn code(line: &str) -> &str {
    let end = outside(line).find(|(_, c)| *c == '#').map_or(line.len(), |(at, _)| at);
    line[..end].trim_end()
}

/// The characters that are in no string. A string that does not end ends with the text.
pub(super) fn outside(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    let mut is_escaped = false;
    text.char_indices().filter(move |(_, c)| {
        if is_escaped {
            is_escaped = false;
            return false;
        }
        match (quote, *c) {
            (None, '"' | '\'') => quote = Some(*c),
            (None, _) => return true,
            (Some('"'), '\\') => is_escaped = true,
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
        false
    })
}

/// How many brackets and braces are open at the end of a text.
pub(super) fn depth(text: &str) -> usize {
    outside(text).fold(0, |depth, (_, c)| match c {
        '[' | '{' => depth + 1,
        ']' | '}' => usize::saturating_sub(depth, 1),
        _ => depth,
    })
}

/// Whether a line begins inside of a list that an earlier line opened.
pub(super) fn is_in_list(text: &str, start: usize) -> bool {
    // Longer lists are written by programs, which make no such mistakes.
    const MOST_LINES: usize = 200;
    let mut value = String::new();
    let mut at = start;
    for _ in 0..MOST_LINES {
        let Some(line) = line_before(text, at) else { return false };
        let code = code(&text[line.clone()]);
        value.insert_str(0, code);
        if let Some((equals, _)) = outside(code).find(|(_, c)| *c == '=') {
            let tail = value.split_off(equals);
            return depth(&tail) > 0;
        }
        if code.trim_start().starts_with('[') && code.ends_with(']') {
            return false;
        }
        at = line.start;
    }
    false
}

/// The parts of a list or an inline table between its commas.
pub(super) fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (at, c) in outside(text) {
        match c {
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Whether a name can be a key as it is: parts without quotes, between dots.
pub(super) fn is_key(name: &str) -> bool {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let is_part = |part: &str| {
        let inner = part.strip_prefix('"').and_then(|part| part.strip_suffix('"'));
        match inner {
            Some(inner) => !inner.contains('"'),
            None => !part.is_empty() && part.chars().all(is_bare),
        }
    };
    name.split('.').all(|part| is_part(part.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_and_comments_left_out() {
        let text = "a = 1\n\n# x\nb = \"#\" # y\n";
        assert_eq!(&text[line_at(text, 12)], "b = \"#\" # y");
        assert_eq!(code("b = \"#\" # y"), "b = \"#\"");
        assert_eq!(line_before(text, 11), Some(0..5));
        assert_eq!(line_at(text, text.len()), text.len()..text.len());
        assert_eq!(parts("\"a,b\", [1, 2], {x = 1, y = 2}"), ["\"a,b\"", " [1, 2]", " {x = 1, y = 2}"]);
        assert!(is_in_list("a = [\n1,\n2", 9) && !is_in_list("a = [1]\n2", 8));
        assert!(is_key("a.b-c") && is_key("\"a b\".c") && !is_key("a b") && !is_key("a..b"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[\\[\\]{}\"'=#\\\\, a-cé\n]{0,30}", at in 0_usize..40) {
            let line = line_at(&text, at);
            let _ = (code(&text[line.clone()]), line_before(&text, line.start), is_in_list(&text, line.start), parts(&text));
        }
    }
}
