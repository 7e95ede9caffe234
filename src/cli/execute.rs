//! The way from a plan to its result: everything that runs is found, the cases run, and all of it is recorded.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::against;
use super::args::{PlanArguments, RunArguments};
use super::browsers::choose;
use super::builds::{Resolved, resolve};
use super::consumer::Consumer;
use super::display::Display;
use super::error::CliError;
use super::gate_plan::OWN_SCENARIO;
use super::limits::check_open_files;
use super::list;
use super::planning::{Planned, plan};
use super::report::write_file;
use crate::cloud::Accounts;
use crate::job::conclude;
use crate::record::{
    Baseline, EventLines, LeftRun, Recorder, RunCollector, RunDirectory, RunPlan, create_case_file, run_finished,
    unjudged_result,
};
use crate::run_events::{Events, timestamp};
use crate::runner::{Builds, Lab, RunEnd, RunOptions, Stop, run as run_cases};
use crate::sdk::{Npm, Resolver, cache_directory};
use precall_netem::chance::GENERATOR;
use precall_report::terminal::{Expected, Loudness, Progress};
use precall_results::Exit;
use precall_results::Level;
use precall_results::Outcome;
use precall_results::{CaseResult, CaseSummary, Environment, RunInfo, RunResult};
use precall_scenario::plan::{Case, CpuWeight, Estimate};
use precall_scenario::{CloudSpec, PlatformSpec};
use precall_support::output::eprintln;
use precall_support::text::count;

/// What runs, and what of it has run already.
pub(super) struct Work {
    pub plan: Planned,
    /// A run that is gone on with. Nothing in its directory is changed before all that it needs has been found.
    left: Option<LeftRun>,
    /// The releases that tags meant when the run began.
    tags: BTreeMap<String, String>,
}

impl Work {
    /// The cases that ended before.
    fn finished(&self) -> &[CaseResult] {
        self.left.as_ref().map_or(&[], |left| &left.finished)
    }

    /// A run that begins.
    pub fn new(plan: Planned) -> Self {
        Self { plan, left: None, tags: BTreeMap::new() }
    }
}

/// What a run came to.
pub(super) struct Ran {
    pub result: RunResult,
    /// Where it is recorded.
    pub path: PathBuf,
    /// Whoever was given its events: see [`EventLines`] on how to end them.
    pub events: Option<EventLines>,
}

/// A new run, or what is left of one.
pub(super) async fn work(arguments: &RunArguments) -> Result<Work, CliError> {
    let Some(run) = &arguments.resume else {
        let plan = plan(&arguments.plan, None).await?;
        return Ok(Work::new(plan));
    };
    let left = LeftRun::read(run)?;
    let recorded = left.plan.clone();
    let meant = PlanArguments { durations: arguments.plan.durations.clone(), ..PlanArguments::of(&recorded) };
    let mut plan = plan(&PlanArguments { shard: None, ..meant }, Some(&recorded)).await?;
    // Which cases are in a shard hangs on durations that may not be there any more; the run has written them down.
    let ids: HashSet<&str> = recorded.cases.iter().map(String::as_str).collect();
    plan.cases.retain(|case| ids.contains(case.id.as_str()));
    if plan.cases.len() != recorded.cases.len() {
        let message = format!(
            "{} has {}, but its scenario now comes to {} of them; begin a new run",
            run.display(),
            count(recorded.cases.len(), "case", "cases"),
            plan.cases.len()
        );
        return Err(CliError::new(Exit::Scenario, message));
    }
    let all = count(plan.cases.len(), "case", "cases");
    eprintln(format_args!("{}: {} of {all} ended before", run.display(), left.finished.len()));
    if let Some(warning) = other_generators(&left.finished) {
        eprintln(format_args!("warning: {warning}"));
    }
    let tags = recorded.tags.clone();
    plan.record = recorded;
    Ok(Work { plan, left: Some(left), tags })
}

/// What is to be said when the cases of a run so far drew from another generator than those that are left will.
fn other_generators(finished: &[CaseResult]) -> Option<String> {
    let others: Vec<_> = finished
        .iter()
        .map(|result| result.random_generator.as_deref().unwrap_or("unknown"))
        .filter(|generator| *generator != GENERATOR)
        .collect();
    let name = others.first()?;
    Some(format!(
        "{} of this run had another random generator ({name}; this precall has {GENERATOR}), with which the same seed gives other \
         packets; begin a new run if its cases are to be compared packet by packet",
        count(others.len(), "case", "cases")
    ))
}

