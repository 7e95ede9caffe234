//! From requested cases to a plan: scenarios are read, expanded, filtered and divided.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::JobError;
use super::host::cpus;
use super::parsed::{Parsed, texts};
use super::request::CaseRequest;
use super::scenario_files::{load_recorded, scenario_files};
use super::sdk_choice::SdkChoice;
use crate::record::{RunPlan, read_results};
use crate::sdk::{self, Npm};
use precall_judge::warnings::{Warning, separated, warnings};
use precall_results::CompareSpec;
use precall_scenario::plan::{Case, CpuWeight, Durations, Filter, Releases, Shard, expand};
use precall_scenario::{Axis, CaseSpec, Overrides, Scenario, load_with};

/// The cases of a plan, and their origin.
#[derive(Debug)]
pub struct Plan {
    /// The name of the run: that of its scenario, or of the directory of its scenarios.
    pub name: String,
    /// The cases, in the order of the plan.
    pub cases: Vec<Case>,
    /// The estimates of how long cases take.
    pub durations: Durations,
    /// The conclusions that the plan cannot support.
    pub warnings: Vec<Warning>,
    /// How results are compared, as the first scenario says.
    pub compare: CompareSpec,
    /// The plan as a run records it. The releases that tags mean are still missing.
    pub record: RunPlan,
    /// The scenario that precall has written itself. Absent when all scenarios are files.
    pub own_scenario: Option<OwnScenario>,
}

/// A scenario that precall has written itself. The run's directory keeps it, so that the run can be resumed and
/// explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnScenario {
    /// The name of its file.
    pub file_name: &'static str,
    /// Its text.
    pub text: String,
    /// The files that it names.
    pub files: Vec<OwnFile>,
}

/// A file that is kept beside a scenario which precall has written itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFile {
    /// Its path, relative to the scenario: below its directory.
    pub path: PathBuf,
    /// Its content.
    pub content: Vec<u8>,
}

/// Reads the scenarios and expands them into cases. npm is asked about ranges of releases.
///
/// # Errors
///
/// When a scenario is wrong, npm does not answer, or no case remains.
pub async fn plan(request: &CaseRequest) -> Result<Plan, JobError> {
    plan_as_recorded(request, None).await
}

/// As [`plan`]; with `known`, for the resumed run that recorded it: npm is not asked again, and a changed scenario is
/// refused.
pub(super) async fn plan_as_recorded(request: &CaseRequest, known: Option<&RunPlan>) -> Result<Plan, JobError> {
    let files = scenario_files(&request.scenarios)?;
    let overrides = Overrides { networks: request.networks.clone(), browser: request.browser, repeat: request.repeat };
    let load = |file: &PathBuf| match known {
        Some(_) => load_recorded(file, &overrides),
        None => Ok(load_with(file, &overrides)?),
    };
    let scenarios = files.iter().map(load).collect::<Result<Vec<_>, JobError>>()?;
    if request.is_recorded && !request.allow_server {
        let mut all = scenarios.iter().zip(&files);
        if let Some((_, file)) = all.find(|(scenario, _)| scenario.starts_server()) {
            return Err(JobError::RecordedServer(file.clone()));
        }
    }
    plan_of(scenarios, files, request, known).await
}

