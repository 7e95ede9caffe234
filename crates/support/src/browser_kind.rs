//! The kinds of browser that precall drives.

use serde::{Deserialize, Serialize};

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