/// The cases that have not ended.
fn left(work: &Work) -> Vec<Case> {
    let finished: HashSet<&str> = work.finished().iter().map(|result| result.case.as_str()).collect();
    let is_left = |case: &&Case| !finished.contains(case.id.as_str());
    work.plan.cases.iter().filter(is_left).cloned().collect()
}

/// Runs what is left; `None` when that was interrupted before anything ran. Everything that can be missing is looked for before
/// anything is started.
pub(super) async fn execute(
    arguments: &RunArguments,
    work: Work,
    baseline: Option<&Baseline>,
    stop: &Stop,
) -> Result<Option<Ran>, CliError> {
    check_open_files()?;
    let left = left(&work);
    let accounts = Accounts::find(left.iter().filter_map(cloud))?;
    let cache = cache_directory();
    let browsers = choose(arguments, &left, &cache)?;
    let events = arguments.events.as_deref().map(EventLines::create).transpose()?;
    tokio::select! {
        checked = check(&accounts, arguments.quiet) => checked?,
        () = stop.drain.cancelled() => return Ok(None),
    }
    let is_flag = !arguments.plan.sdks.is_empty() || !arguments.plan.modules.is_empty();
    let resolver = Resolver { cache, npm: Npm::default() };
    let Resolved { builds, tags } = tokio::select! {
        resolved = resolve(&left, &resolver, &work.tags, arguments.quiet) => {
            resolved.map_err(|error| of_flag(error, is_flag))?
        }
        () = stop.drain.cancelled() => return Ok(None),
    };
    sides_differ(&work.plan, &builds)?;
    let lab = Arc::new(Lab::open(arguments.listen, builds, accounts, browsers).await?);
    let ran = run_in(&lab, arguments, work, &left, Extras { tags, events, baseline }, stop).await;
    lab.close().await;
    ran.map(Some)
}

/// What a run has besides its cases.
struct Extras<'a> {
    tags: BTreeMap<String, String>,
    events: Option<EventLines>,
    baseline: Option<&'a Baseline>,
}

async fn run_in(
    lab: &Arc<Lab>,
    arguments: &RunArguments,
    work: Work,
    left: &[Case],
    extras: Extras<'_>,
    stop: &Stop,
) -> Result<Ran, CliError> {
    let finished = work.finished().to_vec();
    let Work { plan, left: left_run, .. } = work;
    let Extras { tags, events, baseline } = extras;
    let mut run = info(lab, &plan, arguments);
    baseline.into_iter().try_for_each(|baseline| against::is_like(baseline, &run, &arguments.compare))?;
    let sequential = against::stopping(arguments, &plan, &mut run, &finished, baseline)?;
    let seconds_before = left_run.as_ref().map_or(0.0, |left| left.seconds);
    let directory = match left_run {
        Some(left) => left.begin()?,
        None => {
            let directory = RunDirectory::create(&arguments.output, &plan.name, &timestamp())?;
            let mut record = RunPlan { tags, ..plan.record.clone() };
            if let Some(text) = &plan.own_scenario {
                // Beside its results, so that the run can be gone on with and explained.
                let file = directory.path().join(OWN_SCENARIO);
                write_file(&file, text)?;
                record.scenarios = vec![std::path::absolute(&file).unwrap_or(file)];
            }
            directory.write_plan(&record)?;
            directory
        }
    };
    let path = directory.path().to_owned();
    if arguments.pcap {
        let run = path.clone();
        lab.capture(Box::new(move |case| create_case_file(&run, case, "media.pcapng")));
    }
    let mut progress =
        Progress::new(Loudness::choose(arguments.quiet), expected(left, &plan, arguments), finished.len());
    let consumer = Consumer {
        display: Display::new(move |event| progress.show(event)),
        recorder: Recorder::new(directory, RunCollector::resumed(finished.clone(), seconds_before))?,
        events,
        broken: None,
        run: path.clone(),
        stop: stop.clone(),
    };
    let options = RunOptions {
        run: run.clone(),
        capacity: CpuWeight::from_cpus(list::cpus()),
        slots: arguments.slots(),
        max_failures: if arguments.fail_fast { Some(1) } else { arguments.max_failures.map(|most| most as usize) },
        durations: plan.durations,
        sequential,
    };
    let (sender, emitted) = Events::channel();
    let consumer = tokio::spawn(consumer.consume(emitted));
    let RunEnd { cases, decided, is_interrupted, seconds } =
        run_cases(left, &finished, lab, &options, &sender, stop).await;
    let mut result = unjudged_result(run, cases, decided, seconds_before + seconds);
    if is_interrupted {
        result.outcome = Outcome::Interrupted;
    }
    conclude(&mut result, baseline.map(|baseline| &baseline.result));
    sender.emit(run_finished(&result, seconds));
    drop(sender);
    let events = consumer
        .await
        .map_err(|error| CliError::new(Exit::Infrastructure, format!("the recorder broke: {error}")))??;
    Ok(Ran { result, path, events })
}

