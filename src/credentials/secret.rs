//! A text that must not be shown.

use std::fmt;

/// What stands in a secret's place.
pub const REDACTED: &str = "[redacted]";

/// A text that must not be shown. `Debug` and `Display` write [`REDACTED`]; it cannot be serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` from being shown.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// `text` with every token and JWT in it replaced by [`REDACTED`], however it got there: a page may log what it likes.
///
/// Recognised are OpenTok tokens (`T1==…`), also percent-encoded, and JSON web tokens (`eyJ….….…`).
pub fn redact(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = find_token(rest) {
        clean.push_str(&rest[..start]);
        clean.push_str(REDACTED);
        let end = rest[start..].find(|c: char| !is_token_char(c)).map_or(rest.len(), |length| start + length);
        rest = &rest[end..];
    }
    clean.push_str(rest);
    clean
}

/// Where the first token in `text` begins.
fn find_token(text: &str) -> Option<usize> {
    let t1 = ["T1==", "T1%3D%3D", "T1%3d%3d"].iter().filter_map(|mark| text.find(mark)).min();
    let jwt = text.match_indices("eyJ").map(|(at, _)| at).find(|&at| {
        let word = text[at..].split(|c: char| !is_token_char(c)).next().unwrap_or_default();
        // Header, payload and signature; the header alone is 20 characters at the least.
        word.matches('.').count() >= 2 && word.len() > 20
    });
    [t1, jwt].into_iter().flatten().min()
}

/// The characters of base64, base64url, percent encoding and the dots between the parts of a JWT.
fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_' | '.' | '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret} {secret:?}"), "[redacted] [redacted]");
        assert_eq!(secret.expose(), "hunter2");
    }

    #[test]
    fn tokens_are_redacted_wherever_they_stand() {
        for (text, clean) in [
            ("", ""),
            ("nothing here", "nothing here"),
            ("token=T1==cGFydG5lcl9pZD0x+/=&x=1", "token=[redacted]&x=1"),
            ("T1==abc", "[redacted]"),
            ("?t=T1%3D%3DcGFy%2B&n", "?t=[redacted]&n"),
            (r#"{"token":"T1==abc","b":"T1==def"}"#, r#"{"token":"[redacted]","b":"[redacted]"}"#),
            ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiIxMjM0In0.c2ln end", "Bearer [redacted] end"),
            ("eyJ is not a token", "eyJ is not a token"),
        ] {
            assert_eq!(redact(text), clean);
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_of_a_token_survives(before in "[^T]{0,20}", body in "[A-Za-z0-9+/]{8,80}", after in "[ \"&].{0,20}") {
            let clean = redact(&format!("{before}T1=={body}{after}"));
            proptest::prop_assert!(!clean.contains(&body));
        }
    }
}
