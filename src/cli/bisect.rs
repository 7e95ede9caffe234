//! `precall bisect`.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use semver::Version;

use super::args::RunArguments;
use super::bisect_args::BisectArguments;
use super::error::CliError;
use super::execute::{Work, execute};
use super::planning::{Planned, plan};
use super::signals::stop_on_signal;
use super::view::view;
use crate::record::{time_stem, write_json};
use crate::run_events::timestamp;
use crate::runner::Stop;
use crate::sdk::{Npm, releases};
use precall_judge::comparison::{Bisected, Bisection, Comparison, Found, Tried, changed, compare_runs, placed};
use precall_report::terminal;
use precall_results::Exit;
use precall_results::RunResult;
use precall_scenario::SdkSpec;
use precall_support::output::{eprintln, print};

/// Fewer repeats than that cannot show a change (`comparison`).
const ENOUGH: u32 = 6;

pub(super) async fn bisect(arguments: &BisectArguments) -> Result<Exit, CliError> {
    let BisectArguments { good, bad, .. } = arguments;
    if good >= bad {
        return Err(CliError::new(Exit::Usage, format!("--good {good} has to be older than --bad {bad}")));
    }
    let stop = stop_on_signal();
    let (planned, search) = tokio::select! {
        search = search(arguments) => search?,
        () = stop.drain.cancelled() => return Ok(Exit::Interrupted),
    };
    let repeats = planned.cases.iter().map(|case| case.spec.repeat).max().unwrap_or(1);
    if repeats < ENOUGH {
        eprintln(format_args!(
            "warning: cases run {repeats} times, which cannot show a change; set `repeat = {ENOUGH}` or more"
        ));
    }
    let runs = arguments.output.join(format!("{}-bisect", time_stem(&timestamp())));
    let Some(bisected) = Bench { arguments, runs, stop }.look(search).await? else { return Ok(Exit::Interrupted) };
    if let Some(file) = &arguments.json {
        write_json(file, &bisected)?;
    }
    // Where JSON goes to standard output, nothing else does.
    if arguments.json.as_deref() != Some(Path::new("-")) {
        print(terminal::bisected(&bisected, view(arguments.verbose)));
    }
    Ok(bisected.exit())
}

/// The releases between which something is looked for, of the one package that the cases have, and those cases.
async fn search(arguments: &BisectArguments) -> Result<(Planned, Bisection), CliError> {
    let BisectArguments { good, bad, .. } = arguments;
    let planned = plan(&arguments.plan(good), None).await?;
    let packages: BTreeSet<_> = planned.cases.iter().filter_map(|case| package(&case.spec.sdk)).collect();
    let packages: Vec<_> = packages.into_iter().collect();
    let [package] = packages[..] else {
        let message = format!(
            "the cases are of {}, whose releases are not in one line; choose those of one by --case or --filter",
            packages.join(" and ")
        );
        return Err(CliError::new(Exit::Usage, message));
    };
    let releases = releases(&Npm::default(), package, &format!(">={good} <={bad}")).await?;
    let search = Bisection::new(releases, good, bad).ok_or_else(|| {
        let message =
            format!("{good} or {bad} is no release of {package}; `npm view {package} versions` lists what there is");
        CliError::new(Exit::Usage, message)
    })?;
    Ok((planned, search))
}

fn package(sdk: &SdkSpec) -> Option<&str> {
    match sdk {
        SdkSpec::Npm { package, .. } => Some(package),
        SdkSpec::Path(_) => None,
    }
}

/// Where releases are tried.
struct Bench<'a> {
    arguments: &'a BisectArguments,
    /// The directory of all their runs.
    runs: PathBuf,
    stop: Stop,
}

/// What a release came to, and where it is recorded; no result when there was none to be had from that release.
type Ran = (Option<RunResult>, Option<PathBuf>);

