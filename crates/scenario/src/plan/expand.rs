//! Expands scenarios to cases.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::case::Case;
use super::releases::Releases;
use crate::{Axis, CaseSpec, ModuleSpec, Scenario, SdkSpec, Selection, label};

/// The reason why scenarios cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// No release is in a range.
    #[error(
        "there is no release of {package} in \"{range}\" (case `{case}` of {file}); `npm view {package} versions` lists the existing ones"
    )]
    NoRelease {
        /// The npm package.
        package: String,
        /// The range of releases.
        range: String,
        /// The name of the case.
        case: String,
        /// The file of the scenario.
        file: String,
    },
    /// The plan has too many cases: a mistyped digit must not exhaust the memory.
    #[error(
        "the plan has over {MOST_CASES} cases, its repeats included; take values out of its axes, lower `repeat`, or run its scenarios one \
         by one"
    )]
    TooMany,
    /// Two ids differ only in upper and lower case, so they are the same file name on some systems (macOS, Windows).
    #[error(
        "the cases {first} and {second} differ only in upper and lower case, which is the same directory on some systems; rename one"
    )]
    SameLetters {
        /// The id that comes first in the plan.
        first: String,
        /// The id that comes second in the plan.
        second: String,
    },
    /// Two scenarios have the same name, so that their cases would have the same ids.
    #[error("two scenarios have the name `{name}`: {first} and {second}; change the `name` of one of them")]
    SameName {
        /// The name, as it appears in ids.
        name: String,
        /// The first file with the name.
        first: String,
        /// The second file with the name.
        second: String,
    },
}

/// The largest number of cases of a plan.
const MOST_CASES: usize = 100_000;

/// Expands scenarios to cases, in the order of lists and, if durations are equal, of the run: the first repeat of all
/// cases before the second, and every second repeat in reverse order (ABBA). Drift of the host then affects compared
/// cases alike.
///
/// # Errors
///
/// Returns an error if no release is in a range, if two scenarios or two cases have the same name, or if there are too
/// many cases. A range that is not in `releases` counts as a single release.
pub fn expand(scenarios: &[Scenario], releases: &Releases) -> Result<Vec<Case>, PlanError> {
    let mut rounds: BTreeMap<u32, Vec<Case>> = BTreeMap::new();
    // Keys as a case-insensitive file system compares them.
    let mut seen: HashMap<String, String> = HashMap::new();
    names_differ(scenarios)?;
    for scenario in scenarios {
        let prefix = (scenarios.len() > 1).then(|| ("scenario", label(&scenario.name)));
        for spec in &scenario.cases {
            for (spec, axes) in with_builds(scenario, spec, releases)? {
                let axes: Vec<_> = prefix.iter().cloned().map(owned).chain(axes).collect();
                for repeat in 1..=spec.repeat {
                    let case = case(scenario, &spec, &axes, repeat);
                    match seen.insert(case.id.to_lowercase(), case.id.clone()) {
                        None if seen.len() > MOST_CASES => return Err(PlanError::TooMany),
                        None => rounds.entry(repeat).or_default().push(case),
                        // A range and a release may denote the same release.
                        Some(first) if first == case.id => {}
                        Some(first) => return Err(PlanError::SameLetters { first, second: case.id }),
                    }
                }
            }
        }
    }
    let in_order = rounds.into_iter().flat_map(|(repeat, mut cases)| {
        if repeat % 2 == 0 {
            cases.reverse();
        }
        cases
    });
    Ok(in_order.collect())
}

fn names_differ(scenarios: &[Scenario]) -> Result<(), PlanError> {
    let mut names = BTreeMap::new();
    for scenario in scenarios {
        let name = label(&scenario.name);
        if let Some(first) = names.insert(name.clone(), &scenario.path) {
            let [first, second] = [first, &scenario.path].map(|path| path.display().to_string());
            return Err(PlanError::SameName { name, first, second });
        }
    }
    Ok(())
}

fn owned((name, value): (&str, String)) -> Axis {
    Axis { name: name.to_owned(), value }
}

/// The settings of a case with one release and one module, and its axes.
type Variant = (Arc<CaseSpec>, Vec<Axis>);

