//! `precall check`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::args::CheckArguments;
use super::error::show;
use super::notices::{module_note, warn};
use super::view::view;
use crate::job::{JobError, releases, scenario_files};
use crate::sdk::{self, Npm, SdkError};
use precall_judge::warnings::warnings;
use precall_report::terminal::{paragraph, set_off};
use precall_results::Exit;
use precall_scenario::plan::{Case, Releases, expand, outline};
use precall_scenario::{ModuleSpec, Scenario, SdkSpec, Selection, load};
use precall_support::output::{eprintln, print, println};
use precall_support::text::count;

pub(super) async fn check(arguments: &CheckArguments) -> Result<Exit, JobError> {
    let mut exit = Exit::Passed;
    let mut all = Vec::new();
    for path in scenario_files(&arguments.scenarios)? {
        match load(&path) {
            Ok(scenario) => {
                let known = if arguments.online {
                    releases(std::slice::from_ref(&scenario), None).await?.0
                } else {
                    Releases::default()
                };
                // Without an answer of npm, a range counts as one release.
                let cases = expand(std::slice::from_ref(&scenario), &known);
                let cases = cases.map_err(|error| JobError::Plan { error, has_requested_release: false })?;
                print_valid(&scenario, &cases);
                all.extend(cases.into_iter().map(|case| (path.clone(), case)));
            }
            Err(error) => {
                show(&error.into());
                exit = Exit::Scenario;
            }
        }
    }
    let cases: Vec<_> = all.iter().map(|(_, case)| case.clone()).collect();
    if let Some(note) = module_note(&cases) {
        println(note);
    }
    let wanted = wanted(&all);
    if arguments.online {
        exit = exit.gravest(look_up(&wanted).await?);
    } else if !wanted.is_empty() {
        let names: Vec<_> = wanted.keys().map(|(package, version)| format!("{package} {version}")).collect();
        let line = format!("releases: not looked up ({}); --online asks npm whether they exist", names.join(", "));
        print(paragraph(&line, view(false)));
    }
    Ok(exit)
}

/// Prints that a scenario is valid, its cases, and the conclusions that it cannot support.
fn print_valid(scenario: &Scenario, cases: &[Case]) {
    let warnings = warnings(std::slice::from_ref(scenario), cases);
    let mut summary = format!("{}: valid, {}", scenario.path.display(), count(cases.len(), "case", "cases"));
    if !warnings.is_empty() {
        summary.push_str(&format!(", {}", count(warnings.len(), "warning", "warnings")));
    }
    println(summary);
    outline(cases).iter().for_each(|line| print(set_off(line, view(false))));
    warn(&warnings);
}

/// Releases by package and version, each with the place that names it.
type Wanted = BTreeMap<(String, String), String>;

/// The releases that cases name, without tags, which exist.
fn wanted(cases: &[(PathBuf, Case)]) -> Wanted {
    let mut wanted = Wanted::new();
    for (path, case) in cases {
        let sdk = match &case.spec.sdk {
            SdkSpec::Npm { package, version } => Some(("sdk", package, version)),
            SdkSpec::Path(_) => None,
        };
        let module = match &case.module {
            ModuleSpec::Npm { package, version } => Some(("test.module", package, version)),
            ModuleSpec::BuiltIn | ModuleSpec::Path(_) => None,
        };
        for (key, package, version) in sdk.into_iter().chain(module) {
            if !matches!(Selection::parse(version), Ok(Selection::Latest)) {
                let line = case.spec.places.get(key).map(|place| format!(":{}", place.line)).unwrap_or_default();
                let place = format!("{}{line}", path.display());
                wanted.entry((package.clone(), version.clone())).or_insert(place);
            }
        }
    }
    wanted
}

/// Asks npm whether releases exist, and prints those that do not.
async fn look_up(wanted: &Wanted) -> Result<Exit, JobError> {
    let npm = Npm::default();
    let mut exit = Exit::Passed;
    let mut found = Vec::new();
    for ((package, version), place) in wanted {
        match sdk::find(&npm, package, version).await {
            Ok(version) => found.push(format!("{package} {version}")),
            Err(error @ SdkError::UnknownVersion { .. }) => {
                eprintln(format_args!("error: {place}: {error}"));
                exit = Exit::Scenario;
            }
            Err(error) => return Err(error.into()),
        }
    }
    if !found.is_empty() {
        let line = format!("releases: npm has {}", found.join(", "));
        print(paragraph(&line, view(false)));
    }
    Ok(exit)
}
