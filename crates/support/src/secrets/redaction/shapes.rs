//! Secrets that are recognized by their shape.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::REDACTED;
use super::headers::{credentials_end, is_random};
use super::scan::{Scan, is_token_byte};

/// The kinds of secrets that begin with a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenShape {
    OpenTok,
    JsonWebToken,
    PrivateKey,
    UrlPassword,
    /// An authorization scheme without the name of its header.
    Scheme,
    /// A token of letters and digits.
    Plain,
    /// A token of letters, digits, `-` and `_`.
    Dashed,
}

const MARKS: [(&str, TokenShape); 29] = [
    ("T1", TokenShape::OpenTok),
    ("eyJ", TokenShape::JsonWebToken),
    ("-----BEGIN ", TokenShape::PrivateKey),
    ("://", TokenShape::UrlPassword),
    (":\\/\\/", TokenShape::UrlPassword),
    ("Basic ", TokenShape::Scheme),
    ("Bearer ", TokenShape::Scheme),
    ("bearer ", TokenShape::Scheme),
    ("BEARER ", TokenShape::Scheme),
    ("Digest ", TokenShape::Scheme),
    ("Token ", TokenShape::Scheme),
    ("Negotiate ", TokenShape::Scheme),
    ("ghp_", TokenShape::Plain),
    ("gho_", TokenShape::Plain),
    ("ghu_", TokenShape::Plain),
    ("ghs_", TokenShape::Plain),
    ("ghr_", TokenShape::Plain),
    ("npm_", TokenShape::Plain),
    ("github_pat_", TokenShape::Dashed),
    ("glpat-", TokenShape::Dashed),
    ("gldt-", TokenShape::Dashed),
    ("glrt-", TokenShape::Dashed),
    ("glcbt-", TokenShape::Dashed),
    ("glptt-", TokenShape::Dashed),
    ("xoxa-", TokenShape::Dashed),
    ("xoxb-", TokenShape::Dashed),
    ("xoxp-", TokenShape::Dashed),
    ("xoxr-", TokenShape::Dashed),
    ("xoxs-", TokenShape::Dashed),
];

/// The length of the shortest JSON web token, in bytes: its header alone is that long.
const MIN_JSON_WEB_TOKEN: usize = 20;

/// The fewest bytes after the mark of a [`TokenShape::Plain`] or [`TokenShape::Dashed`] token.
const MIN_TOKEN: usize = 20;

/// The automaton of all marks. `None` cannot happen, as the marks are few; no shape is recognized then.
static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().build(MARKS.map(|(mark, _)| mark)).ok());

/// Finds all secrets with a shape.
pub(super) fn find(scan: Scan<'_>, found: &mut Vec<Range<usize>>) {
    let Some(finder) = FINDER.as_ref() else { return };
    // The end of the search for each shape. A mark before it is in a secret, or in text that is known not to be one.
    let mut looked = [0; 7];
    for mark in finder.find_overlapping_iter(scan.text) {
        let shape = MARKS[mark.pattern().as_usize()].1;
        let looked = &mut looked[shape as usize];
        if mark.start() < *looked || (scan.is_json && scan.after_escape(mark.start()) > mark.start()) {
            continue;
        }
        let (secret, end) = match shape {
            TokenShape::OpenTok => opentok(scan, mark.range()),
            TokenShape::JsonWebToken => json_web_token(scan, mark.start()),
            TokenShape::PrivateKey => private_key(scan, mark.range()),
            TokenShape::UrlPassword => url_password(scan, mark.end()),
            TokenShape::Scheme => scheme(scan, mark.range()),
            TokenShape::Plain | TokenShape::Dashed => token(scan, mark.range(), shape == TokenShape::Dashed),
        };
        *looked = end;
        found.extend(secret);
    }
}

/// The place of a secret, if there is one, and the end of the search.
type ShapeMatch = (Option<Range<usize>>, usize);

/// Finds `T1==…`, with its signs percent-encoded or escaped any number of times.
fn opentok(scan: Scan<'_>, mark: Range<usize>) -> ShapeMatch {
    let Some(mut at) = encoded_equals(scan, mark.end).and_then(|at| encoded_equals(scan, at)) else {
        return (None, mark.end);
    };
    loop {
        at = scan.run(at, is_token_byte);
        // `\/` and `\u002b`, escaped once or more.
        let end = scan.run(at, |byte| byte == b'\\');
        let escapes = ["/", "u002b", "u002B", "u002f", "u002F", "u003d", "u003D"];
        match escapes.into_iter().find(|escape| end > at && scan.has(end, escape)) {
            Some(escape) => at = end + escape.len(),
            None => return (Some(mark.start..at), at),
        }
    }
}

