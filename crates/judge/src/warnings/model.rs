//! A warning, and all that there are about a plan.

use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;

use super::{compared, expectations, timing};
use precall_results::Source;
use precall_scenario::plan::Case;
use precall_scenario::{Scenario, label};

/// One thing that a scenario cannot show, or a deprecated key in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The scenario's file; `None` of what the command line asks for.
    pub file: Option<PathBuf>,
    /// Where in it, if it stands anywhere.
    pub place: Option<Source>,
    /// What cannot be shown and why, and what to write instead.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.as_ref().map(|file| file.display().to_string());
        let file = self.place.as_ref().and_then(|place| place.file.clone()).or(file);
        match (file, &self.place) {
            (Some(file), Some(place)) => write!(f, "{file}:{}: {}", place.line, self.message),
            (Some(file), None) => write!(f, "{file}: {}", self.message),
            (None, _) => f.write_str(&self.message),
        }
    }
}

/// All warnings about scenarios and their cases, deprecated keys among them, each once: in the order of the scenarios, and of the
/// lines in them.
pub fn warnings(scenarios: &[Scenario], cases: &[Case]) -> Vec<Warning> {
    let (mut all, mut seen) = (Vec::new(), HashSet::new());
    for scenario in scenarios {
        let name = label(&scenario.name);
        let is_own = |case: &&Case| scenarios.len() == 1 || case.axes.get("scenario") == Some(&name);
        let own: Vec<_> = cases.iter().filter(is_own).collect();
        // `precall gate` plans the repeats of a file with a `[gate]`.
        let few = if scenario.gate.is_empty() { compared::few(&own, &scenario.compare) } else { Vec::new() };
        let found = few
            .into_iter()
            .chain(compared::plain_picture(&own))
            .chain(timing::too_short(&own))
            .chain(timing::never(&own))
            .chain(expectations::check(&own))
            .chain(scenario.deprecated.iter().map(|key| (Some(&key.place), key.to_string())));
        let mut found: Vec<_> = found.map(|(place, message)| (place.cloned(), message)).collect();
        found.sort_by_key(|(place, _)| place.as_ref().map(|place| (place.file.clone(), place.line)));
        let warning = |(place, message)| Warning { file: Some(scenario.path.clone()), place, message };
        for warning in found.into_iter().map(warning) {
            if seen.insert(warning.to_string()) {
                all.push(warning);
            }
        }
    }
    all
}

/// A place, and what is said of it.
pub(super) type Said<'a> = (Option<&'a Source>, String);

/// Names of cases, each once, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct CaseNames {
    seen: HashSet<String>,
    /// The first few.
    first: Vec<String>,
}

impl CaseNames {
    /// The name of one case.
    pub fn of(case: &Case) -> Self {
        let mut names = Self::default();
        names.add(case);
        names
    }

    /// Adds the name of a case, unless it is there.
    pub fn add(&mut self, case: &Case) {
        let name = name_of(case);
        if !self.seen.contains(&name) {
            if self.first.len() < 3 {
                self.first.push(name.clone());
            }
            self.seen.insert(name);
        }
    }
}

impl fmt::Display for CaseNames {
    /// The first few of them: `3g and lte`, `3g, lte and 4 more`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.first[..], self.seen.len()) {
            ([], _) => Ok(()),
            ([one], _) => f.write_str(one),
            ([first, second], _) => write!(f, "{first} and {second}"),
            ([first, second, third], 3) => write!(f, "{first}, {second} and {third}"),
            ([first, second, ..], all) => write!(f, "{first}, {second} and {} more", all - 2),
        }
    }
}

/// What a case is called beside those that differ in their build alone.
fn name_of(case: &Case) -> String {
    let is_other = |axis: &str| !matches!(axis, "sdk" | "module" | "scenario");
    let axes = case.axes.iter().filter(|(axis, _)| is_other(axis)).map(|(axis, value)| format!("{axis}={value}"));
    let name = Some(case.spec.name.clone()).filter(|name| !name.is_empty());
    let all: Vec<_> = name.into_iter().chain(axes).collect();
    if all.is_empty() { "every case".to_owned() } else { format!("`{}`", all.join(",")) }
}
