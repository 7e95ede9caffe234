//! The error of a text that is not a quantity.

/// The reason why a text is not a quantity. `Display` is a sentence that includes the correct form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}; {advice}")]
pub struct UnitError {
    /// The reason, such as `"8" has no unit`.
    pub reason: String,
    /// The correct form, as an imperative: `write "8 s"`.
    pub advice: String,
    /// The corrected text, if there is no doubt what is meant: `8 s` for `8 sec`. `None` otherwise.
    pub instead: Option<String>,
}

impl UnitError {
    /// Creates an error with general advice.
    pub fn new(reason: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { reason: reason.into(), advice: advice.into(), instead: None }
    }

    /// Creates an error with the corrected text, `instead`.
    pub fn corrected(reason: impl Into<String>, instead: impl Into<String>) -> Self {
        let instead = instead.into();
        Self { reason: reason.into(), advice: format!("write {instead:?}"), instead: Some(instead) }
    }

    /// Extends the corrected text to the whole text of which it was a part, between `before` and `after`.
    #[must_use]
    pub fn within(self, before: &str, after: &str) -> Self {
        match self.instead {
            Some(instead) => Self::corrected(self.reason, format!("{before}{instead}{after}")),
            None => self,
        }
    }
}
