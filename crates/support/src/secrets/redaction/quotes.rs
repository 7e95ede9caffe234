//! Quoted values, also those whose quotes are escaped because they stand in another quoted text.

use std::cmp::Ordering;

use super::scan::Scan;

/// A quote that opens a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quote {
    mark: u8,
    /// How many backslashes are before it: none, 1, 3, 7 and so on, by how many texts it is nested in.
    backslashes: usize,
}

impl Scan<'_> {
    /// The quote that opens a value at a position, and where the value begins; `key_quote` stands behind the value's name. In JSON, a bare
    /// quote that is not behind a key ends the string that the name is in.
    pub fn value_quote(self, at: usize, key_quote: &str) -> Option<(Quote, usize)> {
        self.quote(at).filter(|(quote, _)| !self.is_json || !quote.is_bare() || key_quote == "\"")
    }

    /// The quote at a position, and where what is behind it begins.
    pub fn quote(self, at: usize) -> Option<(Quote, usize)> {
        let end = self.run(at, |byte| byte == b'\\');
        let backslashes = end - at;
        let mark = self.byte(end).filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
        (backslashes + 1).is_power_of_two().then_some((Quote { mark, backslashes }, end + 1))
    }

    /// Where the value of a quote ends that begins at `from`: before the quote that closes it, or at the end of its line or JSON string where
    /// none does.
    pub fn quoted_end(self, quote: Quote, from: usize) -> usize {
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
                // The end of the JSON string that the value stands in.
                Some(b'"') if self.is_json && level(backslashes) == 0 => return end,
                Some(b'"') => at = end + 1,
                Some(_) => at = end,
            }
        }
    }

    /// Where a value without quotes ends.
    pub fn unquoted_end(self, from: usize) -> usize {
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

    /// Whether a backslash stands there that belongs to the value, and is neither an escape nor before a quote.
    fn is_lone_backslash(self, at: usize) -> bool {
        let is_escaped = |byte: u8| matches!(byte, b'n' | b'r' | b't' | b'u' | b'"' | b'\'' | b'`' | b'\\');
        self.byte(at) == Some(b'\\') && self.byte(at + 1).is_some_and(|byte| byte.is_ascii() && !is_escaped(byte))
    }
}

/// What a quote of the same kind behind so many backslashes closes.
enum Closes {
    This,
    /// A text around this one, which ends too early.
    Outer,
    /// It is a part of the value.
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

    /// Whether a bare `"`: in JSON such a quote opens a string, and only there.
    pub fn is_bare(self) -> bool {
        self == Self { mark: b'"', backslashes: 0 }
    }
}

/// In how many texts a quote behind so many backslashes is nested. In each, a quote is written behind one backslash more than twice as
/// many, and a backslash before it as two: so 0, 2 and 4 stand for none, 1 and 5 for one, 3 and 11 for two.
fn level(backslashes: usize) -> u32 {
    backslashes.trailing_ones()
}
