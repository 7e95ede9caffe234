//! The part of a call that an expectation is about.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A participant of a call, or what it receives of one other participant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Subject {
    /// The name of the participant.
    pub participant: String,
    /// The participant whose streams it receives; absent where all of its subscriptions are meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.participant)?;
        self.publisher.iter().try_for_each(|publisher| write!(f, ".{publisher}"))
    }
}
