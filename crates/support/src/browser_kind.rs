//! The kinds of browser that precall drives.

use std::str::FromStr;

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
    /// The word for each kind, in scenarios and on the command line.
    pub const WORDS: [(&'static str, Self); 2] =
        [(Self::Chrome.word(), Self::Chrome), (Self::Firefox.word(), Self::Firefox)];

    /// Returns the word for the kind.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Chrome => "chrome",
            Self::Firefox => "firefox",
        }
    }

    /// Returns the name of the browser, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chrome => "Chrome",
            Self::Firefox => "Firefox",
        }
    }
}

impl FromStr for BrowserKind {
    type Err = String;

    /// Parses the word for a kind. The error names the words.
    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::WORDS.iter().find(|(word, _)| *word == text);
        known.map(|(_, kind)| *kind).ok_or_else(|| "write `chrome` or `firefox`".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_one_word() {
        for (word, kind) in BrowserKind::WORDS {
            assert_eq!((kind.word(), word.parse()), (word, Ok(kind)));
        }
        assert!("safari".parse::<BrowserKind>().is_err());
    }
}
