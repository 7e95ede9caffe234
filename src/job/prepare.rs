//! Before a run: everything that it needs is found, before anything of it is written or measured.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::branch::branch;
use super::browsers::choose;
use super::builds::{Resolved, resolve};
use super::error::JobError;
use super::host::cpus;
use super::notice::{Notice, Notices};
use super::open_files::check_open_files;
use super::plan::{Plan, plan, plan_as_recorded};
use super::request::{CaseRequest, RunRequest};
use super::sequential::stopping;
use crate::cloud::Accounts;
use crate::record::{Baseline, LeftRun, read_baseline};
use crate::run_events::timestamp;
use crate::runner::{Builds, Stop, TestBed};
use crate::sdk::{Npm, Resolver, cache_directory};
use precall_judge::comparison::{CompareError, Stopping, incompatibilities};
use precall_netem::rng::GENERATOR;
use precall_results::{CaseResult, CaseSummary, Environment, Level, RunInfo};
use precall_scenario::plan::{Case, CpuWeight, DurationEstimate};
use precall_scenario::{CloudSpec, PlatformSpec};
use precall_support::text::count;

/// The cases of a run, and the run that it resumes, if it does.
#[derive(Debug)]
pub struct PlannedRun {
    /// The cases and their origin.
    pub plan: Plan,
    /// The run to resume. Nothing in its directory changes before everything that it needs has been found.
    left: Option<LeftRun>,
    /// The releases that tags meant when the run began, by `package@tag`.
    tags: BTreeMap<String, String>,
}

impl PlannedRun {
    /// A new run of these cases.
    pub fn new(plan: Plan) -> Self {
        Self { plan, left: None, tags: BTreeMap::new() }
    }

    /// The cases that ended before.
    fn finished(&self) -> &[CaseResult] {
        self.left.as_ref().map_or(&[], |left| &left.finished)
    }

    /// The cases that have not ended.
    fn remaining(&self) -> Vec<Case> {
        let finished: HashSet<&str> = self.finished().iter().map(|result| result.case.as_str()).collect();
        let is_left = |case: &&Case| !finished.contains(case.id.as_str());
        self.plan.cases.iter().filter(is_left).cloned().collect()
    }
}

/// A run that can begin: its browsers run, its builds are on disk, its accounts are accepted.
pub struct PreparedRun {
    pub(super) request: RunRequest,
    pub(super) plan: Plan,
    pub(super) left: Option<LeftRun>,
    /// The cases that ended before.
    pub(super) finished: Vec<CaseResult>,
    /// The cases that run now.
    pub(super) remaining: Vec<Case>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) baseline: Option<Baseline>,
    pub(super) info: RunInfo,
    pub(super) stopping: Option<Stopping>,
    pub(super) bed: Arc<TestBed>,
}

impl PreparedRun {
    /// The cases that run now.
    pub fn remaining(&self) -> &[Case] {
        &self.remaining
    }

    /// The number of cases that ended in earlier parts of the run.
    pub fn finished(&self) -> usize {
        self.finished.len()
    }

    /// The plan that the cases come from.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// How long the remaining cases take.
    pub fn estimate(&self) -> DurationEstimate {
        DurationEstimate::of(&self.remaining, &self.plan.durations, self.plan.capacity(), self.request.slots())
    }
}

/// Plans a new run, or reads the plan of the run to resume.
///
/// # Errors
///
/// When a scenario is wrong, no case remains, or the run cannot be resumed.
pub async fn plan_run(request: &RunRequest, notices: Notices<'_>, stop: &Stop) -> Result<PlannedRun, JobError> {
    unless_stopped(stop, async {
        match &request.resume {
            Some(run) => plan_resumed(run, &request.cases, notices).await,
            None => Ok(PlannedRun::new(plan(&request.cases).await?)),
        }
    })
    .await
}

