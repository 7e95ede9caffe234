//! Values with the name of a secret: `apiSecret=…`, `api_secret: …`, `"apiSecret":"…"`, with or without escaped quotes.

use std::ops::Range;

use super::REDACTED;
use super::headers::{authorization, cookies, is_random, is_word};
use super::scan::Scan;

/// The meaning of a name for its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NameMeaning {
    /// The value is a secret, whatever it looks like.
    Secret,
    /// The value is a secret unless it is a path: `PWD` is also the working directory.
    Pwd,
    /// The value is a token: a secret if it looks like one, since sentences and scenarios mention tokens.
    Token,
    /// The value has credentials after a scheme.
    Authorization,
    Cookie,
}

/// The endings of names of secrets, in lower case and without separators.
const NAMES: [(&str, NameMeaning); 15] = [
    ("secret", NameMeaning::Secret),
    ("password", NameMeaning::Secret),
    ("passwd", NameMeaning::Secret),
    ("passphrase", NameMeaning::Secret),
    ("privatekey", NameMeaning::Secret),
    ("secretkey", NameMeaning::Secret),
    ("secretaccesskey", NameMeaning::Secret),
    ("credential", NameMeaning::Secret),
    ("xopentokauth", NameMeaning::Secret),
    ("xtbpartnerauth", NameMeaning::Secret),
    ("xtbtokenauth", NameMeaning::Secret),
    ("pwd", NameMeaning::Pwd),
    ("token", NameMeaning::Token),
    ("authorization", NameMeaning::Authorization),
    ("cookie", NameMeaning::Cookie),
];

/// The key of npm's setting with a user and a password in base64.
const NPM_AUTH: &str = "_auth";

/// A name with the separator after it.
struct Name<'a> {
    kind: NameMeaning,
    /// Whether the name has further words before the significant one, as in `access_token`.
    is_compound: bool,
    /// The quote after the name, as after the key of a JSON object.
    quote: &'a str,
    /// The beginning of the value, including a quote.
    value: usize,
    /// Whether it looks like prose: a colon and a space.
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
    if name.is_empty() {
        return None;
    }
    let known = NAMES.iter().find_map(|(ending, kind)| Some((*kind, ends_with(name, ending)?)));
    let (kind, is_compound) = known.or_else(|| (name == NPM_AUTH).then_some((NameMeaning::Secret, false)))?;
    let is_colon = scan.byte(sign) == Some(b':');
    // In `token=wrong-secret: …` the value is the name of a secret.
    if is_colon && start > 0 && scan.byte(start - 1) == Some(b'=') {
        return None;
    }
    let after = scan.run(sign + 1, |byte| matches!(byte, b'=' | b'>'));
    let value = scan.after_spaces(after);
    Some(Name { kind, is_compound, quote: &scan.text[end..spaces], value, is_prose: is_colon && value > after })
}

/// Returns whether a name ends with these letters, and if so, whether there are others before them.
fn ends_with(name: &str, ending: &str) -> Option<bool> {
    let mut letters = name.bytes().rev().filter(|byte| !matches!(byte, b'_' | b'-'));
    let is_like =
        ending.bytes().rev().all(|wanted| letters.next().is_some_and(|byte| byte.to_ascii_lowercase() == wanted));
    is_like.then(|| letters.next().is_some())
}

/// Returns the place of the value of a name; empty if it is not a secret.
fn value(scan: Scan<'_>, name: &Name<'_>) -> Range<usize> {
    let from = name.value;
    let nothing = from..from;
    match name.kind {
        NameMeaning::Authorization => return authorization(scan, from, name.quote),
        NameMeaning::Cookie => return cookies(scan, from, name.quote),
        NameMeaning::Secret | NameMeaning::Pwd | NameMeaning::Token => {}
    }
    let quote = scan.value_quote(from, name.quote);
    if name.kind == NameMeaning::Pwd && scan.byte(quote.map_or(from, |(_, start)| start)) == Some(b'/') {
        return nothing;
    }
    let (range, is_prose) = match quote {
        Some((quote, start)) => (start..scan.quoted_end(quote, start), false),
        None => (from..scan.unquoted_end(from), name.is_prose),
    };
    let value = &scan.text[range.clone()];
    let is_scalar = quote.is_none() && !name.quote.is_empty() && is_json_scalar(value);
    let is_secret = match name.kind {
        // A number in JSON is not a secret and must stay JSON. A placeholder in a document is not a secret either.
        _ if is_scalar || value.chars().all(|c| matches!(c, '…' | '.' | '*')) => false,
        NameMeaning::Token if is_prose => is_random(value),
        NameMeaning::Token if name.is_compound => !is_json_scalar(value),
        NameMeaning::Token if is_word(value) => value.len() >= 16,
        NameMeaning::Token => !is_json_scalar(value),
        NameMeaning::Secret | NameMeaning::Pwd | NameMeaning::Authorization | NameMeaning::Cookie => true,
    };
    if is_secret { range } else { nothing }
}

/// Returns whether this is a number, a boolean or null.
fn is_json_scalar(value: &str) -> bool {
    matches!(value, "true" | "false" | "null" | "undefined" | "none") || value.parse::<f64>().is_ok()
}
