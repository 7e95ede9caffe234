//! Taking secrets out of texts that somebody else wrote.

use std::ops::Range;

use super::secret::REDACTED;

/// `text` with every secret in it replaced by [`REDACTED`], however it got there: a page may log what it likes.
///
/// Recognised are
/// - OpenTok tokens (`T1==…`), also percent-encoded, and JSON web tokens (`eyJ….….…`);
/// - private keys in PEM, also with their line ends written as `\n`;
/// - API secrets of OpenTok projects: words of 40 hexadecimal digits;
/// - whatever is called a secret, password or private key: `apiSecret=…`, `"password":"…"`, `Authorization: Basic …`;
/// - the password in a URL: `https://user:…@host`.
///
/// JSON that is cleaned stays JSON.
pub fn redact(text: &str) -> String {
    match may_hold_secret(text) {
        true => without_secrets(text),
        false => text.to_owned(),
    }
}

/// The most bytes of a text that is no JSON web token, no private key and no API secret, each of which is longer.
const SHORT_BYTES: usize = 20;

/// `false` for most short texts, of which [`redact`] would change nothing: all other secrets have one of these signs in or before them.
pub fn may_hold_secret(text: &str) -> bool {
    text.len() > SHORT_BYTES || text.bytes().any(|byte| matches!(byte, b'=' | b':' | b'%'))
}

fn without_secrets(text: &str) -> String {
    // One pass for each kind, so that a text is read a fixed number of times however many secrets are in it.
    let kinds: [Find; 8] = [
        private_key,
        |text| token(text, "T1=="),
        |text| token(text, "T1%3D%3D"),
        |text| token(text, "T1%3d%3d"),
        json_web_token,
        hexadecimal,
        url_password,
        named,
    ];
    kinds.into_iter().fold(text.to_owned(), |text, find| without(&text, find))
}

/// Finds the first secret of a kind.
type Find = fn(&str) -> Option<Range<usize>>;

/// `text` without what `find` finds in it, first things first.
fn without(text: &str, find: Find) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = find(rest) {
        clean.push_str(&rest[..found.start]);
        clean.push_str(REDACTED);
        rest = &rest[found.end..];
    }
    clean.push_str(rest);
    clean
}

fn token(text: &str, mark: &str) -> Option<Range<usize>> {
    let start = text.find(mark)?;
    Some(start..end_of(text, start, is_token_char))
}

fn json_web_token(text: &str) -> Option<Range<usize>> {
    text.match_indices("eyJ").map(|(at, _)| at..end_of(text, at, is_token_char)).find(|word| {
        // Header, payload and signature; the header alone is 20 characters at the least.
        word.len() > 20 && text[word.clone()].matches('.').count() >= 2
    })
}

/// The characters of base64, base64url, percent encoding and the dots between the parts of a JWT.
fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_' | '.' | '%')
}

/// A private key, to its end or, cut short, to that of what looks like one.
fn private_key(text: &str) -> Option<Range<usize>> {
    const END: &str = "PRIVATE KEY-----";
    let (start, begin) = text.match_indices("-----BEGIN ").find_map(|(start, _)| {
        let label = text[start + 11..].find("-----")? + start + 11 + 5;
        text[start..label].ends_with(END).then_some((start, label))
    })?;
    let body = end_of(text, begin, |c| is_token_char(c) || matches!(c, '\\' | '\r' | '\n' | ' '));
    let footer = text[begin..body].find("-----END ").map(|at| begin + at);
    let end = footer.and_then(|at| Some(at + text[at..].find(END)? + END.len()));
    // A backslash at the end escapes what follows.
    Some(start..end.unwrap_or_else(|| begin + text[begin..body].trim_end_matches(['\\', '\r', '\n', ' ']).len()))
}

/// As long as an OpenTok project's API secret; a digest in hex is longer.
const SECRET_DIGITS: usize = 40;

fn hexadecimal(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let is_word = |at: usize| bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric());
    let mut at = 0;
    while at < bytes.len() {
        if !is_word(at) {
            at += 1;
            continue;
        }
        let end = (at..bytes.len()).find(|at| !is_word(*at)).unwrap_or(bytes.len());
        if end - at == SECRET_DIGITS && bytes[at..end].iter().all(u8::is_ascii_hexdigit) {
            return Some(at..end);
        }
        at = end;
    }
    None
}

/// Names of secrets, in lower case and without what stands between their words.
const NAMES: [&str; 7] =
    ["secret", "password", "passwd", "privatekey", "authorization", "xopentokauth", "xtbpartnerauth"];

/// What follows the name of a secret: `apiSecret=…`, `api_secret: …`, `"apiSecret":"…"`, quotes escaped or not.
fn named(text: &str) -> Option<Range<usize>> {
    text.match_indices(['=', ':']).find_map(|(sign, _)| {
        let before = text[..sign].trim_end();
        let name = before.trim_end_matches(['"', '\'', '\\']);
        let is_json_key = name.len() + 1 == before.len() && before.ends_with('"');
        let start = name
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
            .map_or(0, |at| at + name[at..].chars().next().map_or(1, char::len_utf8));
        let word: String = name[start..].chars().filter(char::is_ascii_alphanumeric).collect();
        let word = word.to_ascii_lowercase();
        if !NAMES.iter().any(|secret| word.ends_with(secret)) {
            return None;
        }
        let after = &text[sign + 1..];
        // A number or a table in JSON is no secret, and must stay JSON.
        if is_json_key && !after.trim_start().starts_with('"') {
            return None;
        }
        let value = after.trim_start_matches(' ');
        let quote = ["\\\"", "\"", "'"].into_iter().find(|quote| value.starts_with(quote)).unwrap_or_default();
        let mut from = text.len() - value.len() + quote.len();
        for scheme in ["Basic ", "Bearer "] {
            from += if text[from..].starts_with(scheme) { scheme.len() } else { 0 };
        }
        let end = end_of(text, from, |c| {
            !c.is_whitespace() && !matches!(c, '"' | '\'' | '\\' | '&' | ',' | ';' | '<' | '[' | '{' | '}')
        });
        (end > from).then_some(from..end)
    })
}

