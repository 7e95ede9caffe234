//! The releases of npm packages, as reported by npm.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;

use crate::{Scenario, SdkSpec, Selection};

/// The releases in ranges of packages, as reported by npm.
#[derive(Debug, Clone, Default)]
pub struct Releases(BTreeMap<(String, String), BTreeSet<Version>>);

impl Releases {
    /// Returns the packages and ranges that must be known before scenarios can be expanded.
    pub fn wanted<'a>(scenarios: impl IntoIterator<Item = &'a Scenario>) -> BTreeSet<(String, String)> {
        let specs = scenarios.into_iter().flat_map(|scenario| scenario.cases.iter().map(|case| &case.sdk));
        specs.filter_map(wanted_by).collect()
    }

    /// Records the releases in a range.
    pub fn insert(&mut self, package: &str, range: &str, versions: BTreeSet<Version>) {
        self.0.insert((package.to_owned(), range.to_owned()), versions);
    }

    /// Returns the releases in a range; `None` if npm has not been asked about it.
    pub(super) fn of(&self, package: &str, range: &str) -> Option<&BTreeSet<Version>> {
        self.0.get(&(package.to_owned(), range.to_owned()))
    }
}

fn wanted_by(spec: &SdkSpec) -> Option<(String, String)> {
    let SdkSpec::Npm { package, version } = spec else { return None };
    let selection = Selection::parse(version).ok()?;
    Some((package.clone(), selection.range()?.to_owned()))
}