/// Expands scenarios that have been read from these files.
pub(super) async fn plan_of(
    mut scenarios: Vec<Scenario>,
    files: Vec<PathBuf>,
    request: &CaseRequest,
    known: Option<&RunPlan>,
) -> Result<Plan, JobError> {
    scenarios.iter_mut().for_each(|scenario| override_builds(scenario, request));
    let digest = digest(&scenarios);
    if known.is_some_and(|known| known.scenario_digest != digest) {
        return Err(JobError::ScenarioChanged);
    }
    let (releases, answers) = releases(&scenarios, known).await?;
    let has_requested_release = !request.sdks.is_empty();
    let all = expand(&scenarios, &releases).map_err(|error| JobError::Plan { error, has_requested_release })?;
    let durations = durations(request.durations.as_deref())?;
    let cases = filtered(all, &request.filters)?;
    let planned = cases.iter().map(|case| case.id.clone()).collect();
    let mut warnings = warnings(&scenarios, &cases);
    let whole = if request.shard.is_some() { cases.clone() } else { Vec::new() };
    let cases = match request.shard {
        Some(shard) => shard.of(cases, &durations),
        None => cases,
    };
    let shard = request.shard.map(shard_text);
    warnings.extend(shard.as_deref().and_then(|shard| separated(&whole, &cases, shard)));
    let record = RunPlan {
        scenarios: files.iter().map(|file| std::path::absolute(file).unwrap_or_else(|_| file.clone())).collect(),
        scenario_names: scenarios.iter().map(|scenario| scenario.name.clone()).collect(),
        scenario_digest: digest,
        sdks: texts(&request.sdks),
        modules: request.modules.clone(),
        filters: texts(&request.filters),
        shard,
        networks: request.networks.clone(),
        repeat: request.repeat,
        browser: request.browser,
        gate: None,
        releases: answers,
        tags: BTreeMap::new(),
        planned,
        cases: cases.iter().map(|case| case.id.clone()).collect(),
    };
    let compare = scenarios.first().map(|scenario| scenario.compare.clone()).unwrap_or_default();
    let name = name(&request.scenarios, &scenarios);
    Ok(Plan { name, cases, durations, warnings, compare, record, own_scenario: None })
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
fn override_builds(scenario: &mut Scenario, request: &CaseRequest) {
    if !request.modules.is_empty() {
        scenario.cases.iter_mut().for_each(|case| {
            case.test.modules.clone_from(&request.modules);
            case.axes.retain(|axis| axis.name != "module");
        });
    }
    if request.sdks.is_empty() {
        return;
    }
    let with = |case: &CaseSpec, sdk: &Parsed<SdkChoice>| {
        let mut case = case.clone();
        case.sdk = sdk.in_place_of(&case.sdk);
        case.axes.retain(|axis| axis.name != "sdk");
        if request.sdks.len() > 1 {
            case.axes.push(Axis { name: "sdk".to_owned(), value: sdk.label() });
        }
        case
    };
    let cases = std::mem::take(&mut scenario.cases);
    scenario.cases = cases.iter().flat_map(|case| request.sdks.iter().map(|sdk| with(case, sdk))).collect();
}

/// The releases in each range, by `package@range`.
type Answers = BTreeMap<String, BTreeSet<semver::Version>>;

/// Returns the releases in the ranges that the scenarios name: from `known`, or else from npm.
///
/// # Errors
///
/// When npm does not answer.
pub async fn releases(scenarios: &[Scenario], known: Option<&RunPlan>) -> Result<(Releases, Answers), JobError> {
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

fn filtered(cases: Vec<Case>, filters: &[Parsed<Filter>]) -> Result<Vec<Case>, JobError> {
    if filters.is_empty() {
        return Ok(cases);
    }
    for filter in filters {
        filter.value().check(&cases).map_err(JobError::UnknownAxis)?;
    }
    let (chosen, others): (Vec<_>, Vec<_>) =
        cases.into_iter().partition(|case| filters.iter().any(|filter| filter.value().matches(case)));
    if chosen.is_empty() {
        let some: Vec<_> = others.iter().take(3).map(|case| format!("`{}`", case.id)).collect();
        return Err(JobError::NoMatchingCase {
            filters: texts(filters).join(" or "),
            count: others.len(),
            examples: some.join(", "),
        });
    }
    Ok(chosen)
}

fn durations(run: Option<&Path>) -> Result<Durations, JobError> {
    let Some(run) = run else { return Ok(Durations::default()) };
    let result = read_results(run)?;
    Ok(Durations::measured(result.cases.iter().map(|case| (case.case.clone(), case.duration_of_last_attempt()))))
}

impl Plan {
    /// Returns the share of the CPUs that cases may take at once. A gate leaves a quarter of it free. On two CPUs with
    /// four cases at once, Chrome's estimate fell now and then without a fault of the network: the bitrate on `3g` and
    /// `cable` varied by 7 to 12 % between repeats, and with three cases at once by 5 to 7 %.
    pub fn capacity(&self) -> CpuWeight {
        let all = CpuWeight::from_cpus(cpus());
        if self.record.gate.is_some() { all.three_quarters() } else { all }
    }
}

/// The text of a shard: `2/5`.
fn shard_text(shard: Shard) -> String {
    format!("{}/{}", shard.number, shard.of)
}

impl CaseRequest {
    /// Returns what a recorded run was asked for.
    ///
    /// # Errors
    ///
    /// When the plan holds a release, a filter or a shard that cannot be read.
    pub(super) fn recorded(plan: &RunPlan) -> Result<Self, JobError> {
        let parsed = || -> Result<_, String> {
            let sdks = plan.sdks.iter().map(|text| Parsed::sdk(text)).collect::<Result<_, _>>()?;
            let filters = plan.filters.iter().map(|text| Parsed::new(text, Filter::parse)).collect::<Result<_, _>>()?;
            Ok((sdks, filters, plan.shard.as_deref().map(Shard::parse).transpose()?))
        };
        let (sdks, filters, shard) = parsed().map_err(JobError::DamagedPlan)?;
        Ok(Self {
            scenarios: plan.scenarios.clone(),
            sdks,
            modules: plan.modules.clone(),
            filters,
            shard,
            durations: None,
            networks: plan.networks.clone(),
            repeat: plan.repeat,
            browser: plan.browser,
            is_recorded: true,
            allow_server: false,
        })
    }
}
