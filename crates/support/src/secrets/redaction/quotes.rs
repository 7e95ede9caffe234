//! Quoted values, also with escaped quotes inside another quoted text.

use std::cmp::Ordering;

use super::scan::Scan;

/// A quote that opens a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quote {
    mark: u8,
    /// The number of backslashes before it: 0, 1, 3, 7 and so on, by the depth of nesting.
    backslashes: usize,
}

impl Scan<'_> {
    /// Returns the quote that opens a value at a position, and the beginning of the value. `key_quote` is the quote
    /// after the name. In JSON, a bare quote that does not follow a key ends the string that contains the name.
    pub(super) fn value_quote(self, at: usize, key_quote: &str) -> Option<(Quote, usize)> {
        self.quote(at).filter(|(quote, _)| !self.is_json || !quote.is_bare() || key_quote == "\"")
    }

    /// Returns the quote at a position, and the position after it.
    pub(super) fn quote(self, at: usize) -> Option<(Quote, usize)> {
        let end = self.run(at, |byte| byte == b'\\');
        let backslashes = end - at;
        let mark = self.byte(end).filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
        (backslashes + 1).is_power_of_two().then_some((Quote { mark, backslashes }, end + 1))
    }

    /// Returns the end of a quoted value that begins at `from`: before the closing quote, or at the end of its line or
    /// JSON string if there is none.
    pub(super) fn quoted_end(self, quote: Quote, from: usize) -> usize {
        let mut at = from;
        loop {
            at = self.run(at, |byte| byte != b'\\' && byte != quote.mark && !matches!(byte, b'"' | b'\n'));
            let end = self.run(at, |byte| byte == b'\\');
            let backslashes = end - at;
            match self.byte(end) {
                None | Some(b'\n') => return end,
                Some(mark) if mark == quote.mark => match quote.closes(backslashes) {
                    Closes::This => return end - quote.backslashes,
                    Closes::Outer => return at,
                    Closes::Nothing => at = end + 1,
                },
                // The JSON string that contains the value ends here.
                Some(b'"') if self.is_json && level(backslashes) == 0 => return end,
                Some(b'"') => at = end + 1,
                Some(_) => at = end,
            }
        }
    }

    /// Returns the end of a value without quotes.
    pub(super) fn unquoted_end(self, from: usize) -> usize {
        let is_part = |byte: u8| {
            !byte.is_ascii_whitespace()
                && !matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'&' | b',' | b';' | b'<' | b'[' | b'{' | b'}')
        };
        let mut at = self.run(from, is_part);
        while self.has(at, "\\/") || (!self.is_json && self.is_lone_backslash(at)) {
            at = self.run(at + 1, is_part);
        }
        at
    }

    /// Returns whether a backslash at a position belongs to the value: it neither escapes a character nor precedes a
    /// quote.
    fn is_lone_backslash(self, at: usize) -> bool {
        let is_escaped = |byte: u8| matches!(byte, b'n' | b'r' | b't' | b'u' | b'"' | b'\'' | b'`' | b'\\');
        self.byte(at) == Some(b'\\') && self.byte(at + 1).is_some_and(|byte| byte.is_ascii() && !is_escaped(byte))
    }
}

/// The meaning of a quote of the same kind after this many backslashes.
enum Closes {
    This,
    /// The quote ends an enclosing text too early.
    Outer,
    /// The quote is a part of the value.
    Nothing,
}

impl Quote {
    fn closes(self, backslashes: usize) -> Closes {
        match level(backslashes).cmp(&level(self.backslashes)) {
            Ordering::Less => Closes::Outer,
            Ordering::Equal => Closes::This,
            Ordering::Greater => Closes::Nothing,
        }
    }

    /// Returns whether this is a bare `"`. In JSON only such a quote opens a string.
    pub(super) fn is_bare(self) -> bool {
        self == Self { mark: b'"', backslashes: 0 }
    }
}

/// Returns the depth of nesting of a quote after this many backslashes. At each level, a quote is written with one
/// backslash more than twice as many, and a backslash before it as two: 0, 2 and 4 stand for none, 1 and 5 for one, 3
/// and 11 for two.
fn level(backslashes: usize) -> u32 {
    backslashes.trailing_ones()
}
