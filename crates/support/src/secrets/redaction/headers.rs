//! Secrets in headers: credentials after an authorization scheme, and cookies.

use std::ops::Range;

use super::scan::Scan;

/// Schemes that are also common in lower case.
const SCHEMES: [&str; 6] = ["basic", "bearer", "digest", "token", "negotiate", "apikey"];

/// Returns the credentials in the value of an `Authorization` header that begins at `from`: the text after the scheme,
/// or the whole value without one.
pub(super) fn authorization(scan: Scan<'_>, from: usize, key_quote: &str) -> Range<usize> {
    let Some((quote, start)) = scan.value_quote(from, key_quote) else {
        let start = after_scheme(scan, from);
        return start..credentials_end(scan, start);
    };
    let end = scan.quoted_end(quote, start);
    after_scheme(scan, start).min(end)..end
}

/// Returns the beginning of the credentials in `<scheme> <credentials>`.
fn after_scheme(scan: Scan<'_>, from: usize) -> usize {
    let end = scan.run(from, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let word = &scan.text[from..end];
    let is_scheme = word.starts_with(|first: char| first.is_ascii_uppercase()) || SCHEMES.contains(&word);
    let start = scan.after_spaces(end);
    if is_scheme && start > end && scan.unquoted_end(start) > start { start } else { from }
}

/// Returns the end of credentials: one word, or parameters such as `username="…", response="…"`.
pub(super) fn credentials_end(scan: Scan<'_>, from: usize) -> usize {
    let mut at = from;
    loop {
        at = scan.unquoted_end(at);
        let is_parameter = at > from && scan.byte(at - 1) == Some(b'=');
        if is_parameter && let Some((quote, start)) = scan.value_quote(at, "") {
            let end = scan.quoted_end(quote, start);
            match scan.quote(end) {
                Some((closing, after)) if closing == quote => at = after,
                _ => return end,
            }
        }
        let comma = scan.after_spaces(at);
        if scan.byte(comma) != Some(b',') {
            return at;
        }
        let name = scan.after_spaces(comma + 1);
        let end = scan.run(name, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if end == name || scan.byte(end) != Some(b'=') {
            return at;
        }
        at = end + 1;
    }
}

/// Returns the cookies in the value of a header that begins at `from`.
pub(super) fn cookies(scan: Scan<'_>, from: usize, key_quote: &str) -> Range<usize> {
    if let Some((quote, start)) = scan.value_quote(from, key_quote) {
        return start..scan.quoted_end(quote, start);
    }
    // In prose about cookies, the sentence continues.
    let first = from..scan.unquoted_end(from);
    match scan.text[first.clone()].contains('=') {
        true => from..scan.run(from, |byte| !matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'\\' | b'[')),
        false => first,
    }
}

/// Returns whether a word looks like a credential, and not like a word of a sentence.
pub(super) fn is_random(word: &str) -> bool {
    let has = |is: fn(&u8) -> bool| word.bytes().any(|byte| is(&byte));
    let has_inner_capital =
        word.as_bytes().windows(2).any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase());
    match word.len() {
        0..6 => false,
        6.. if has(u8::is_ascii_alphabetic) && has(u8::is_ascii_digit) => true,
        8.. if has_inner_capital => true,
        length => length >= 16 && !is_word(word),
    }
}

/// Returns whether this is a word of a sentence or a name: `expired`, `wrong-secret`.
pub(super) fn is_word(text: &str) -> bool {
    let rest = text.strip_prefix(|first: char| first.is_ascii_uppercase()).unwrap_or(text);
    rest.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'.'))
}
