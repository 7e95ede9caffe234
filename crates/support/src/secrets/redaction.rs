//! Removes secrets from texts of others.

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

/// The replacement of a secret.
pub const REDACTED: &str = "[redacted]";

/// Returns `text` with every secret replaced by [`REDACTED`], whatever its origin: a page can log anything.
///
/// It recognizes
/// - OpenTok tokens (`T1==…`), also percent-encoded or escaped as in JSON, and JSON web tokens (`eyJ….….…`);
/// - private keys in PEM, also with their line ends written as `\n`;
/// - API secrets of OpenTok projects: words of 40 hexadecimal digits; tokens of GitHub, GitLab, npm and Slack;
/// - values with a name of a secret, password, token, credential or private key: `apiSecret=…`, `"password":"…"`;
/// - credentials after an authorization scheme (`Bearer …`), and cookies;
/// - the password in a URL: `https://user:…@host`;
/// - the value of every [`Secret`](super::Secret) of this process, also in base64, percent-encoded and escaped as in
///   JSON.
///
/// JSON stays valid JSON. The run time is linear in the length of the text, whatever its content: the search for each
/// kind of secret reads each byte a fixed number of times.
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

/// The size below which a text without any sign of a secret is skipped, in bytes.
const SHORT_BYTES: usize = 20;

/// Returns `false` for most short texts that [`redact`] would not change. Everything that it recognizes in so few bytes
/// contains one of these signs, follows one, or is a known value.
pub fn may_hold_secret(text: &str) -> bool {
    text.len() > SHORT_BYTES || text.bytes().any(|byte| matches!(byte, b'=' | b':' | b'%' | b' ')) || known::holds(text)
}

/// Returns the places of the secrets in a text, in order and disjoint.
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
