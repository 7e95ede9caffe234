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

    /// Checks whether a version of a browser, as in `156.0.8078.79`, is the one that is asked for.
    ///
    /// # Errors
    ///
    /// Says which version the scenario asks for.
    pub fn check_version(&self, version: &str) -> Result<(), String> {
        let Some(wanted) = &self.version else { return Ok(()) };
        let mut parts = version.split('.');
        match wanted.split('.').all(|part| parts.next() == Some(part)) {
            true => Ok(()),
            false => Err(format!("the scenario asks for version {wanted}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_begins_with_the_parts_that_are_asked_for() {
        let takes = |wanted: &str, version: &str| {
            BrowserSpec { version: Some(wanted.to_owned()), ..BrowserSpec::default() }.check_version(version).is_ok()
        };
        assert!(takes("156", "156.0.8078.79") && takes("156.0.8078.79", "156.0.8078.79"));
        assert!(!takes("15", "156.0.8078.79") && !takes("156.0.8078.79.1", "156.0.8078.79") && !takes("", "156"));
        assert_eq!(BrowserSpec::default().check_version("1"), Ok(()));
    }
}
