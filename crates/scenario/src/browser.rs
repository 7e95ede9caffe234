//! The browser of a page.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

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

/// The kinds of browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BrowserKind {
    /// `"chrome"`: Chrome, Chromium, and browsers that are made from it, such as Edge, Opera and Brave.
    #[default]
    Chrome,
    /// `"firefox"`: Firefox.
    Firefox,
}

impl BrowserKind {
    /// The word for each kind in scenarios.
    pub const WORDS: [(&'static str, Self); 2] = [("chrome", Self::Chrome), ("firefox", Self::Firefox)];

    /// Returns the name of the browser, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chrome => "Chrome",
            Self::Firefox => "Firefox",
        }
    }
}

impl BrowserSpec {
    /// Returns any browser of a kind.
    pub fn of_kind(kind: BrowserKind) -> Self {
        Self { kind, ..Self::default() }
    }

    /// Returns whether a version of a browser, as in `156.0.8078.79`, is the one that is asked for.
    pub fn takes_version(&self, version: &str) -> bool {
        let Some(wanted) = &self.version else { return true };
        let mut parts = version.split('.');
        wanted.split('.').all(|part| parts.next() == Some(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_begins_with_the_parts_that_are_asked_for() {
        let takes = |wanted: &str, version: &str| {
            BrowserSpec { version: Some(wanted.to_owned()), ..BrowserSpec::default() }.takes_version(version)
        };
        assert!(takes("156", "156.0.8078.79") && takes("156.0.8078.79", "156.0.8078.79"));
        assert!(!takes("15", "156.0.8078.79") && !takes("156.0.8078.79.1", "156.0.8078.79") && !takes("", "156"));
        assert!(BrowserSpec::default().takes_version("1"));
    }
}
