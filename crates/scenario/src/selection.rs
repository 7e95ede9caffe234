//! Selections of releases of an npm package: `"2.27.6"`, `"latest"`, `"^2.27"`, `"last 3"`, `"all minors of >=2.18"`.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use semver::Version;

use precall_support::package::is_release;

/// A selection of releases of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// `"latest"`: the release that npm installs without a version.
    Latest,
    /// `"2.27.6"`: this release.
    Exact(Version),
    /// Some of the releases in a range.
    Of {
        /// The range in npm's own syntax; npm resolves it.
        range: String,
        /// The number of releases.
        take: Take,
        /// Whether only the newest release of each minor version counts.
        by_minor: bool,
    },
}

/// A number of releases, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// This many releases, 1 or more.
    Newest(NonZeroUsize),
    /// All releases in the range.
    All,
}

/// The accepted forms, as help text.
pub(super) const HELP: &str = "write \"latest\", a release such as \"2.27.6\", a range of npm such as \"^2.27\" (its newest \
    release), or several: \"last 3\", \"last 2 of ^2.27\", \"last 4 minors\", \"all minors of >=2.18\", \"all of 2.27.x\"";

/// The range of all releases that are not pre-releases.
const ANY: &str = ">=0.0.0";

impl Selection {
    /// Parses the value of `sdk.version` or of a flag.
    ///
    /// # Errors
    ///
    /// Returns a help text if the value has none of the accepted forms.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text == "latest" {
            return Ok(Self::Latest);
        }
        if let Ok(version) = Version::parse(text) {
            if !is_release(&version) {
                return Err(HELP.to_owned());
            }
            return Ok(Self::Exact(version));
        }
        let mut words = text.split_whitespace();
        let take = match words.next() {
            Some("last") => {
                let number = words.next().and_then(|number| number.parse().ok());
                Take::Newest(number.ok_or(HELP)?)
            }
            Some("all") => Take::All,
            _ => return Ok(Self::Of { range: range(text)?, take: Take::Newest(NonZeroUsize::MIN), by_minor: false }),
        };
        let rest: Vec<_> = words.collect();
        let (by_minor, rest) = match rest.as_slice() {
            ["minors", rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let range = match rest {
            [] => ANY.to_owned(),
            ["of", rest @ ..] => range(&rest.join(" "))?,
            _ => return Err(HELP.to_owned()),
        };
        Ok(Self::Of { range, take, by_minor })
    }

    /// Returns the likely meaning of an invalid value: `v2.27.6`, `newest`, `@opentok/client@2.27.6`.
    pub(super) fn meant(text: &str) -> Option<String> {
        let text = text.trim().to_lowercase();
        let meant = match text.as_str() {
            "newest" | "current" | "last" | "stable" | "recent" | "last 1" => "latest".to_owned(),
            _ => text.rsplit_once('@').map_or(text.as_str(), |(_, version)| version).trim_start_matches('v').to_owned(),
        };
        Self::parse(&meant).is_ok().then_some(meant)
    }

    /// Returns the range about which npm must be asked, if any.
    pub fn range(&self) -> Option<&str> {
        match self {
            Self::Of { range, .. } => Some(range),
            Self::Latest | Self::Exact(_) => None,
        }
    }

    /// Returns the selected versions or tags, the oldest first. `in_range` are the releases in [`Selection::range`], as
    /// reported by npm.
    pub fn of(&self, in_range: &BTreeSet<Version>) -> Vec<String> {
        let (take, by_minor) = match self {
            Self::Latest => return vec!["latest".to_owned()],
            Self::Exact(version) => return vec![version.to_string()],
            Self::Of { take, by_minor, .. } => (*take, *by_minor),
        };
        let mut minors = BTreeSet::new();
        let newest_first = in_range.iter().rev();
        let chosen = newest_first.filter(|version| !by_minor || minors.insert((version.major, version.minor)));
        let mut chosen: Vec<_> = match take {
            Take::Newest(count) => chosen.take(count.get()).map(Version::to_string).collect(),
            Take::All => chosen.map(Version::to_string).collect(),
        };
        chosen.reverse();
        chosen
    }
}

/// Returns whether a text can be a range, by its characters; npm decides in the end. The text must never look like an
/// option of npm.
fn range(text: &str) -> Result<String, String> {
    let is_of_a_range = |c: char| c.is_ascii_digit() || " .xX*^~<>=|-".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_digit() || "xX*^~<>=".contains(c));
    if begins && text.chars().all(is_of_a_range) && text.contains(|c: char| c.is_ascii_digit() || "xX*".contains(c)) {
        Ok(text.to_owned())
    } else {
        Err(HELP.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let all = ["2.26.0", "2.27.0", "2.27.6", "2.28.1", "2.28.2", "3.0.0"];
        let all = all.iter().map(|version| Version::parse(version).expect("a version")).collect();
        Selection::parse(text).expect("a selection").of(&all)
    }

    #[test]
    fn selections_pick_releases() {
        assert_eq!(of("latest"), ["latest"]);
        assert_eq!(of("2.27.6"), ["2.27.6"]);
        assert_eq!(of("^2"), ["3.0.0"], "what is in the range is npm's to say");
        assert_eq!(of("last 2"), ["2.28.2", "3.0.0"]);
        assert_eq!(of("last 3 minors"), ["2.27.6", "2.28.2", "3.0.0"]);
        assert_eq!(of("all minors of >=2.18 <3"), ["2.26.0", "2.27.6", "2.28.2", "3.0.0"]);
        assert_eq!(of("all").len(), 6);
    }

    #[test]
    fn npm_is_asked_about_ranges_only() {
        let range = |text: &str| Selection::parse(text).expect("a selection").range().map(str::to_owned);
        assert_eq!(range("latest"), None);
        assert_eq!(range("2.27.6"), None);
        assert_eq!(range("^2.27").as_deref(), Some("^2.27"));
        assert_eq!(range("all minors of >=2.18 <2.30").as_deref(), Some(">=2.18 <2.30"));
        assert_eq!(range("last 3").as_deref(), Some(ANY));
    }

    #[test]
    fn other_names_of_releases_are_recognized() {
        let meant = |text: &str| Selection::meant(text);
        assert_eq!(meant("v2.27.6").as_deref(), Some("2.27.6"));
        assert_eq!(meant("@opentok/client@2.27.6").as_deref(), Some("2.27.6"));
        assert_eq!(meant("Newest").as_deref(), Some("latest"));
        assert_eq!(meant("three"), None);
    }

    #[test]
    fn other_texts_are_refused() {
        let wrong =
            ["", "newest", "last", "last 0", "last three", "all minor", "last 3 in ^2", "--registry=x", "-2", "^"];
        for wrong in wrong {
            assert!(Selection::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_text_does_not_panic(text in "(last|all|minors|of|\\^|[0-9.x<>= -]|.){0,20}") {
            if let Ok(selection) = Selection::parse(&text) {
                proptest::prop_assert!(selection.range().is_none_or(|range| !range.starts_with('-')));
            }
        }
    }
}
