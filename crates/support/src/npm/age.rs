//! npm's limits for the age of releases: `before` (a date) and `min-release-age` (days).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use semver::Version;
use serde_json::Value;

/// A limit for the age of releases: npm does not install younger ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgeLimit {
    /// The name of the setting, `before` or `min-release-age`.
    setting: String,
    /// The value of the setting, as the user wrote it.
    value: String,
    /// The source of the setting: a file, or `environment`.
    source: String,
    until: Timestamp,
}

impl AgeLimit {
    /// Creates the limit of a setting; `None` if its value sets no limit.
    pub(super) fn new(setting: &str, value: &Value, source: &str) -> Option<Self> {
        let (until, shown) = match value {
            Value::String(text) if setting == "before" => (time(text)?, text.clone()),
            Value::Number(days) if setting == "min-release-age" => {
                let seconds = days.as_f64().filter(|days| *days > 0.0)? * 86_400.0;
                let span = jiff::SignedDuration::try_from_secs_f64(seconds).unwrap_or(jiff::SignedDuration::MAX);
                // A limit before all representable times allows no release.
                (Timestamp::now().checked_sub(span).unwrap_or(Timestamp::MIN), days.to_string())
            }
            _ => return None,
        };
        Some(Self { setting: setting.to_owned(), value: shown, source: source.to_owned(), until })
    }
}

impl fmt::Display for AgeLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` ({}, set in {})", self.setting, self.value, self.source)
    }
}

/// The releases of a package that an [`AgeLimit`] allows.
#[derive(Debug, Clone)]
pub struct AllowedReleases {
    /// The limit for the age of releases.
    pub limit: AgeLimit,
    /// The publication time of each release. A registry may omit it.
    published: BTreeMap<Version, Timestamp>,
}

impl AllowedReleases {
    /// Takes the registry's `time`: an object from versions to times.
    pub(super) fn new(limit: AgeLimit, times: &Value) -> Self {
        let times = times.as_object().into_iter().flatten();
        let published = times.filter_map(|(version, at)| Some((Version::parse(version).ok()?, time(at.as_str()?)?)));
        Self { limit, published: published.collect() }
    }

    /// Returns whether npm installs a release. As in npm, a release without a publication time is old enough.
    pub fn has(&self, version: &Version) -> bool {
        self.published.get(version).is_none_or(|at| *at <= self.limit.until)
    }

    /// Returns the newest allowed releases without pre-releases, the newest first, at most `count`.
    pub fn newest(&self, versions: &BTreeSet<Version>, count: usize) -> Vec<Version> {
        versions
            .iter()
            .rev()
            .filter(|version| version.pre.is_empty() && self.has(version))
            .take(count)
            .cloned()
            .collect()
    }
}

/// Parses a time as registries and npm write it. A date alone is its midnight in UTC.
fn time(text: &str) -> Option<Timestamp> {
    text.parse().or_else(|_| format!("{text}T00:00:00Z").parse()).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn versions(texts: &[&str]) -> BTreeSet<Version> {
        texts.iter().map(|text| Version::parse(text).expect("a version")).collect()
    }

    #[test]
    fn younger_releases_are_excluded_and_undated_ones_allowed() {
        let limit = AgeLimit::new("before", &json!("2024-06-01T00:00:00.000Z"), "environment").expect("a limit");
        let times = json!({
            "modified": "2025-01-01T00:00:00Z",
            "1.0.0": "2024-01-01T00:00:00.000Z",
            "1.1.0": "2024-06-01T02:00:00.000+02:00",
            "1.2.0": "2024-06-01T00:00:01Z",
            "2.0.0-beta": "2024-01-01T00:00:00Z",
        });
        let allowed = AllowedReleases::new(limit, &times);
        let all = versions(&["1.0.0", "1.1.0", "1.2.0", "1.3.0", "2.0.0-beta"]);
        assert_eq!(
            allowed.newest(&all, 9),
            ["1.3.0", "1.1.0", "1.0.0"].map(|text| Version::parse(text).expect("a version"))
        );
        assert_eq!(allowed.newest(&all, 1).len(), 1);
    }

    #[test]
    fn age_counts_from_now() {
        let day_old = (Timestamp::now() - jiff::SignedDuration::from_hours(24)).to_string();
        let has = |days: Value| {
            let limit = AgeLimit::new("min-release-age", &days, "environment").expect("a limit");
            AllowedReleases::new(limit, &json!({ "1.0.0": day_old })).has(&Version::new(1, 0, 0))
        };
        assert!(has(json!(0.5)));
        assert!(!has(json!(2)));
        assert!(!has(json!(1e18)), "an age that no release has");
    }
}
