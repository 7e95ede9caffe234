//! Taking secrets out of texts that somebody else wrote.

mod headers;
mod hexadecimal;
mod known;
mod named;
mod quotes;
mod scan;
mod shapes;

use std::ops::Range;

pub(super) use known::remember;
use scan::Scan;

/// What stands in a secret's place.
pub const REDACTED: &str = "[redacted]";

/// `text` with every secret in it replaced by [`REDACTED`], however it got there: a page may log what it likes.
///
/// Recognised are
/// - OpenTok tokens (`T1==…`), also percent-encoded or escaped as in JSON, and JSON web tokens (`eyJ….….…`);
/// - private keys in PEM, also with their line ends written as `\n`;
/// - API secrets of OpenTok projects: words of 40 hexadecimal digits; tokens of GitHub, GitLab, npm and Slack;
/// - whatever is called a secret, password, token, credential or private key: `apiSecret=…`, `"password":"…"`;
/// - what follows an authorization scheme (`Bearer …`), and what cookies hold;
/// - the password in a URL: `https://user:…@host`;
/// - the value of every [`Secret`](super::Secret) of this process, also in base64, percent-encoded and escaped as in JSON.
///
/// JSON that is cleaned stays JSON. The time that it takes grows with the length of the text, whatever stands there: each kind of
/// secret looks at each byte a fixed number of times.
pub fn redact(text: &str) -> String {
    if !may_hold_secret(text) {
        return text.to_owned();
    }
    let mut clean = String::with_capacity(text.len());
    let mut from = 0;
    for secret in secrets_in(text) {
        clean.push_str(&text[from..secret.start]);
        clean.push_str(REDACTED);
        from = secret.end;
    }
    clean.push_str(&text[from..]);
    clean
}

/// The most bytes of a text in which nothing is recognised by its shape alone.
const SHORT_BYTES: usize = 20;

/// `false` for most short texts, of which [`redact`] would change nothing: all that is recognised in so few bytes has one of these signs in
/// or before it, or is known by its value.
pub fn may_hold_secret(text: &str) -> bool {
    text.len() > SHORT_BYTES || text.bytes().any(|byte| matches!(byte, b'=' | b':' | b'%' | b' ')) || known::holds(text)
}

/// Where the secrets of a text stand, in order and apart from one another.
fn secrets_in(text: &str) -> Vec<Range<usize>> {
    let scan = Scan::new(text);
    let mut found = Vec::new();
    shapes::find(scan, &mut found);
    hexadecimal::find(scan, &mut found);
    named::find(scan, &mut found);
    known::find(scan, &mut found);
    found.sort_by_key(|range: &Range<usize>| range.start);
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for range in found {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

#[cfg(test)]
mod tests;
