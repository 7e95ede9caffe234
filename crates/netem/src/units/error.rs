//! Why a text is no quantity.

/// Why a quantity could not be read; `Display` is a sentence that says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}; {advice}")]
pub struct UnitError {
    /// What is wrong with it.
    pub reason: String,
    /// What to write, as an imperative: `write "8 s"`.
    pub advice: String,
    /// The same quantity as it is written here, where the text leaves no doubt which one is meant: `8 s` for `8 sec`.
    pub instead: Option<String>,
}

impl UnitError {
    /// An error with advice that holds for every such text.
    pub fn new(reason: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { reason: reason.into(), advice: advice.into(), instead: None }
    }

    /// An error of a text that means `instead`.
    pub fn mended(reason: impl Into<String>, instead: impl Into<String>) -> Self {
        let instead = instead.into();
        Self { reason: reason.into(), advice: format!("write {instead:?}"), instead: Some(instead) }
    }

    /// The same error of a whole of which the text was a part, between `before` and `after`.
    #[must_use]
    pub fn within(self, before: &str, after: &str) -> Self {
        match self.instead {
            Some(instead) => Self::mended(self.reason, format!("{before}{instead}{after}")),
            None => self,
        }
    }
}
