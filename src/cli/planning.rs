//! From the command line to the cases that are meant.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::args::PlanArguments;
use super::error::CliError;
use crate::record::{RunPlan, read_results};
use crate::sdk::{self, Npm};
use precall_judge::warnings::{Warning, separated, warnings};
use precall_results::CaseResult;
use precall_results::CompareSpec;
use precall_results::Exit;
use precall_scenario::plan::{Case, Durations, Filter, Releases, Shard, expand};
use precall_scenario::{Axis, CaseSpec, Overrides, Scenario, SdkSpec, Selection, label, load_with};

/// The cases that are meant, and how they came about.
pub(super) struct Planned {
    /// What results are called.
    pub name: String,
    pub cases: Vec<Case>,
    pub durations: Durations,
    /// What it cannot show.
    pub warnings: Vec<Warning>,
    /// How results are compared: as the first scenario says.
    pub compare: CompareSpec,
    /// All of it as a run keeps it, but the releases that tags mean.
    pub record: RunPlan,
    /// The text of a scenario that is no file yet.
    pub own_scenario: Option<String>,
}

/// Reads the scenarios and expands them; asks npm about ranges, unless `known` has npm's answers.
pub(super) async fn plan(arguments: &PlanArguments, known: Option<&RunPlan>) -> Result<Planned, CliError> {
    let files = files(&arguments.scenarios)?;
    let overrides = Overrides { networks: arguments.networks.clone(), repeat: arguments.repeat };
    let load = |file: &PathBuf| match known {
        Some(_) => load_of_run(file, &overrides),
        None => Ok(load_with(file, &overrides)?),
    };
    let scenarios = files.iter().map(load).collect::<Result<Vec<_>, CliError>>()?;
    plan_of(scenarios, files, arguments, known).await
}

/// Reads a scenario that a run's `plan.json` names: a regular file. Of another one no line is shown, as whoever made the run named it.
pub(super) fn load_of_run(file: &Path, overrides: &Overrides) -> Result<Scenario, CliError> {
    let loaded = file.is_file().then(|| load_with(file, overrides));
    loaded.and_then(Result::ok).ok_or_else(|| {
        let file = file.display();
        let message =
            format!("{file}, the scenario of this run, is missing or not valid; `precall check {file}` says why");
        CliError::new(Exit::Scenario, message)
    })
}

/// Expands scenarios that have been read from these files.
pub(super) async fn plan_of(
    mut scenarios: Vec<Scenario>,
    files: Vec<PathBuf>,
    arguments: &PlanArguments,
    known: Option<&RunPlan>,
) -> Result<Planned, CliError> {
    scenarios.iter_mut().for_each(|scenario| override_builds(scenario, arguments));
    let digest = digest(&scenarios);
    if known.is_some_and(|known| known.scenario_digest != digest) {
        let message = "the scenario has changed since this run began; begin a new run, or bring back what it said";
        return Err(CliError::new(Exit::Scenario, message));
    }
    let (releases, answers) = releases(&scenarios, known).await?;
    let exit = if arguments.sdks.is_empty() { Exit::Scenario } else { Exit::Usage };
    let all = expand(&scenarios, &releases).map_err(|error| CliError::new(exit, error))?;
    let durations = durations(arguments.durations.as_deref())?;
    let cases = filtered(all, &arguments.filters)?;
    let planned = cases.iter().map(|case| case.id.clone()).collect();
    let mut warnings = warnings(&scenarios, &cases);
    let whole = if arguments.shard.is_some() { cases.clone() } else { Vec::new() };
    let cases = match &arguments.shard {
        // It was checked when it was given.
        Some(shard) => Shard::parse(shard).map_err(|error| CliError::new(Exit::Usage, error))?.of(cases, &durations),
        None => cases,
    };
    warnings.extend(arguments.shard.as_deref().and_then(|shard| separated(&whole, &cases, shard)));
    let record = RunPlan {
        scenarios: files.iter().map(|file| std::path::absolute(file).unwrap_or_else(|_| file.clone())).collect(),
        scenario_names: scenarios.iter().map(|scenario| scenario.name.clone()).collect(),
        scenario_digest: digest,
        sdks: arguments.sdks.clone(),
        modules: arguments.modules.clone(),
        filters: arguments.filters.clone(),
        shard: arguments.shard.clone(),
        networks: arguments.networks.clone(),
        repeat: arguments.repeat,
        gate: None,
        releases: answers,
        tags: BTreeMap::new(),
        planned,
        cases: cases.iter().map(|case| case.id.clone()).collect(),
    };
    let compare = scenarios.first().map(|scenario| scenario.compare.clone()).unwrap_or_default();
    let name = name(&arguments.scenarios, &scenarios);
    Ok(Planned { name, cases, durations, warnings, compare, record, own_scenario: None })
}

/// The files that are meant: of a directory all scenarios in it, by name.
pub(super) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    if paths.is_empty() {
        let message = "name a scenario file, or a directory of them; ready ones are in `scenarios/`";
        return Err(CliError::new(Exit::Usage, message));
    }
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).map_err(|error| {
            CliError::new(Exit::Scenario, format!("cannot read the directory {}: {error}", path.display()))
        })?;
        let mut found: Vec<_> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.is_file() && path.extension().is_some_and(|extension| extension == "toml"))
            .collect();
        if found.is_empty() {
            let message = format!("there is no scenario in {}; scenarios are files that end in .toml", path.display());
            return Err(CliError::new(Exit::Scenario, message));
        }
        found.sort();
        files.extend(found);
    }
    // A directory and a file in it may both be named.
    let mut seen = BTreeSet::new();
    files.retain(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
    Ok(files)
}

