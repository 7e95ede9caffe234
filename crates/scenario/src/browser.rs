//! The browser of a page.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use precall_support::browser_kind::BrowserKind;

/// The browser of a page (`browser`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BrowserSpec {
    /// The kind of browser (`kind`). The default is Chrome.
    pub kind: BrowserKind,
    /// The version that it must have (`version`): `156`, or more of its parts, as in `156.0.8078`. `None` for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The path of its program (`path`). `None` for the one that is named on the command line, or else the first one
    /// found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
}

/// Something that a case asks for and its browser cannot do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrowserLack {
    /// The key of the case that asks for it.
    pub key: &'static str,
    /// What the browser cannot do, as the end of "Firefox cannot …".
    pub what: &'static str,
    /// What to do about it.
    pub help: &'static str,
}

impl BrowserSpec {
    /// Returns any browser of a kind.
    pub fn of_kind(kind: BrowserKind) -> Self {
        Self { kind, ..Self::default() }
    }
}
