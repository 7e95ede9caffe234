//! Values that are called secret: `apiSecret=…`, `api_secret: …`, `"apiSecret":"…"`, quotes escaped or not.

use std::ops::Range;

use super::REDACTED;
use super::headers::{authorization, cookies, is_random, is_word};
use super::scan::Scan;

/// What a name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A secret, whatever it looks like.
    Secret,
    /// A secret unless it is a path: `PWD` is the working directory as well.
    Pwd,
    /// A token: a secret if it looks like one, as sentences speak of tokens and scenarios say what becomes of them.
    Token,
    /// Credentials behind a scheme.
    Authorization,
    Cookie,
}

/// How names of secrets end, in lower case and without what stands between their words.
const NAMES: [(&str, Kind); 15] = [
    ("secret", Kind::Secret),
    ("password", Kind::Secret),
    ("passwd", Kind::Secret),
    ("passphrase", Kind::Secret),
    ("privatekey", Kind::Secret),
    ("secretkey", Kind::Secret),
    ("secretaccesskey", Kind::Secret),
    ("credential", Kind::Secret),
    ("xopentokauth", Kind::Secret),
    ("xtbpartnerauth", Kind::Secret),
    ("xtbtokenauth", Kind::Secret),
    ("pwd", Kind::Pwd),
    ("token", Kind::Token),
    ("authorization", Kind::Authorization),
    ("cookie", Kind::Cookie),
];

/// The key of npm's settings for a user and password in base64.
const NPM_AUTH: &str = "_auth";

/// A name with the sign behind it.
struct Name<'a> {
    kind: Kind,
    /// Whether more stands before the word that tells: `access_token`.
    is_compound: bool,
    /// The quote behind it, as behind the key of a JSON object.
    quote: &'a str,
    /// Where the value begins, a quote included.
    value: usize,
    /// Whether it is written as in a sentence: a colon and a space.
    is_prose: bool,
}

/// Finds the values of names.
pub(super) fn find(scan: Scan<'_>, found: &mut Vec<Range<usize>>) {
    let mut done = 0;
    for (sign, _) in scan.text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'=' | b':')) {
        if sign < done {
            continue;
        }
        if let Some(name) = name_before(scan, sign) {
            let value = value(scan, &name);
            done = value.end;
            if !value.is_empty() && &scan.text[value.clone()] != REDACTED {
                found.push(value);
            }
        }
    }
}

fn name_before(scan: Scan<'_>, sign: usize) -> Option<Name<'_>> {
    let spaces = scan.run_back(sign, |byte| matches!(byte, b' ' | b'\t'));
    let end = scan.run_back(spaces, |byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\'));
    let start = scan.run_back(end, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let name = &scan.text[start..end];
    let known = NAMES.iter().find_map(|(ending, kind)| Some((*kind, ends_with(name, ending)?)));
    let (kind, is_compound) = known.or_else(|| (name == NPM_AUTH).then_some((Kind::Secret, false)))?;
    let is_colon = scan.byte(sign) == Some(b':');
    // `token=wrong-secret: …` has the name of a secret for its value.
    if is_colon && start > 0 && scan.byte(start - 1) == Some(b'=') {
        return None;
    }
    let after = scan.run(sign + 1, |byte| matches!(byte, b'=' | b'>'));
    let value = scan.after_spaces(after);
    Some(Name { kind, is_compound, quote: &scan.text[end..spaces], value, is_prose: is_colon && value > after })
}

/// Whether a name ends with these letters; if so, whether more is before them.
fn ends_with(name: &str, ending: &str) -> Option<bool> {
    let mut letters = name.bytes().rev().filter(|byte| !matches!(byte, b'_' | b'-'));
    let is_like =
        ending.bytes().rev().all(|wanted| letters.next().is_some_and(|byte| byte.to_ascii_lowercase() == wanted));
    is_like.then(|| letters.next().is_some())
}

/// Where a name's value stands; empty where it is none that is a secret.
fn value(scan: Scan<'_>, name: &Name<'_>) -> Range<usize> {
    let from = name.value;
    let nothing = from..from;
    match name.kind {
        Kind::Authorization => return authorization(scan, from, name.quote),
        Kind::Cookie => return cookies(scan, from, name.quote),
        Kind::Secret | Kind::Pwd | Kind::Token => {}
    }
    let quote = scan.value_quote(from, name.quote);
    if name.kind == Kind::Pwd && scan.byte(quote.map_or(from, |(_, start)| start)) == Some(b'/') {
        return nothing;
    }
    let (range, is_prose) = match quote {
        Some((quote, start)) => (start..scan.quoted_end(quote, start), false),
        None => (from..scan.unquoted_end(from), name.is_prose),
    };
    let value = &scan.text[range.clone()];
    let is_scalar = quote.is_none() && !name.quote.is_empty() && is_json_scalar(value);
    let is_secret = match name.kind {
        // A number in JSON is no secret, and must stay JSON; nor is what stands for a secret in a document.
        _ if is_scalar || value.chars().all(|c| matches!(c, '…' | '.' | '*')) => false,
        Kind::Token if is_prose => is_random(value),
        Kind::Token if name.is_compound => !is_json_scalar(value),
        Kind::Token if is_word(value) => value.len() >= 16,
        Kind::Token => !is_json_scalar(value),
        Kind::Secret | Kind::Pwd | Kind::Authorization | Kind::Cookie => true,
    };
    if is_secret { range } else { nothing }
}

/// Whether this is a number, a truth value or null.
fn is_json_scalar(value: &str) -> bool {
    matches!(value, "true" | "false" | "null" | "undefined" | "none") || value.parse::<f64>().is_ok()
}