/// The password of `scheme://user:password@host`.
fn url_password(text: &str) -> Option<Range<usize>> {
    text.match_indices("://").find_map(|(at, mark)| {
        let authority = at + mark.len();
        let end =
            end_of(text, authority, |c| !c.is_whitespace() && !matches!(c, '/' | '?' | '#' | '"' | '\'' | '\\' | '<'));
        let at_sign = authority + text[authority..end].rfind('@')?;
        let colon = authority + text[authority..at_sign].find(':')? + 1;
        (colon < at_sign && &text[colon..at_sign] != REDACTED).then_some(colon..at_sign)
    })
}

fn end_of(text: &str, start: usize, is_part: impl Fn(char) -> bool) -> usize {
    text[start..].find(|c: char| !is_part(c)).map_or(text.len(), |length| start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_redacted_wherever_they_stand() {
        let hex = "0123456789abcdef0123456789abcdef01234567";
        for (text, clean) in [
            ("", ""),
            ("nothing here", "nothing here"),
            ("token=T1==cGFydG5lcl9pZD0x+/=&x=1", "token=[redacted]&x=1"),
            ("T1==abc", "[redacted]"),
            ("?t=T1%3D%3DcGFy%2B&n", "?t=[redacted]&n"),
            (r#"{"token":"T1==abc","b":"T1==def"}"#, r#"{"token":"[redacted]","b":"[redacted]"}"#),
            ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiIxMjM0In0.c2ln end", "Bearer [redacted] end"),
            ("eyJ is not a token", "eyJ is not a token"),
            ("PRECALL_API_SECRET=abc123 next", "PRECALL_API_SECRET=[redacted] next"),
            ("?apiSecret=abc&x=1", "?apiSecret=[redacted]&x=1"),
            (r#"{"apiSecret": "abc", "secret": 5}"#, r#"{"apiSecret": "[redacted]", "secret": 5}"#),
            (r#"{"text":"{\"api_secret\":\"abc\"}"}"#, r#"{"text":"{\"api_secret\":\"[redacted]\"}"}"#),
            ("Authorization: Basic YWJjOmRlZg==", "Authorization: Basic [redacted]"),
            ("the token is secret", "the token is secret"),
            ("secret: ", "secret: "),
            ("https://me:pass@example.org/x", "https://me:[redacted]@example.org/x"),
            ("http://127.0.0.1:80/a@b", "http://127.0.0.1:80/a@b"),
            (&format!("it is {hex}."), "it is [redacted]."),
            (&format!("a digest is longer: {hex}{hex}"), &format!("a digest is longer: {hex}{hex}")),
            ("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE+/=\nabc\n-----END RSA PRIVATE KEY-----\nb", "a\n[redacted]\nb"),
            (r#""-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n""#, r#""[redacted]\n""#),
            ("-----BEGIN PRIVATE KEY-----\nMIIEcut", "[redacted]"),
            ("-----BEGIN PUBLIC KEY-----\nMIIE", "-----BEGIN PUBLIC KEY-----\nMIIE"),
        ] {
            assert_eq!(redact(text), clean);
        }
    }

    proptest::proptest! {
        #[test]
        fn what_may_hold_no_secret_holds_none(text in "(eyJ|T1|[.]|-----|BEGIN |PRIVATE KEY|[0-9a-f]|[=:%@/ ]|secret|é){0,8}") {
            if !may_hold_secret(&text) {
                proptest::prop_assert_eq!(without_secrets(&text), text);
            }
        }

        #[test]
        fn nothing_of_a_token_survives(before in "[^T]{0,20}", body in "[A-Za-z0-9+/]{8,80}", after in "[ \"&].{0,20}") {
            let clean = redact(&format!("{before}T1=={body}{after}"));
            proptest::prop_assert!(!clean.contains(&body));
        }

        #[test]
        fn json_stays_json(
            key in "(a|apiSecret|password|-----BEGIN PRIVATE KEY-----|eyJhbGciOi|http://a:)",
            value in "[ -~\n]{0,40}",
            number in 0..9,
        ) {
            let inner = serde_json::json!({ &key: value, "b": format!("{key}{value}@{key}=\"{value}\"") });
            let text = serde_json::json!({ "secret": number, "inner": inner, "text": inner.to_string() });
            let clean = redact(&text.to_string());
            proptest::prop_assert!(serde_json::from_str::<serde_json::Value>(&clean).is_ok(), "{} {}", text, clean);
        }

        #[test]
        fn what_is_clean_stays_as_it_is(text in "\\PC{0,60}") {
            let clean = redact(&text);
            proptest::prop_assert_eq!(redact(&clean), clean.clone());
        }
    }
}
