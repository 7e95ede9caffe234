//! `precall bisect`.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use semver::Version;

use super::args_of_results::BisectArguments;
use super::error::CliError;
use crate::comparison::{Change, Comparison, compare_runs};
use crate::event::{RunResult, timestamp};
use crate::exit::Exit;
use crate::plan::{Bisection, Found};
use crate::record::read_results;
use crate::report::terminal;
use crate::scenario::{Figure, OPENTOK_PACKAGE, Scenario, SdkSpec, load};
use crate::sdk::Npm;

/// A figure of a cell that changed from the good release to the bad one, and how.
type Target = (String, Figure, Change);

pub(super) async fn bisect(arguments: &BisectArguments) -> Result<Exit, CliError> {
    let BisectArguments { good, bad, case, .. } = arguments;
    if good >= bad {
        let message = format!("--good {good} has to be older than --bad {bad}");
        return Err(CliError::new(Exit::Usage, message));
    }
    let scenario = load(case)?;
    let package = package(&scenario);
    let releases = Npm::default().releases(package, &format!(">={good} <={bad}")).await?;
    let Some(mut search) = Bisection::new(releases, good, bad) else {
        let message =
            format!("{good} or {bad} is no release of {package}; `npm view {package} versions` lists what there is");
        return Err(CliError::new(Exit::Usage, message));
    };
    // RFC 3339 without what some file systems refuse.
    let stamp: String = timestamp().chars().filter(char::is_ascii_alphanumeric).take(15).collect();
    let runs = arguments.output.join(format!("{stamp}-bisect"));
    let run = async |release: &Version| {
        eprintln!("{release}: runs");
        run_release(arguments, &runs, release).await
    };
    let failed = |release: &Version| CliError::new(Exit::Infrastructure, format!("{release} has no result"));
    let of_good = run(good).await?.ok_or_else(|| failed(good))?;
    let of_bad = run(bad).await?.ok_or_else(|| failed(bad))?;
    let held = |release: &Version, result: &RunResult| {
        compare_runs((&good.to_string(), &of_good), (&release.to_string(), result), &result.run.compare, false)
    };
    let whole = held(bad, &of_bad)?;
    print!("{}", terminal::comparison(&whole, None, console::colors_enabled()));
    let targets = targets(&whole);
    if targets.is_empty() {
        println!(
            "from {good} to {bad} nothing changed that these runs could see; repeat more often to see smaller changes"
        );
        return Ok(whole.change.exit());
    }
    while let Some(release) = search.next().cloned() {
        eprintln!("at most {} more releases are tried", search.steps_left());
        let found = match run(&release).await? {
            Some(result) => found(&held(&release, &result)?, &targets),
            None => Found::Unknown,
        };
        eprintln!("{release}: {}", in_words(found));
        search.note(&release, found);
    }
    let (last, first) = search.result();
    let names: Vec<_> = first.iter().map(ToString::to_string).collect();
    for (cell, figure, change) in targets {
        println!("{cell}, {}: {} after {last}, in {}", figure.as_str(), change.as_str(), names.join(" or "));
    }
    println!("runs: {}", runs.display());
    Ok(Exit::Passed)
}

fn in_words(found: Found) -> &'static str {
    match found {
        Found::Good => "as the good one",
        Found::Bad => "as the bad one",
        Found::Unknown => "cannot be told",
    }
}

/// The package that the scenario's releases are of.
fn package(scenario: &Scenario) -> &str {
    let packages = scenario.cases.iter().filter_map(|case| match &case.sdk {
        SdkSpec::Npm { package, .. } => Some(package.as_str()),
        SdkSpec::Path(_) => None,
    });
    packages.into_iter().next().unwrap_or(OPENTOK_PACKAGE)
}

/// Runs the scenario with one release, as `precall run` does; `None` when that gave no result.
async fn run_release(
    arguments: &BisectArguments,
    runs: &Path,
    release: &Version,
) -> Result<Option<RunResult>, CliError> {
    let broken = |error: std::io::Error| CliError::new(Exit::Infrastructure, format!("cannot run precall: {error}"));
    let output = runs.join(release.to_string());
    let mut command = tokio::process::Command::new(std::env::current_exe().map_err(broken)?);
    command.arg("run").arg(&arguments.case).args(["--quiet", "--sdk", &release.to_string(), "--output"]).arg(&output);
    arguments.filters.iter().for_each(|filter| {
        command.args(["--filter", filter]);
    });
    if let Some(chrome) = &arguments.chrome.chrome {
        command.arg("--chrome").arg(chrome);
    }
    let status = command.stdout(Stdio::null()).kill_on_drop(true).status().await.map_err(broken)?;
    if status.code() == Some(Exit::Interrupted as i32) {
        return Err(CliError::new(Exit::Interrupted, "interrupted"));
    }
    let run: Option<PathBuf> =
        std::fs::read_dir(&output).ok().and_then(|mut runs| runs.next()?.ok()).map(|run| run.path());
    Ok(run.and_then(|run| read_results(&run).ok()))
}

/// What changed.
fn targets(comparison: &Comparison) -> Vec<Target> {
    let figures = comparison.cells.iter().flat_map(|cell| cell.figures.iter().map(move |figures| (cell, figures)));
    figures
        .filter(|(_, figures)| matches!(figures.change, Change::Regressed | Change::Improved))
        .map(|(cell, figures)| (cell.id.clone(), figures.figure, figures.change))
        .collect()
}

/// Whether a release is like the bad one in anything that changed.
fn found(comparison: &Comparison, wanted: &[Target]) -> Found {
    let changed = targets(comparison);
    let is_open = |(id, figure, _): &Target| {
        let cell = comparison.cells.iter().find(|cell| cell.id == *id);
        let figures = cell.and_then(|cell| cell.figures.iter().find(|figures| figures.figure == *figure));
        figures.is_none_or(|figures| figures.change == Change::Inconclusive)
    };
    match wanted {
        wanted if wanted.iter().any(|target| changed.contains(target)) => Found::Bad,
        wanted if wanted.iter().any(is_open) => Found::Unknown,
        _ => Found::Good,
    }
}
