//! The correction of a line or a value.

use super::scan::depth;

/// A corrected text, and the mistake in the original one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Correction {
    pub text: String,
    pub message: String,
}

impl Correction {
    /// Creates a correction from the corrected text and the mistake.
    pub(super) fn new(text: impl Into<String>, message: impl Into<String>) -> Self {
        Self { text: text.into(), message: message.into() }
    }
}

/// Returns whether a text is a TOML value.
pub(super) fn is_value(text: &str) -> bool {
    !text.trim().is_empty() && toml_span::parse(&format!("a = {text}")).is_ok()
}

/// Returns whether a value continues in the next line.
pub(super) fn is_open(value: &str) -> bool {
    depth(value) > 0
}
