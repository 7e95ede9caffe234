//! Reads a text byte by byte. All finders use this module, so that tests can count the bytes that they read.

/// A text that is searched. Positions are in bytes. Every returned position is the boundary of a character, as only
/// ASCII characters end a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan<'a> {
    pub text: &'a str,
    /// Whether the text is JSON. A bare `"` then ends a string, and replacements must not touch the structure.
    pub is_json: bool,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let is_json = text.trim_ascii_start().starts_with(['{', '[', '"']);
        Self { text, is_json }
    }

    pub(super) fn len(self) -> usize {
        self.text.len()
    }

    pub(super) fn byte(self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Returns whether the text contains this at a position.
    pub(super) fn has(self, at: usize, what: &str) -> bool {
        self.text.as_bytes()[at..].starts_with(what.as_bytes())
    }

    /// Returns the end of the run of matching bytes that begins at `start`.
    pub(super) fn run(self, start: usize, is_part: impl Fn(u8) -> bool) -> usize {
        let rest = &self.text.as_bytes()[start..];
        let length = rest.iter().position(|byte| !is_part(*byte)).unwrap_or(rest.len());
        count(length + 1);
        start + length
    }

    /// Returns the beginning of the run of matching bytes that ends at `end`.
    pub(super) fn run_back(self, end: usize, is_part: impl Fn(u8) -> bool) -> usize {
        let before = &self.text.as_bytes()[..end];
        let length = before.iter().rev().position(|byte| !is_part(*byte)).unwrap_or(before.len());
        count(length + 1);
        end - length
    }

    /// Returns the position after the spaces at a position.
    pub(super) fn after_spaces(self, at: usize) -> usize {
        self.run(at, |byte| matches!(byte, b' ' | b'\t'))
    }

    /// Returns the end of the JSON escape sequence (`\n`, `\u000a`) around a position, or the position itself outside
    /// of one.
    pub(super) fn after_escape(self, at: usize) -> usize {
        let is_escape = |at: usize| {
            let is_letter = self.byte(at).is_some_and(|byte| b"\"\\/bfnrtu".contains(&byte));
            is_letter && (at - self.run_back(at, |byte| byte == b'\\')) % 2 == 1
        };
        if is_escape(at) {
            let length = if self.byte(at) == Some(b'u') { 5 } else { 1 };
            return (at + length).min(self.len());
        }
        let bytes = self.text.as_bytes();
        let unicode = (1..=4).find(|back| at > *back && bytes[at - back] == b'u' && is_escape(at - back));
        unicode.map_or(at, |back| (at + 5 - back).min(self.len()))
    }
}

/// Returns whether a byte belongs to base64, base64url or percent encoding, or separates the parts of a JSON web token.
pub(super) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'.' | b'%')
}

#[cfg(not(test))]
fn count(_: usize) {}

#[cfg(test)]
use counted::count;

/// The number of bytes that were read. Unlike a time, it is exact on a busy machine too.
#[cfg(test)]
pub(super) mod counted {
    use std::cell::Cell;

    thread_local! {
        static READ: Cell<usize> = const { Cell::new(0) };
    }

    pub(crate) fn count(bytes: usize) {
        READ.set(READ.get() + bytes);
    }

    /// Returns the number of bytes that were read since the last call.
    pub(crate) fn take() -> usize {
        READ.take()
    }
}