fn name(paths: &[PathBuf], scenarios: &[Scenario]) -> String {
    match (scenarios, paths) {
        ([scenario], _) => scenario.name.clone(),
        (_, [directory]) => {
            let directory = std::path::absolute(directory).unwrap_or_else(|_| directory.clone());
            directory.file_name().map_or_else(|| "scenarios".to_owned(), |name| name.to_string_lossy().into_owned())
        }
        _ => "scenarios".to_owned(),
    }
}

fn digest(scenarios: &[Scenario]) -> String {
    match scenarios {
        [scenario] => scenario.digest.clone(),
        several => {
            let mut hasher = Sha256::new();
            several.iter().for_each(|scenario| hasher.update(&scenario.digest));
            hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
        }
    }
}

/// Puts what the command line names in place of what a scenario says.
fn override_builds(scenario: &mut Scenario, arguments: &PlanArguments) {
    if !arguments.modules.is_empty() {
        scenario.cases.iter_mut().for_each(|case| {
            case.test.modules.clone_from(&arguments.modules);
            case.axes.retain(|axis| axis.name != "module");
        });
    }
    if arguments.sdks.is_empty() {
        return;
    }
    let with = |case: &CaseSpec, version: &String| {
        let mut case = case.clone();
        case.sdk = match case.sdk {
            SdkSpec::Npm { package, .. } => SdkSpec::Npm { package, version: version.clone() },
            SdkSpec::Path(_) => SdkSpec::release(version),
        };
        case.axes.retain(|axis| axis.name != "sdk");
        if arguments.sdks.len() > 1 {
            case.axes.push(Axis { name: "sdk".to_owned(), value: label(version) });
        }
        case
    };
    let cases = std::mem::take(&mut scenario.cases);
    scenario.cases = cases.iter().flat_map(|case| arguments.sdks.iter().map(|sdk| with(case, sdk))).collect();
}

type Answers = BTreeMap<String, BTreeSet<semver::Version>>;

/// What npm says is in the ranges that the scenarios name.
pub(super) async fn releases(scenarios: &[Scenario], known: Option<&RunPlan>) -> Result<(Releases, Answers), CliError> {
    let (mut releases, mut answers) = (Releases::default(), Answers::new());
    let npm = Npm::default();
    for (package, range) in Releases::wanted(scenarios) {
        let key = format!("{package}@{range}");
        let versions = match known.and_then(|known| known.releases.get(&key)) {
            Some(versions) => versions.clone(),
            None => sdk::releases(&npm, &package, &range).await?,
        };
        releases.insert(&package, &range, versions.clone());
        answers.insert(key, versions);
    }
    Ok((releases, answers))
}

fn filtered(cases: Vec<Case>, filters: &[String]) -> Result<Vec<Case>, CliError> {
    if filters.is_empty() {
        return Ok(cases);
    }
    let parsed = filters.iter().map(|filter| Filter::parse(filter)).collect::<Result<Vec<_>, _>>();
    let parsed = parsed.map_err(|error| CliError::new(Exit::Usage, error))?;
    for filter in &parsed {
        filter.check(&cases).map_err(|error| CliError::new(Exit::Usage, error))?;
    }
    let (chosen, others): (Vec<_>, Vec<_>) =
        cases.into_iter().partition(|case| parsed.iter().any(|filter| filter.matches(case)));
    if chosen.is_empty() {
        let some: Vec<_> = others.iter().take(3).map(|case| format!("`{}`", case.id)).collect();
        let message = format!(
            "no case looks like {}; there are {}, such as {} (`precall list` has them all)",
            filters.join(" or "),
            others.len(),
            some.join(", ")
        );
        return Err(CliError::new(Exit::Usage, message));
    }
    Ok(chosen)
}

fn durations(run: Option<&Path>) -> Result<Durations, CliError> {
    let Some(run) = run else { return Ok(Durations::default()) };
    let result = read_results(run).map_err(|error| CliError::new(Exit::Usage, error))?;
    let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or_default();
    // The attempt that counts: waiting for another is the host's.
    let of = |case: &CaseResult| case.attempts.last().map_or(case.seconds, |attempt| attempt.seconds);
    Ok(Durations::measured(result.cases.iter().map(|case| (case.case.clone(), seconds(of(case))))))
}

impl PlanArguments {
    /// What a run was asked for.
    pub fn of(plan: &RunPlan) -> Self {
        Self {
            scenarios: plan.scenarios.clone(),
            sdks: plan.sdks.clone(),
            modules: plan.modules.clone(),
            filters: plan.filters.clone(),
            shard: plan.shard.clone(),
            networks: plan.networks.clone(),
            repeat: plan.repeat,
            durations: None,
        }
    }
}

/// Whether a version that was asked for is a tag, which means something else tomorrow.
pub(super) fn is_tag(version: &str) -> bool {
    matches!(Selection::parse(version), Ok(Selection::Latest))
}
