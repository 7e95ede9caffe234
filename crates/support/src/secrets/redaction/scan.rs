//! Reading a text byte by byte. All finders read through here, so that tests can count what they read.

/// A text that is looked through. Positions are in bytes; each that comes from here is the boundary of a character, as only ASCII
/// characters end a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan<'a> {
    pub text: &'a str,
    /// Whether the text as a whole is JSON: a bare `"` ends one of its strings then, and what is replaced must not be structure.
    pub is_json: bool,
}

impl<'a> Scan<'a> {
    pub fn new(text: &'a str) -> Self {
        let is_json = text.trim_ascii_start().starts_with(['{', '[', '"']);
        Self { text, is_json }
    }

    pub fn len(self) -> usize {
        self.text.len()
    }

    pub fn byte(self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Whether this stands at a position.
    pub fn has(self, at: usize, what: &str) -> bool {
        self.text.as_bytes()[at..].starts_with(what.as_bytes())
    }

    /// Where the run of such bytes that begins at `start` ends.
    pub fn run(self, start: usize, is_part: impl Fn(u8) -> bool) -> usize {
        let rest = &self.text.as_bytes()[start..];
        let length = rest.iter().position(|byte| !is_part(*byte)).unwrap_or(rest.len());
        count(length + 1);
        start + length
    }

    /// Where the run of such bytes that ends at `end` begins.
    pub fn run_back(self, end: usize, is_part: impl Fn(u8) -> bool) -> usize {
        let before = &self.text.as_bytes()[..end];
        let length = before.iter().rev().position(|byte| !is_part(*byte)).unwrap_or(before.len());
        count(length + 1);
        end - length
    }

    /// Where the spaces at a position end.
    pub fn after_spaces(self, at: usize) -> usize {
        self.run(at, |byte| matches!(byte, b' ' | b'\t'))
    }

    /// Where the escape sequence of JSON ends that a position is inside of (`\n`, `\u000a`); the position itself where it is in none.
    pub fn after_escape(self, at: usize) -> usize {
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

/// Characters of base64, base64url, percent encoding, and the dots between the parts of a JSON web token.
pub(super) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'.' | b'%')
}

#[cfg(not(test))]
fn count(_: usize) {}

#[cfg(test)]
use counted::count;

/// How many bytes were read: a test that counts them is as exact on a busy machine.
#[cfg(test)]
pub(super) mod counted {
    use std::cell::Cell;

    thread_local! {
        static READ: Cell<usize> = const { Cell::new(0) };
    }

    pub fn count(bytes: usize) {
        READ.set(READ.get() + bytes);
    }

    /// The bytes that were read since this was last asked.
    pub fn take() -> usize {
        READ.take()
    }
}
