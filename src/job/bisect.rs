//! Finding the first release in which something changed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use semver::Version;

use super::error::JobError;
use super::notice::{Notice, Notices};
use super::plan::{Plan, plan};
use super::prepare::{PlannedRun, PreparedRun, prepare, unless_stopped};
use super::request::{CaseRequest, Parsed, RunRequest};
use super::run::run;
use crate::record::time_stem;
use crate::run_events::{EventConsumer, timestamp};
use crate::runner::Stop;
use crate::sdk::{Npm, releases};
use precall_judge::comparison::{
    Bisection, BisectionResult, Comparison, MIN_REPEATS, Placement, TriedRelease, classify_release, compare_runs,
    significant_changes,
};
use precall_results::{Metric, Outcome, RunResult};
use precall_scenario::SdkSpec;

/// A search for the first release that changed something.
#[derive(Debug, Clone)]
pub struct BisectRequest {
    /// The run of each release. Its releases and its output are set by the bisection.
    pub run: RunRequest,
    /// A release without the change.
    pub good: Version,
    /// A later release with the change.
    pub bad: Version,
    /// The figures in which a change counts. Empty for all.
    pub figures: Vec<Metric>,
}

impl BisectRequest {
    /// The cases, with one release.
    fn cases(&self, release: &Version) -> CaseRequest {
        CaseRequest { sdks: vec![Parsed::release(release)], ..self.run.cases.clone() }
    }
}

/// Makes the consumers of the events of a run, before that run begins.
pub type ConsumersOf<'a> = &'a (dyn Fn(&PreparedRun) -> Vec<Box<dyn EventConsumer>> + Send + Sync);

/// Runs releases between a good one and a bad one until the first one that changed something is known.
///
/// # Errors
///
/// When the ends are in the wrong order or are no releases, one of them has no result, or a run cannot be prepared for
/// another reason than a missing build.
pub async fn bisect(
    request: &BisectRequest,
    consumers: ConsumersOf<'_>,
    notices: Notices<'_>,
    stop: &Stop,
) -> Result<BisectionResult, JobError> {
    let BisectRequest { good, bad, .. } = request;
    if good >= bad {
        return Err(JobError::EndsReversed { good: good.clone(), bad: bad.clone() });
    }
    let (plan, search) = unless_stopped(stop, search(request)).await?;
    let repeats = plan.cases.iter().map(|case| case.spec.repeat).max().unwrap_or(1);
    if (repeats as usize) < MIN_REPEATS {
        notices(Notice::Warning(format!(
            "cases run {repeats} times, which cannot show a change; set `repeat = {MIN_REPEATS}` or more"
        )));
    }
    let runs = request.run.output.join(format!("{}-bisect", time_stem(&timestamp())));
    ReleaseRunner { request, runs, consumers, notices, stop }.search(search).await
}

/// Returns the cases, and the releases to search: all of the one package that the cases have.
async fn search(request: &BisectRequest) -> Result<(Plan, Bisection), JobError> {
    let BisectRequest { good, bad, .. } = request;
    let planned = plan(&request.cases(good)).await?;
    let packages: BTreeSet<_> = planned.cases.iter().filter_map(|case| package(&case.spec.sdk)).collect();
    let packages: Vec<_> = packages.into_iter().collect();
    let [package] = packages[..] else { return Err(JobError::SeveralPackages(packages.join(" and "))) };
    let releases = releases(&Npm::default(), package, &format!(">={good} <={bad}")).await?;
    let search = Bisection::new(releases, good, bad).ok_or_else(|| JobError::NoSuchEnd {
        good: good.clone(),
        bad: bad.clone(),
        package: package.to_owned(),
    })?;
    Ok((planned, search))
}

fn package(sdk: &SdkSpec) -> Option<&str> {
    match sdk {
        SdkSpec::Npm { package, .. } => Some(package),
        SdkSpec::Path(_) => None,
    }
}

