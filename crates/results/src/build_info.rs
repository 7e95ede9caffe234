//! A build that a page loaded.

use serde::{Deserialize, Serialize};

/// A build that the page loaded: OpenTok.js, or a network-test module.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BuildInfo {
    /// The version, from its package or from the build itself.
    pub version: String,
    /// The origin of the build, in words.
    pub source: String,
    /// The published integrity (SRI) that the build was checked against; absent for local builds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrity: Option<String>,
}
