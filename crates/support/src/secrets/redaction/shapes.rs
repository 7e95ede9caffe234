//! Secrets that are recognised by how they look.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::REDACTED;
use super::headers::{credentials_end, is_random};
use super::scan::{Scan, is_token_byte};

/// What begins with a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    OpenTok,
    JsonWebToken,
    PrivateKey,
    UrlPassword,
    /// An authorization scheme without the name of its header.
    Scheme,
    /// A token of letters and digits.
    Plain,
    /// A token that also has `-` and `_` in it.
    Dashed,
}

const MARKS: [(&str, Kind); 29] = [
    ("T1", Kind::OpenTok),
    ("eyJ", Kind::JsonWebToken),
    ("-----BEGIN ", Kind::PrivateKey),
    ("://", Kind::UrlPassword),
    (":\\/\\/", Kind::UrlPassword),
    ("Basic ", Kind::Scheme),
    ("Bearer ", Kind::Scheme),
    ("bearer ", Kind::Scheme),
    ("BEARER ", Kind::Scheme),
    ("Digest ", Kind::Scheme),
    ("Token ", Kind::Scheme),
    ("Negotiate ", Kind::Scheme),
    ("ghp_", Kind::Plain),
    ("gho_", Kind::Plain),
    ("ghu_", Kind::Plain),
    ("ghs_", Kind::Plain),
    ("ghr_", Kind::Plain),
    ("npm_", Kind::Plain),
    ("github_pat_", Kind::Dashed),
    ("glpat-", Kind::Dashed),
    ("gldt-", Kind::Dashed),
    ("glrt-", Kind::Dashed),
    ("glcbt-", Kind::Dashed),
    ("glptt-", Kind::Dashed),
    ("xoxa-", Kind::Dashed),
    ("xoxb-", Kind::Dashed),
    ("xoxp-", Kind::Dashed),
    ("xoxr-", Kind::Dashed),
    ("xoxs-", Kind::Dashed),
];

/// A JSON web token is longer: its header alone has as many bytes.
const MIN_JSON_WEB_TOKEN: usize = 20;

/// The fewest bytes behind the mark of a [`Kind::Plain`] or [`Kind::Dashed`] token.
const MIN_TOKEN: usize = 20;

/// `None` cannot happen, as the marks are few; nothing is found by its shape then.
static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().build(MARKS.map(|(mark, _)| mark)).ok());

/// Finds all of them.
pub(super) fn find(scan: Scan<'_>, found: &mut Vec<Range<usize>>) {
    let Some(finder) = FINDER.as_ref() else { return };
    // How far each kind has looked. A mark before that is in a secret, or in what was seen to be none.
    let mut looked = [0; 7];
    for mark in finder.find_overlapping_iter(scan.text) {
        let kind = MARKS[mark.pattern().as_usize()].1;
        let looked = &mut looked[kind as usize];
        if mark.start() < *looked || (scan.is_json && scan.after_escape(mark.start()) > mark.start()) {
            continue;
        }
        let (secret, end) = match kind {
            Kind::OpenTok => opentok(scan, mark.range()),
            Kind::JsonWebToken => json_web_token(scan, mark.start()),
            Kind::PrivateKey => private_key(scan, mark.range()),
            Kind::UrlPassword => url_password(scan, mark.end()),
            Kind::Scheme => scheme(scan, mark.range()),
            Kind::Plain | Kind::Dashed => token(scan, mark.range(), kind == Kind::Dashed),
        };
        *looked = end;
        found.extend(secret);
    }
}

/// A secret, if there is one, and how far was looked.
type Found = (Option<Range<usize>>, usize);

/// `T1==…`, its signs percent-encoded or escaped as often as it may be.
fn opentok(scan: Scan<'_>, mark: Range<usize>) -> Found {
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

/// Where an equals sign ends that is written in any encoding: `=`, `%3D`, `%253D`, `\u003d`, `\\u003d`, …
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

fn json_web_token(scan: Scan<'_>, start: usize) -> Found {
    let end = scan.run(start, is_token_byte);
    let word = &scan.text[start..end];
    let is_token = word.len() > MIN_JSON_WEB_TOKEN && word.bytes().filter(|byte| *byte == b'.').count() >= 2;
    (is_token.then_some(start..end), end)
}

/// A private key in PEM, to its end or, cut short, to that of what looks like one.
fn private_key(scan: Scan<'_>, mark: Range<usize>) -> Found {
    const KEY: &str = "PRIVATE KEY-----";
    const END: &str = "-----END ";
    let label = |from: usize| {
        let end = scan.run(from, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ');
        scan.has(end, "-----").then_some(end + 5).filter(|end| scan.text[from..*end].ends_with(KEY))
    };
    let Some(begin) = label(mark.end) else { return (None, mark.end) };
    let mut at = begin;
    loop {
        // Line ends can be escaped; a dash begins the last line.
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
    // A backslash at the end escapes what follows.
    let end = scan.run_back(at, |byte| matches!(byte, b'\\' | b'\r' | b'\n' | b' ' | b':' | b','));
    // A message can name the first line.
    ((end > begin).then_some(mark.start..end), at)
}

/// The password of `scheme://user:password@host`.
fn url_password(scan: Scan<'_>, start: usize) -> Found {
    let end = scan.run(start, |byte| {
        !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'\\' | b'<' | b'`')
    });
    let authority = &scan.text[start..end];
    let password = authority.rfind('@').and_then(|at| Some(start + authority[..at].find(':')? + 1..start + at));
    (password.filter(|range| !range.is_empty() && &scan.text[range.clone()] != REDACTED), end)
}

/// What follows a scheme, if it has the look of a credential: prose speaks of schemes as well.
fn scheme(scan: Scan<'_>, mark: Range<usize>) -> Found {
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

fn token(scan: Scan<'_>, mark: Range<usize>, is_dashed: bool) -> Found {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || (is_dashed && matches!(byte, b'-' | b'_'));
    let end = scan.run(mark.end, is_part);
    let body = &scan.text[mark.end..end];
    let is_token = body.len() >= MIN_TOKEN && body.bytes().any(|byte| byte.is_ascii_digit());
    (is_token.then_some(mark.start..end), end)
}
