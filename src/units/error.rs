//! Why a text is no quantity.

/// Why a quantity could not be read; `Display` is a sentence that says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnitError(pub String);
