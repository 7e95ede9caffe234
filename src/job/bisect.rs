//! Finding the first release in which something changed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use semver::Version;

use super::error::JobError;
use super::notice::{Notice, Notices};
use super::parsed::Parsed;
use super::plan::{Plan, plan};
use super::prepare::{PlannedRun, PreparedRun, prepare, unless_stopped};
use super::request::{CaseRequest, RunRequest};
use super::run::run;
use super::sdk_choice::SdkChoice;
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
    /// What is searched.
    pub range: BisectRange,
    /// The figures in which a change counts. Empty for all.
    pub figures: Vec<Metric>,
}

/// The releases or builds among which a bisection searches.
#[derive(Debug, Clone)]
pub enum BisectRange {
    /// All releases from one without the change to a later one with it.
    Releases {
        /// The release without the change.
        good: Version,
        /// The release with the change.
        bad: Version,
    },
    /// Builds on disk, oldest first. The first is without the change, and the last has it.
    Builds(Vec<PathBuf>),
}

/// A release or a build that a bisection may run.
#[derive(Debug, Clone)]
struct Candidate {
    /// Its name for people: a version, or a path as it was given.
    name: String,
    /// The name of the directory of its run.
    directory: String,
    sdk: Parsed<SdkChoice>,
}

impl Candidate {
    fn release(version: &Version) -> Self {
        let name = version.to_string();
        Self { directory: name.clone(), name, sdk: Parsed::release(version) }
    }

    /// Returns a build, whose place keeps apart builds whose files have the same name.
    fn build(place: usize, path: &Path) -> Self {
        let sdk = Parsed::build(path);
        let directory = format!("{place}-{}", sdk.label());
        Self { name: path.display().to_string(), directory, sdk }
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.directory == other.directory
    }
}

impl BisectRequest {
    /// The cases, with one build.
    fn cases(&self, sdk: &Parsed<SdkChoice>) -> CaseRequest {
        CaseRequest { sdks: vec![sdk.clone()], ..self.run.cases.clone() }
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

/// Returns the cases, and what to search.
async fn search(request: &BisectRequest) -> Result<(Plan, Bisection<Candidate>), JobError> {
    match &request.range {
        BisectRange::Releases { good, bad } => search_releases(request, good, bad).await,
        BisectRange::Builds(paths) => {
            if let Some(path) = paths.iter().find(|path| !path.exists()) {
                return Err(JobError::NoSuchBuild(path.clone()));
            }
            let builds: Vec<_> = paths.iter().enumerate().map(|(at, path)| Candidate::build(at + 1, path)).collect();
            let search = Bisection::among(builds).ok_or(JobError::TooFewBuilds)?;
            Ok((plan(&request.cases(&search.ends().0.sdk)).await?, search))
        }
    }
}

/// Returns the cases, and the releases to search: all of the one package that the cases have.
async fn search_releases(
    request: &BisectRequest,
    good: &Version,
    bad: &Version,
) -> Result<(Plan, Bisection<Candidate>), JobError> {
    if good >= bad {
        return Err(JobError::EndsReversed { good: good.clone(), bad: bad.clone() });
    }
    let planned = plan(&request.cases(&Parsed::release(good))).await?;
    let packages: BTreeSet<_> = planned.cases.iter().filter_map(|case| package(&case.spec.sdk)).collect();
    let packages: Vec<_> = packages.into_iter().collect();
    let [package] = packages[..] else { return Err(JobError::SeveralPackages(packages.join(" and "))) };
    let releases = releases(&Npm::default(), package, &format!(">={good} <={bad}")).await?;
    let search = Bisection::new(releases, good, bad).ok_or_else(|| JobError::NoSuchEnd {
        good: good.clone(),
        bad: bad.clone(),
        package: package.to_owned(),
    })?;
    Ok((planned, search.map(|version| Candidate::release(&version))))
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
    async fn search(&self, mut search: Bisection<Candidate>) -> Result<BisectionResult, JobError> {
        let figures = &self.request.figures;
        let (good, bad) = search.ends();
        let (good, bad) = (&good.clone(), &bad.clone());
        let of_good = self.run_end(good).await?;
        let of_bad = self.run_end(bad).await?;
        let ends = self.compare((good, &of_good), (bad, &of_bad))?;
        let changes = significant_changes(&ends, figures);
        let (mut tried, mut first_changes) = (Vec::new(), changes.clone());
        while !changes.is_empty()
            && let Some(release) = search.next().cloned()
        {
            (self.notices)(Notice::ReleaseRuns { release: release.name.clone(), left: search.steps_left() as usize });
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
            (self.notices)(Notice::ReleasePlaced { release: release.name.clone(), found });
            search.note(&release, found);
            tried.push(TriedRelease { release: release.name, placement: found, run: path });
        }
        let (last_good, first_bad) = search.result();
        let first_bad = if changes.is_empty() { &[] } else { first_bad };
        (self.notices)(Notice::RunsKept(self.runs.clone()));
        Ok(BisectionResult {
            figures: figures.clone(),
            last_good: last_good.name.clone(),
            first_bad: first_bad.iter().map(|build| build.name.clone()).collect(),
            changes,
            first_changes,
            tried,
            ends,
        })
    }

    fn compare(&self, a: (&Candidate, &RunResult), b: (&Candidate, &RunResult)) -> Result<Comparison, JobError> {
        // Each run records the rest of how it is compared.
        let allow_unlike = self.request.run.compare.allow_unlike;
        Ok(compare_runs((&a.0.name, a.1), (&b.0.name, b.1), &b.1.run.compare, allow_unlike)?)
    }

    /// Runs one of the ends. Without its result there is nothing to search.
    async fn run_end(&self, release: &Candidate) -> Result<RunResult, JobError> {
        (self.notices)(Notice::EndRuns(release.name.clone()));
        let ran = self.run(release).await?;
        ran.map(|(result, _)| result).ok_or_else(|| JobError::EndWithoutResult(release.name.clone()))
    }

    /// Runs the cases with one release. Absent when that release has no build: it was withdrawn, or is no whole
    /// package.
    async fn run(&self, release: &Candidate) -> Result<Option<(RunResult, PathBuf)>, JobError> {
        let output = self.runs.join(&release.directory);
        let request = RunRequest { cases: self.request.cases(&release.sdk), output, ..self.request.run.clone() };
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
