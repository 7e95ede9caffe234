//! Finding the first release in which something changed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use semver::Version;

use super::bisect_error::BisectError;
use super::error::JobError;
use super::notice::{Notice, Notices};
use super::parsed::Parsed;
use super::plan::{Plan, plan};
use super::prepare::{PlannedRun, PreparedRun, prepare, unless_stopped};
use super::request::{BrowserRequest, CaseRequest, RunRequest};
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

/// The releases, builds or browsers among which a bisection searches.
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
    /// Programs of browsers on this host, oldest first. The first is without the change, and the last has it.
    Browsers(Vec<PathBuf>),
}

/// A release, a build or a browser that a bisection may run.
#[derive(Debug, Clone)]
struct Candidate {
    /// Its name for people: a version, or a path as it was given.
    name: String,
    /// The name of the directory of its run.
    directory: String,
    part: CandidatePart,
}

/// What a candidate replaces in the run.
#[derive(Debug, Clone)]
enum CandidatePart {
    /// OpenTok.js.
    Sdk(Parsed<SdkChoice>),
    /// The browser, by the path of its program.
    Browser(PathBuf),
}

impl Candidate {
    fn release(version: &Version) -> Self {
        let name = version.to_string();
        Self { directory: name.clone(), name, part: CandidatePart::Sdk(Parsed::release(version)) }
    }

    /// Returns a build, whose place keeps apart builds whose files have the same name.
    fn build(place: usize, path: &Path) -> Self {
        let sdk = Parsed::build(path);
        let directory = format!("{place}-{}", sdk.label());
        Self { name: path.display().to_string(), directory, part: CandidatePart::Sdk(sdk) }
    }

    /// Returns a browser. Programs of several versions often have the same name.
    fn browser(place: usize, path: &Path) -> Self {
        Self {
            name: path.display().to_string(),
            directory: format!("{place}-browser"),
            part: CandidatePart::Browser(path.to_owned()),
        }
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.directory == other.directory
    }
}

impl BisectRequest {
    /// The cases of a candidate.
    fn cases(&self, part: &CandidatePart) -> CaseRequest {
        let sdks = match part {
            CandidatePart::Sdk(sdk) => vec![sdk.clone()],
            CandidatePart::Browser(_) => self.run.cases.sdks.clone(),
        };
        CaseRequest { sdks, ..self.run.cases.clone() }
    }

    /// The browsers of a candidate. A program is that of Firefox if its name says so, and else one of Chrome.
    fn browsers(&self, part: &CandidatePart) -> BrowserRequest {
        match (self.run.browsers.clone(), part) {
            (BrowserRequest::Local { chrome, supervisor, .. }, CandidatePart::Browser(path)) if is_firefox(path) => {
                BrowserRequest::Local { chrome, firefox: Some(path.clone()), supervisor }
            }
            (BrowserRequest::Local { firefox, supervisor, .. }, CandidatePart::Browser(path)) => {
                BrowserRequest::Local { chrome: Some(path.clone()), firefox, supervisor }
            }
            (browsers, _) => browsers,
        }
    }

    /// Whether browsers are searched: then they are what differs.
    fn is_of_browsers(&self) -> bool {
        matches!(self.range, BisectRange::Browsers(_))
    }
}

fn is_firefox(program: &Path) -> bool {
    program.file_name().is_some_and(|name| name.to_string_lossy().to_lowercase().contains("firefox"))
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
        BisectRange::Builds(paths) => search_paths(request, paths, Candidate::build).await,
        BisectRange::Browsers(paths) => search_paths(request, paths, Candidate::browser).await,
    }
}

/// Returns the cases, and the builds or browsers to search.
async fn search_paths(
    request: &BisectRequest,
    paths: &[PathBuf],
    candidate: impl Fn(usize, &Path) -> Candidate,
) -> Result<(Plan, Bisection<Candidate>), JobError> {
    if let Some(path) = paths.iter().find(|path| !path.exists()) {
        return Err(BisectError::NoSuchBuild(path.clone()).into());
    }
    let all: Vec<_> = paths.iter().enumerate().map(|(at, path)| candidate(at + 1, path)).collect();
    let search = Bisection::among(all).ok_or(BisectError::TooFewBuilds)?;
    Ok((plan(&request.cases(&search.ends().0.part)).await?, search))
}

/// Returns the cases, and the releases to search: all of the one package that the cases have.
async fn search_releases(
    request: &BisectRequest,
    good: &Version,
    bad: &Version,
) -> Result<(Plan, Bisection<Candidate>), JobError> {
    if good >= bad {
        return Err(BisectError::EndsReversed { good: good.clone(), bad: bad.clone() }.into());
    }
    let planned = plan(&request.cases(&CandidatePart::Sdk(Parsed::release(good)))).await?;
    let packages: BTreeSet<_> = planned.cases.iter().filter_map(|case| package(&case.spec.sdk)).collect();
    let packages: Vec<_> = packages.into_iter().collect();
    let [package] = packages[..] else { return Err(BisectError::SeveralPackages(packages.join(" and ")).into()) };
    let releases = releases(&Npm::default(), package, &format!(">={good} <={bad}")).await?;
    let search = Bisection::new(releases, good, bad).ok_or_else(|| BisectError::NoSuchEnd {
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
        let allow_unlike = self.request.run.compare.allow_unlike || self.request.is_of_browsers();
        Ok(compare_runs((&a.0.name, a.1), (&b.0.name, b.1), &b.1.run.compare, allow_unlike)?)
    }

    /// Runs one of the ends. Without its result there is nothing to search.
    async fn run_end(&self, release: &Candidate) -> Result<RunResult, JobError> {
        (self.notices)(Notice::EndRuns(release.name.clone()));
        let ran = self.run(release).await?;
        ran.map(|(result, _)| result).ok_or_else(|| BisectError::EndWithoutResult(release.name.clone()).into())
    }

    /// Runs the cases with one release. Absent when that release has no build: it was withdrawn, or is no whole
    /// package.
    async fn run(&self, release: &Candidate) -> Result<Option<(RunResult, PathBuf)>, JobError> {
        let output = self.runs.join(&release.directory);
        let (cases, browsers) = (self.request.cases(&release.part), self.request.browsers(&release.part));
        let request = RunRequest { cases, browsers, output, ..self.request.run.clone() };
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