/// Returns the end of an equals sign in any encoding: `=`, `%3D`, `%253D`, `\u003d`, `\\u003d`, …
fn encoded_equals(scan: Scan<'_>, at: usize) -> Option<usize> {
    let ends = |at: usize, ends: [&str; 2]| ends.into_iter().find(|end| scan.has(at, end)).map(|end| at + end.len());
    match scan.byte(at)? {
        b'=' => Some(at + 1),
        // `25` is the percent sign of the next encoding.
        b'%' => ends(scan.run(at + 1, |byte| matches!(byte, b'2' | b'5')), ["3D", "3d"]),
        b'\\' => ends(scan.run(at, |byte| byte == b'\\'), ["u003d", "u003D"]),
        _ => None,
    }
}

fn json_web_token(scan: Scan<'_>, start: usize) -> ShapeMatch {
    let end = scan.run(start, is_token_byte);
    let word = &scan.text[start..end];
    let is_token = word.len() > MIN_JSON_WEB_TOKEN && word.bytes().filter(|byte| *byte == b'.').count() >= 2;
    (is_token.then_some(start..end), end)
}

/// Finds a private key in PEM, up to its end, or up to the end of similar text if it is truncated.
fn private_key(scan: Scan<'_>, mark: Range<usize>) -> ShapeMatch {
    const KEY: &str = "PRIVATE KEY-----";
    const END: &str = "-----END ";
    let label = |from: usize| {
        let end = scan.run(from, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ');
        scan.has(end, "-----").then_some(end + 5).filter(|end| scan.text[from..*end].ends_with(KEY))
    };
    let Some(begin) = label(mark.end) else { return (None, mark.end) };
    let mut at = begin;
    loop {
        // Line ends can be escaped. A dash begins the last line.
        at = scan.run(at, |byte| {
            (is_token_byte(byte) && byte != b'-') || matches!(byte, b'\\' | b'\r' | b'\n' | b' ' | b':' | b',')
        });
        if scan.has(at, END)
            && let Some(end) = label(at + END.len())
        {
            return (Some(mark.start..end), end);
        }
        if scan.byte(at) != Some(b'-') {
            break;
        }
        at += 1;
    }
    // A backslash at the end escapes the next character.
    let end = scan.run_back(at, |byte| matches!(byte, b'\\' | b'\r' | b'\n' | b' ' | b':' | b','));
    // A message can mention the first line alone.
    ((end > begin).then_some(mark.start..end), at)
}

/// Finds the password of `scheme://user:password@host`.
fn url_password(scan: Scan<'_>, start: usize) -> ShapeMatch {
    let end = scan.run(start, |byte| {
        !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'\\' | b'<' | b'`')
    });
    let authority = &scan.text[start..end];
    let password = authority.rfind('@').and_then(|at| Some(start + authority[..at].find(':')? + 1..start + at));
    (password.filter(|range| !range.is_empty() && &scan.text[range.clone()] != REDACTED), end)
}

/// Finds credentials after a scheme, if they look like credentials: prose mentions schemes as well.
fn scheme(scan: Scan<'_>, mark: Range<usize>) -> ShapeMatch {
    let is_word = mark.start > 0 && scan.text.as_bytes()[mark.start - 1].is_ascii_alphanumeric();
    let start = scan.after_spaces(mark.end);
    let first = &scan.text[start..scan.unquoted_end(start)];
    let is_base64 = first.bytes().any(|byte| byte.is_ascii_digit() || byte == b'=');
    let is_credential = match scan.text.as_bytes()[mark.start] {
        _ if is_word || first.len() < 8 => false,
        b'D' => first.starts_with("username="),
        b'B' if scan.has(mark.start, "Basic") => is_base64 && first.bytes().all(is_token_byte) && !first.contains('.'),
        b'T' => is_random(first) && is_base64,
        _ => is_random(first),
    };
    if !is_credential {
        return (None, start + first.len());
    }
    let end = credentials_end(scan, start);
    (Some(start..end), end)
}

fn token(scan: Scan<'_>, mark: Range<usize>, is_dashed: bool) -> ShapeMatch {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || (is_dashed && matches!(byte, b'-' | b'_'));
    let end = scan.run(mark.end, is_part);
    let body = &scan.text[mark.end..end];
    let is_token = body.len() >= MIN_TOKEN && body.bytes().any(|byte| byte.is_ascii_digit());
    (is_token.then_some(mark.start..end), end)
}
