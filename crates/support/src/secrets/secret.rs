//! A text that must not be shown.

use std::fmt;

use super::redaction::{REDACTED, remember};

/// A text that must not be shown. `Debug` and `Display` write [`REDACTED`], and it cannot be serialized.
/// [`redact`](super::redact) recognizes its value everywhere in this process.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Creates a secret, and redacts its value in all texts from now on.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        remember(&text);
        Self(text)
    }

    /// Creates a secret from a text that is not secret by itself, such as an id. Other occurrences of the value stay.
    pub fn of_public(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text itself, for the one place that needs it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_does_not_show_its_value() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret} {secret:?}"), "[redacted] [redacted]");
        assert_eq!(secret.expose(), "hunter2");
    }
}