/// How long what is left is expected to take.
fn expected(left: &[Case], plan: &Planned, arguments: &RunArguments) -> Expected {
    let capacity = CpuWeight::from_cpus(list::cpus());
    let estimate = Estimate::of(left, &plan.durations, capacity, arguments.slots());
    let durations = left.iter().map(|case| (case.id.clone(), plan.durations.of(case)));
    Expected { wall_clock: estimate.wall_clock, cases: durations.collect() }
}

fn info(lab: &Lab, plan: &Planned, arguments: &RunArguments) -> RunInfo {
    let capacity = CpuWeight::from_cpus(list::cpus());
    let lightest = plan.cases.iter().map(CpuWeight::of).min().unwrap_or_default();
    RunInfo {
        scenario: plan.name.clone(),
        scenario_digest: plan.record.scenario_digest.clone(),
        started_at: timestamp(),
        cases: plan.cases.iter().map(|case| CaseSummary { id: case.id.clone() }).collect(),
        slots: arguments.slots().unwrap_or_else(|| capacity.holds(lightest)).min(plan.cases.len()).max(1),
        shard: plan.record.shard.clone(),
        invariants: plan.cases.iter().map(|case| case.spec.invariants).min().unwrap_or(Level::Warn),
        compare: arguments.compare.over(&plan.compare),
        gate: plan.record.gate.clone(),
        environment: Environment {
            precall: env!("CARGO_PKG_VERSION").to_owned(),
            browser: lab.browser_version().to_owned(),
            os: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            cpus: list::cpus(),
        },
    }
}

/// Refuses a gate whose two sides turn out to be one release, before it begins.
fn sides_differ(plan: &Planned, builds: &Builds) -> Result<(), CliError> {
    let Some(gate) = plan.record.gate.as_ref().filter(|gate| gate.axis.as_deref() == Some("sdk")) else {
        return Ok(());
    };
    let of = |value: &String| {
        let case = plan.cases.iter().find(|case| case.axes.get("sdk") == Some(value))?;
        builds.sdks.get(&case.spec.sdk)
    };
    match (of(&gate.from), of(&gate.to)) {
        (Some(from), Some(to)) if from.version == to.version && from.source == to.source => {
            let (from, to, release) = (&gate.from, &gate.to, &from.version);
            let message =
                format!("--from {from} and --to {to} are both OpenTok.js {release}; there is nothing to compare");
            Err(CliError::new(Exit::Usage, message))
        }
        _ => Ok(()),
    }
}

/// The platform elsewhere that a case runs on, if it does.
fn cloud(case: &Case) -> Option<&CloudSpec> {
    match &case.spec.platform {
        PlatformSpec::Embedded(_) => None,
        PlatformSpec::Cloud(cloud) => Some(cloud),
    }
}

/// Asks the platforms elsewhere whether they take the credentials, and says whose they are.
async fn check(accounts: &Accounts, quiet: bool) -> Result<(), CliError> {
    accounts.check().await?;
    if !quiet {
        for account in accounts.iter() {
            eprintln(format_args!(
                "platform {} as {} (from {})",
                account.api_url(),
                account.api_key(),
                account.source()
            ));
        }
    }
    Ok(())
}

/// A release that does not exist is the scenario's mistake, or that of whoever gave the flag.
fn of_flag(mut error: CliError, is_flag: bool) -> CliError {
    if is_flag && error.exit == Exit::Scenario {
        error.exit = Exit::Usage;
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_goes_on_with_another_random_generator_says_so() {
        let recorded = include_str!("../../tests/fixtures/results.json");
        let mut finished = serde_json::from_str::<RunResult>(recorded).expect("a recorded result").cases;
        finished.truncate(1);
        insta::assert_snapshot!(other_generators(&finished).expect("a warning"), @"1 case of this run had another random generator (unknown; this precall has chacha8-1), with which the same seed gives other packets; begin a new run if its cases are to be compared packet by packet");
        finished[0].random_generator = Some(GENERATOR.to_owned());
        assert_eq!(other_generators(&finished), None);
    }
}