/// Runs the cases with one release after another.
struct ReleaseRunner<'a> {
    request: &'a BisectRequest,
    /// The directory of all runs.
    runs: PathBuf,
    consumers: ConsumersOf<'a>,
    notices: Notices<'a>,
    stop: &'a Stop,
}

impl ReleaseRunner<'_> {
    async fn search(&self, mut search: Bisection) -> Result<BisectionResult, JobError> {
        let BisectRequest { good, bad, figures, .. } = self.request;
        let of_good = self.run_end(good).await?;
        let of_bad = self.run_end(bad).await?;
        let ends = self.compare((good, &of_good), (bad, &of_bad))?;
        let changes = significant_changes(&ends, figures);
        let (mut tried, mut first_changes) = (Vec::new(), changes.clone());
        while !changes.is_empty()
            && let Some(release) = search.next().cloned()
        {
            (self.notices)(Notice::ReleaseRuns { release: release.clone(), left: search.steps_left() as usize });
            let (mut found, mut path) = (Placement::Unknown, None);
            if let Some((result, run)) = self.run(&release).await? {
                path = Some(run.display().to_string());
                let from_good = self.compare((good, &of_good), (&release, &result))?;
                found = classify_release(&from_good, &self.compare((&release, &result), (bad, &of_bad))?, &changes);
                if found == Placement::Bad {
                    first_changes = significant_changes(&from_good, figures);
                    first_changes.retain(|target| changes.contains(target));
                }
            }
            (self.notices)(Notice::ReleasePlaced { release: release.clone(), found });
            search.note(&release, found);
            tried.push(TriedRelease { release: release.to_string(), placement: found, run: path });
        }
        let (last_good, first_bad) = search.result();
        let first_bad = if changes.is_empty() { &[] } else { first_bad };
        (self.notices)(Notice::RunsKept(self.runs.clone()));
        Ok(BisectionResult {
            figures: figures.clone(),
            last_good: last_good.to_string(),
            first_bad: first_bad.iter().map(ToString::to_string).collect(),
            changes,
            first_changes,
            tried,
            ends,
        })
    }

    fn compare(&self, a: (&Version, &RunResult), b: (&Version, &RunResult)) -> Result<Comparison, JobError> {
        let [name_a, name_b] = [a.0, b.0].map(ToString::to_string);
        // Each run records the rest of how it is compared.
        let allow_unlike = self.request.run.compare.allow_unlike;
        Ok(compare_runs((&name_a, a.1), (&name_b, b.1), &b.1.run.compare, allow_unlike)?)
    }

    /// Runs one of the ends. Without its result there is nothing to search.
    async fn run_end(&self, release: &Version) -> Result<RunResult, JobError> {
        (self.notices)(Notice::EndRuns(release.clone()));
        let ran = self.run(release).await?;
        ran.map(|(result, _)| result).ok_or_else(|| JobError::EndWithoutResult(release.clone()))
    }

    /// Runs the cases with one release. Absent when that release has no build: it was withdrawn, or is no whole
    /// package.
    async fn run(&self, release: &Version) -> Result<Option<(RunResult, PathBuf)>, JobError> {
        let output = self.runs.join(release.to_string());
        let request = RunRequest { cases: self.request.cases(release), output, ..self.request.run.clone() };
        let plan = unless_stopped(self.stop, plan(&request.cases)).await?;
        let prepared = match prepare(request, PlannedRun::new(plan), self.notices, self.stop).await {
            // A build that cannot be fetched may be a good one, and ends the search.
            Err(error) if error.is_build_missing() => {
                (self.notices)(Notice::ReleaseSkipped(error));
                return Ok(None);
            }
            prepared => prepared?,
        };
        let consumers = (self.consumers)(&prepared);
        let finished = run(prepared, consumers, self.stop).await?;
        let (result, path) = (finished.result.clone(), finished.path.clone());
        finished.end();
        if result.outcome == Outcome::Interrupted || self.stop.drain.is_cancelled() {
            (self.notices)(Notice::RunInterrupted(path));
            return Err(JobError::Interrupted);
        }
        Ok(Some((result, path)))
    }
}