/// Returns a case once for each release and each module.
fn with_builds(scenario: &Scenario, spec: &CaseSpec, releases: &Releases) -> Result<Vec<Variant>, PlanError> {
    let builds = builds(scenario, spec, releases)?;
    let is_one_build = builds.len() == 1;
    let modules = &spec.test.modules;
    let mut all = Vec::with_capacity(builds.len() * modules.len());
    for sdk in builds {
        for module in modules {
            let mut axes = spec.axes.clone();
            name_axis(&mut axes, "sdk", &sdk_label(&sdk), !is_one_build);
            name_axis(&mut axes, "module", &module.label(), modules.len() > 1);
            let mut spec = CaseSpec { sdk: sdk.clone(), ..spec.clone() };
            spec.test.modules = vec![module.clone()];
            all.push((Arc::new(spec), axes));
        }
    }
    Ok(all)
}

/// Returns the releases of a case.
fn builds(scenario: &Scenario, spec: &CaseSpec, releases: &Releases) -> Result<Vec<SdkSpec>, PlanError> {
    let SdkSpec::Npm { package, version } = &spec.sdk else { return Ok(vec![spec.sdk.clone()]) };
    // The scenario and the command line accept valid selections only.
    let Ok(selection) = Selection::parse(version) else { return Ok(vec![spec.sdk.clone()]) };
    let nothing = BTreeSet::new();
    let in_range = match selection.range() {
        None => &nothing,
        Some(range) => match releases.of(package, range) {
            Some(versions) => versions,
            None => return Ok(vec![spec.sdk.clone()]),
        },
    };
    let versions = selection.of(in_range);
    if versions.is_empty() {
        return Err(PlanError::NoRelease {
            package: package.clone(),
            range: selection.range().unwrap_or(version).to_owned(),
            case: spec.name.clone(),
            file: scenario.path.display().to_string(),
        });
    }
    Ok(versions.into_iter().map(|version| SdkSpec::Npm { package: package.clone(), version }).collect())
}

/// Sets the value of an axis in the form of ids. Adds the axis if the case needs it to be unique.
fn name_axis(axes: &mut Vec<Axis>, name: &str, value: &str, is_needed: bool) {
    match axes.iter_mut().find(|axis| axis.name == name) {
        Some(axis) => value.clone_into(&mut axis.value),
        None if is_needed => axes.push(Axis { name: name.to_owned(), value: value.to_owned() }),
        None => {}
    }
}

fn sdk_label(spec: &SdkSpec) -> String {
    match spec {
        SdkSpec::Npm { version, .. } => label(version),
        SdkSpec::Path(path) => label(&path.file_name().unwrap_or(path.as_os_str()).to_string_lossy()),
    }
}

fn case(scenario: &Scenario, spec: &Arc<CaseSpec>, axes: &[Axis], repeat: u32) -> Case {
    let repeat = (spec.repeat > 1).then_some(repeat);
    let mut id = String::with_capacity(64);
    let mut push = |part: &[&str]| {
        if !id.is_empty() {
            id.push(',');
        }
        part.iter().for_each(|text| id.push_str(text));
    };
    let (before, after) = axes.split_at(usize::from(axes.first().is_some_and(|axis| axis.name == "scenario")));
    before.iter().for_each(|axis| push(&[&axis.name, "=", &axis.value]));
    if !spec.name.is_empty() {
        push(&[&spec.name]);
    }
    after.iter().for_each(|axis| push(&[&axis.name, "=", &axis.value]));
    if let Some(repeat) = repeat {
        push(&["repeat=", &repeat.to_string()]);
    }
    Case {
        id,
        spec: Arc::clone(spec),
        module: spec.test.modules.first().cloned().unwrap_or(ModuleSpec::BuiltIn),
        axes: axes.iter().map(|axis| (axis.name.clone(), axis.value.clone())).collect(),
        repeat,
        seed: seed_of(scenario.seed, &spec.name, repeat),
    }
}

/// Computes FNV-1a over the name and the repeat, starting from the seed of the scenario. It is stable between releases
/// of Rust, unlike the standard hasher.
fn seed_of(seed: u64, name: &str, repeat: Option<u32>) -> u64 {
    let repeat = repeat.filter(|repeat| *repeat > 1).map(u32::to_be_bytes);
    let bytes = name.bytes().chain(repeat.into_iter().flatten());
    bytes.fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests;