impl Bench<'_> {
    /// Looks for the first release that changed something; `None` when that was interrupted.
    async fn look(&self, mut search: Bisection) -> Result<Option<Bisected>, CliError> {
        let BisectArguments { good, bad, figures, .. } = self.arguments;
        let Some(of_good) = self.end(good).await? else { return Ok(None) };
        let Some(of_bad) = self.end(bad).await? else { return Ok(None) };
        let ends = self.held((good, &of_good), (bad, &of_bad))?;
        let changes = changed(&ends, figures);
        let (mut tried, mut first_changes) = (Vec::new(), changes.clone());
        while !changes.is_empty()
            && let Some(release) = search.next().cloned()
        {
            eprintln(format_args!("{release}: the next of at most {} more", search.steps_left()));
            let Some((result, path)) = self.run(&release).await? else { return Ok(None) };
            let mut found = Found::Unknown;
            if let Some(result) = &result {
                let from_good = self.held((good, &of_good), (&release, result))?;
                found = placed(&from_good, &self.held((&release, result), (bad, &of_bad))?, &changes);
                if found == Found::Bad {
                    first_changes = changed(&from_good, figures);
                    first_changes.retain(|target| changes.contains(target));
                }
            }
            eprintln(format_args!("{release}: {}", found.in_words()));
            search.note(&release, found);
            let run = path.map(|path| path.display().to_string());
            tried.push(Tried { release: release.to_string(), found, run });
        }
        let (last_good, first_bad) = search.result();
        let first_bad = if changes.is_empty() { &[] } else { first_bad };
        eprintln(format_args!("runs: {}", self.runs.display()));
        Ok(Some(Bisected {
            figures: figures.clone(),
            last_good: last_good.to_string(),
            first_bad: first_bad.iter().map(ToString::to_string).collect(),
            changes,
            first_changes,
            tried,
            ends,
        }))
    }

    fn held(&self, a: (&Version, &RunResult), b: (&Version, &RunResult)) -> Result<Comparison, CliError> {
        let [name_a, name_b] = [a.0, b.0].map(ToString::to_string);
        // The flags are in what each run was to be compared by.
        let allow_unlike = self.arguments.compare.allow_unlike;
        Ok(compare_runs((&name_a, a.1), (&name_b, b.1), &b.1.run.compare, allow_unlike)?)
    }

    /// Runs one of the ends, without whose result there is nothing to look for.
    async fn end(&self, release: &Version) -> Result<Option<RunResult>, CliError> {
        eprintln(format_args!("{release}: runs"));
        match self.run(release).await? {
            None => Ok(None),
            Some((Some(result), _)) => Ok(Some(result)),
            Some((None, _)) => Err(CliError::new(Exit::Infrastructure, format!("{release} has no result"))),
        }
    }

    /// Runs the cases with one release; `None` when that was interrupted.
    async fn run(&self, release: &Version) -> Result<Option<Ran>, CliError> {
        let arguments = run_arguments(self.arguments, release, &self.runs);
        let planned = tokio::select! {
            planned = plan(&arguments.plan, None) => planned?,
            () = self.stop.drain.cancelled() => return Ok(None),
        };
        match execute(&arguments, Work::new(planned), None, &self.stop).await {
            Ok(None) => Ok(None),
            Ok(Some(ran)) if ran.result.outcome.exit() == Exit::Interrupted || self.stop.drain.is_cancelled() => {
                eprintln(format_args!("interrupted; what ran is in {}", ran.path.display()));
                Ok(None)
            }
            Ok(Some(ran)) => Ok(Some((Some(ran.result), Some(ran.path)))),
            // A release that was withdrawn, or is no whole package, is gone around; one that cannot be fetched may be a good one.
            Err(error) if error.exit == Exit::Usage => {
                error.show();
                Ok(Some((None, None)))
            }
            Err(error) => Err(error),
        }
    }
}

/// The scenario with one release, as `precall run` would run it.
fn run_arguments(arguments: &BisectArguments, release: &Version, runs: &Path) -> RunArguments {
    RunArguments {
        plan: arguments.plan(release),
        slots: arguments.slots,
        dry_run: false,
        resume: None,
        fail_fast: false,
        max_failures: None,
        baseline: None,
        baselines: PathBuf::new(),
        compare: arguments.compare.clone(),
        sequential: false,
        output: runs.join(release.to_string()),
        reports: Vec::new(),
        events: None,
        pcap: false,
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        chrome: arguments.chrome.clone(),
        browsers: Vec::new(),
        quiet: arguments.quiet,
        verbose: arguments.verbose,
    }
}
