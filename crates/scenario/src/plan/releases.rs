//! Which releases of npm packages there are, as npm says.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;

use crate::{Scenario, SdkSpec, Selection};

/// What npm said about ranges of packages.
#[derive(Debug, Clone, Default)]
pub struct Releases(BTreeMap<(String, String), BTreeSet<Version>>);

impl Releases {
    /// The packages and ranges that scenarios need to know about, before they can be expanded.
    pub fn wanted<'a>(scenarios: impl IntoIterator<Item = &'a Scenario>) -> BTreeSet<(String, String)> {
        let specs = scenarios.into_iter().flat_map(|scenario| scenario.cases.iter().map(|case| &case.sdk));
        specs.filter_map(wanted_by).collect()
    }

    /// Notes what npm said about a range.
    pub fn insert(&mut self, package: &str, range: &str, versions: BTreeSet<Version>) {
        self.0.insert((package.to_owned(), range.to_owned()), versions);
    }

    /// What is in a range; `None` when nobody asked.
    pub(super) fn of(&self, package: &str, range: &str) -> Option<&BTreeSet<Version>> {
        self.0.get(&(package.to_owned(), range.to_owned()))
    }
}

fn wanted_by(spec: &SdkSpec) -> Option<(String, String)> {
    let SdkSpec::Npm { package, version } = spec else { return None };
    let selection = Selection::parse(version).ok()?;
    Some((package.clone(), selection.range()?.to_owned()))
}
