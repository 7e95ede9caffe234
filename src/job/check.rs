//! Checking scenarios without running them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::builds::is_tag;
use super::error::JobError;
use super::plan::releases;
use crate::sdk::{Npm, SdkError, find};
use precall_judge::warnings::{Warning, warnings};
use precall_scenario::plan::{Case, Releases, expand};
use precall_scenario::{ModuleSpec, Scenario, SdkSpec, load};

/// A scenario that is valid.
#[derive(Debug)]
pub struct CheckedScenario {
    /// The scenario that was read.
    pub scenario: Scenario,
    /// The cases of the scenario.
    pub cases: Vec<Case>,
    /// The conclusions that it cannot support.
    pub warnings: Vec<Warning>,
}

/// Reads a scenario and expands it. With `is_online`, npm is asked about ranges of releases; without an answer of npm,
/// a range counts as one release.
///
/// # Errors
///
/// When the scenario is wrong, or npm does not answer.
pub async fn check_scenario(file: &Path, is_online: bool) -> Result<CheckedScenario, JobError> {
    let scenario = load(file)?;
    let known = match is_online {
        true => releases(std::slice::from_ref(&scenario), None).await?.0,
        false => Releases::default(),
    };
    let cases = expand(std::slice::from_ref(&scenario), &known);
    let cases = cases.map_err(|error| JobError::Plan { error, has_requested_release: false })?;
    let warnings = warnings(std::slice::from_ref(&scenario), &cases);
    Ok(CheckedScenario { scenario, cases, warnings })
}

/// Releases by package and version, each with the place that names it.
pub type NamedReleases = BTreeMap<(String, String), String>;

/// The releases that cases name, without tags, which exist.
pub fn named_releases(cases: &[(PathBuf, Case)]) -> NamedReleases {
    let mut wanted = NamedReleases::new();
    for (path, case) in cases {
        let sdks = case.spec.sdks().into_iter().filter_map(|sdk| match sdk {
            SdkSpec::Npm { package, version } => Some(("sdk", package, version)),
            SdkSpec::Path(_) => None,
        });
        let module = match &case.module {
            _ if case.spec.call.is_some() => None,
            ModuleSpec::Npm { package, version } => Some(("test.module", package, version)),
            ModuleSpec::BuiltIn | ModuleSpec::Path(_) => None,
        };
        for (key, package, version) in sdks.chain(module) {
            if !is_tag(version) {
                let line = case.spec.places.get(key).map(|place| format!(":{}", place.line)).unwrap_or_default();
                let place = format!("{}{line}", path.display());
                wanted.entry((package.clone(), version.clone())).or_insert(place);
            }
        }
    }
    wanted
}

/// Asks npm whether releases exist. Returns those that do, and an error with its place for each of the others.
///
/// # Errors
///
/// When npm does not answer.
pub async fn look_up_releases(named: &NamedReleases) -> Result<(Vec<String>, Vec<(String, SdkError)>), JobError> {
    let npm = Npm::default();
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for ((package, version), place) in named {
        match find(&npm, package, version).await {
            Ok(version) => found.push(format!("{package} {version}")),
            Err(error @ SdkError::UnknownVersion { .. }) => missing.push((place.clone(), error)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok((found, missing))
}