async fn plan_resumed(run: &Path, request: &CaseRequest, notices: Notices<'_>) -> Result<PlannedRun, JobError> {
    let left = LeftRun::read(run)?;
    let recorded = left.plan.clone();
    let durations = request.durations.clone();
    let allow_server = request.allow_server;
    let asked = CaseRequest { durations, shard: None, allow_server, ..CaseRequest::recorded(&recorded)? };
    let mut plan = plan_as_recorded(&asked, Some(&recorded)).await?;
    // The cases of a shard depend on durations that may be gone by now. The run has recorded its cases.
    let ids: HashSet<&str> = recorded.cases.iter().map(String::as_str).collect();
    plan.cases.retain(|case| ids.contains(case.id.as_str()));
    if plan.cases.len() != recorded.cases.len() {
        return Err(JobError::CasesChanged {
            run: run.to_owned(),
            recorded: recorded.cases.len(),
            now: plan.cases.len(),
        });
    }
    notices(Notice::Resumed { run: run.to_owned(), finished: left.finished.len(), cases: plan.cases.len() });
    other_generators(&left.finished).into_iter().for_each(|warning| notices(Notice::Warning(warning)));
    let tags = recorded.tags.clone();
    plan.record = recorded;
    Ok(PlannedRun { plan, left: Some(left), tags })
}

/// Warns when the cases of a run so far drew from another random generator than the remaining ones will.
fn other_generators(finished: &[CaseResult]) -> Option<String> {
    let others: Vec<_> = finished
        .iter()
        .map(|result| result.network.random_generator.as_deref().unwrap_or("unknown"))
        .filter(|generator| *generator != GENERATOR)
        .collect();
    let name = others.first()?;
    Some(format!(
        "{} of this run had another random generator ({name}; this precall has {GENERATOR}), with which the same seed gives other \
         packets; begin a new run if its cases are to be compared packet by packet",
        count(others.len(), "case", "cases")
    ))
}

/// Finds everything that a run needs: browsers, accounts, builds, ports, the baseline. The returned run holds browsers
/// and ports until it is dropped or has run.
///
/// # Errors
///
/// When something is missing, or `stop` fires first.
pub async fn prepare(
    request: RunRequest,
    planned: PlannedRun,
    notices: Notices<'_>,
    stop: &Stop,
) -> Result<PreparedRun, JobError> {
    check_open_files()?;
    let baseline = request.baseline.as_ref().map(|baseline| read_baseline(&baseline.directory, &baseline.name));
    let baseline = baseline.transpose()?;
    let remaining = planned.remaining();
    let accounts = Accounts::find(remaining.iter().filter_map(remote_platform))?;
    let cache = cache_directory();
    let browsers = choose(&request, &remaining, &cache)?;
    unless_stopped(stop, check_accounts(&accounts, notices)).await?;
    let resolver = Resolver { cache, npm: Npm::default() };
    let resolved = unless_stopped(stop, resolve(&remaining, &resolver, &planned.tags, notices)).await;
    let Resolved { builds, tags } = resolved.map_err(|error| of_request(error, &request.cases))?;
    sides_differ(&planned.plan, &builds)?;
    let bed = Arc::new(TestBed::open(request.listen, builds, accounts, browsers).await?);
    let finished = planned.finished().to_vec();
    let mut info = info(&bed, &planned.plan, &request);
    let designed = baseline
        .as_ref()
        .map_or(Ok(()), |baseline| is_comparable(baseline, &info, &request))
        .and_then(|()| stopping(request.sequential, &planned.plan, &mut info, &finished, baseline.as_ref()));
    let stopping = match designed {
        Ok(stopping) => stopping,
        Err(error) => {
            bed.close().await;
            return Err(error);
        }
    };
    let PlannedRun { plan, left, .. } = planned;
    Ok(PreparedRun { request, plan, left, finished, remaining, tags, baseline, info, stopping, bed })
}

/// Refuses a baseline that this run could not be compared with.
fn is_comparable(baseline: &Baseline, run: &RunInfo, request: &RunRequest) -> Result<(), JobError> {
    let differences = incompatibilities(&baseline.result.run, run);
    if differences.is_empty() || request.compare.allow_unlike {
        return Ok(());
    }
    Err(CompareError::Incompatible { a: baseline.label(), b: "this run".to_owned(), differences }.into())
}

