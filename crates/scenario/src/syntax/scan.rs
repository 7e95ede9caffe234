//! Scans characters and lines of TOML, with respect to quotes.

use std::ops::Range;

/// Returns the line that contains a byte, without its line ending.
pub(super) fn line_at(text: &str, at: usize) -> Range<usize> {
    let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    start..end
}

/// Returns the last line before the one at `start` that is not blank.
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

/// Returns a line without its comment and trailing space.
pub(super) fn code(line: &str) -> &str {
    let end = outside(line).find(|(_, c)| *c == '#').map_or(line.len(), |(at, _)| at);
    line[..end].trim_end()
}

/// Returns the characters outside of strings. A string that does not end extends to the end of the text.
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

/// Returns the number of open brackets and braces at the end of a text.
pub(super) fn depth(text: &str) -> usize {
    outside(text).fold(0, |depth, (_, c)| match c {
        '[' | '{' => depth + 1,
        ']' | '}' => usize::saturating_sub(depth, 1),
        _ => depth,
    })
}

/// Returns whether a line is inside a list that an earlier line opened.
pub(super) fn is_in_list(text: &str, start: usize) -> bool {
    // Longer lists are generated, and have no such mistakes.
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

/// Splits the content of a list or an inline table at its commas.
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

/// Returns whether a name is a valid dotted key without quotes.
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
    fn lines_are_found_without_comments() {
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
        fn arbitrary_text_does_not_panic(text in "[\\[\\]{}\"'=#\\\\, a-cé\n]{0,30}", at in 0_usize..40) {
            let line = line_at(&text, at);
            let _ = (code(&text[line.clone()]), line_before(&text, line.start), is_in_list(&text, line.start), parts(&text));
        }
    }
}
