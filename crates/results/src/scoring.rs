//! How a module recommends.

use serde::{Deserialize, Serialize};

/// The table that the module recommends by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ScoringProfile {
    /// By received bitrate and loss: three sizes.
    #[default]
    Classic,
    /// By the sender's available outgoing bitrate: six sizes.
    Bandwidth,
    /// By what the network can carry, with how sure that is: three sizes.
    Capacity,
}