fn info(bed: &TestBed, plan: &Plan, request: &RunRequest) -> RunInfo {
    let capacity = plan.capacity();
    let lightest = plan.cases.iter().map(CpuWeight::of).min().unwrap_or_default();
    RunInfo {
        scenario: plan.name.clone(),
        scenario_digest: plan.record.scenario_digest.clone(),
        started_at: timestamp(),
        cases: plan.cases.iter().map(|case| CaseSummary { id: case.id.clone() }).collect(),
        slots: request.slots().unwrap_or_else(|| capacity.holds(lightest)).min(plan.cases.len()).max(1),
        shard: plan.record.shard.clone(),
        invariants: plan.cases.iter().map(|case| case.spec.invariants).min().unwrap_or(Level::Warn),
        compare: request.compare.over(&plan.compare),
        gate: plan.record.gate.clone(),
        environment: Environment {
            precall: env!("CARGO_PKG_VERSION").to_owned(),
            browser: bed.browser_version().to_owned(),
            os: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            cpus: cpus(),
            branch: branch(&std::env::current_dir().unwrap_or_default()),
        },
    }
}

/// Refuses a gate whose two sides turn out to be one release.
fn sides_differ(plan: &Plan, builds: &Builds) -> Result<(), JobError> {
    let Some(gate) = plan.record.gate.as_ref().filter(|gate| gate.axis.as_deref() == Some("sdk")) else {
        return Ok(());
    };
    let of = |value: &String| {
        let case = plan.cases.iter().find(|case| case.axes.get("sdk") == Some(value))?;
        builds.sdks.get(&case.spec.sdk)
    };
    match (of(&gate.from), of(&gate.to)) {
        (Some(from), Some(to)) if from.version == to.version && from.source == to.source => {
            Err(JobError::SameRelease { from: gate.from.clone(), to: gate.to.clone(), release: from.version.clone() })
        }
        _ => Ok(()),
    }
}

/// The remote platform of a case. Absent on the embedded platform.
fn remote_platform(case: &Case) -> Option<&CloudSpec> {
    match &case.spec.platform {
        PlatformSpec::Embedded(_) => None,
        PlatformSpec::Cloud(cloud) => Some(cloud),
    }
}

/// Asks the remote platforms whether they accept the credentials.
async fn check_accounts(accounts: &Accounts, notices: Notices<'_>) -> Result<(), JobError> {
    accounts.check().await?;
    for account in accounts.iter() {
        notices(Notice::Account {
            api_url: account.api_url().to_owned(),
            api_key: account.api_key().to_owned(),
            source: account.source(),
        });
    }
    Ok(())
}

/// A build that does not exist is the caller's mistake if the request names builds, or else the scenario's.
fn of_request(error: JobError, request: &CaseRequest) -> JobError {
    match error {
        JobError::Build { error, .. } => {
            JobError::Build { error, is_requested: !request.sdks.is_empty() || !request.modules.is_empty() }
        }
        error => error,
    }
}

/// Does a part of a job, unless `stop` fires first.
///
/// # Errors
///
/// When the part fails, or `stop` fires.
pub async fn unless_stopped<T>(stop: &Stop, part: impl Future<Output = Result<T, JobError>>) -> Result<T, JobError> {
    tokio::select! {
        done = part => done,
        () = stop.drain.cancelled() => Err(JobError::Interrupted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_results::RunResult;

    #[test]
    fn resumed_run_warns_of_another_random_generator() {
        let recorded = include_str!("../../tests/fixtures/results.json");
        let mut finished = serde_json::from_str::<RunResult>(recorded).expect("a recorded result").cases;
        finished.truncate(1);
        insta::assert_snapshot!(other_generators(&finished).expect("a warning"), @"1 case of this run had another random generator (unknown; this precall has chacha8-1), with which the same seed gives other packets; begin a new run if its cases are to be compared packet by packet");
        finished[0].network.random_generator = Some(GENERATOR.to_owned());
        assert_eq!(other_generators(&finished), None);
    }
}
