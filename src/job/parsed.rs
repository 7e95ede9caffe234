//! Values of the command line, with their texts.

use std::fmt;

/// A parsed value with the text that it was parsed from: a run's plan records the text.
#[derive(Debug, Clone)]
pub struct Parsed<T> {
    text: String,
    value: T,
}

impl<T> Parsed<T> {
    /// Returns the value of the text, or the parser's explanation of what is wrong with it.
    ///
    /// # Errors
    ///
    /// When `parse` fails.
    pub fn new<E>(text: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<Self, E> {
        Ok(Self { value: parse(text)?, text: text.to_owned() })
    }

    /// Returns a value that was not parsed, with the text that means it.
    pub(super) fn of(text: String, value: T) -> Self {
        Self { text, value }
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the value.
    pub fn value(&self) -> &T {
        &self.value
    }
}

impl<T> fmt::Display for Parsed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The texts of parsed values.
pub(crate) fn texts<T>(values: &[Parsed<T>]) -> Vec<String> {
    values.iter().map(|value| value.text.clone()).collect()
}
