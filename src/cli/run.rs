//! `precall run`.

use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use super::args::RunArguments;
use super::error::CliError;
use crate::browser::{LaunchOptions, find};
use crate::cloud::Accounts;
use crate::event::{Emitted, Events, RunEvent, RunResult, timestamp};
use crate::exit::Exit;
use crate::plan::{Case, expand};
use crate::record::{Recorder, RunCollector, RunDirectory};
use crate::report::terminal::{Progress, summary};
use crate::runner::{Builds, Lab, RunOptions, run as run_cases};
use crate::scenario::{CloudSpec, ModuleSpec, PlatformSpec, Scenario, SdkSpec, load};
use crate::sdk::{Npm, Resolver, cache_directory};

/// How many cases run at once where nobody says otherwise: two cases with the pattern camera fit two CPUs.
const DEFAULT_SLOTS: usize = 2;

pub(super) async fn run(arguments: RunArguments) -> Result<Exit, CliError> {
    let mut scenario = load(&arguments.scenario)?;
    override_builds(&mut scenario, &arguments);
    let cases = expand(&scenario);
    let cancel = cancel_on_signal();
    // Everything that can be missing is looked for before anything is started.
    let accounts = Accounts::find(cases.iter().filter_map(cloud))?;
    let cache = cache_directory();
    let chrome = find(arguments.chrome.chrome.as_deref(), &cache)?;
    tokio::select! {
        checked = check(&accounts, arguments.quiet) => checked?,
        () = cancel.cancelled() => return Ok(Exit::Interrupted),
    }
    let is_flag = arguments.sdk.is_some() || !arguments.modules.is_empty();
    let builds = tokio::select! {
        builds = resolve(&cases, Resolver { cache, npm: Npm::default() }, arguments.quiet) => {
            builds.map_err(|error| of_flag(error, is_flag))?
        }
        () = cancel.cancelled() => return Ok(Exit::Interrupted),
    };
    let launch = LaunchOptions {
        chrome: chrome.path,
        version: chrome.version,
        // One browser serves all cases; the fastest camera that any of them asks for drives them all.
        camera_frame_rate: cases.iter().map(|case| case.spec.test.camera.frame_rate).max().unwrap_or(30),
        supervisor: None,
        extra_arguments: Vec::new(),
    };
    let lab = Lab::open(arguments.listen, builds, accounts, launch).await?;
    let result = run_in(&lab, &arguments, &scenario, &cases, &cancel).await;
    lab.close().await;
    result
}

async fn run_in(
    lab: &Lab,
    arguments: &RunArguments,
    scenario: &Scenario,
    cases: &[Case],
    cancel: &CancellationToken,
) -> Result<Exit, CliError> {
    let directory = RunDirectory::create(&arguments.output, &scenario.name, &timestamp())?;
    let path = directory.path().to_owned();
    let (events, emitted) = Events::channel();
    let consumer = tokio::spawn(consume(emitted, Recorder::new(directory)?, Progress::new(arguments.quiet)));
    let options = RunOptions { scenario: scenario.name.clone(), slots: slots(arguments) };
    let outcome = run_cases(cases, lab, &options, &events, cancel).await;
    drop(events);
    let result = consumer
        .await
        .map_err(|error| CliError::new(Exit::Infrastructure, format!("the recorder broke: {error}")))??;
    if let Some(result) = result {
        let terminal = console::Term::stdout();
        let width = terminal.is_term().then(|| terminal.size().1);
        println!("\n{}", summary(&result, width, console::colors_enabled()));
    }
    println!("results: {}", path.join("results.json").display());
    Ok(outcome.exit())
}

/// Gives each event to every consumer, until there are no more.
async fn consume(
    mut emitted: UnboundedReceiver<Emitted>,
    mut recorder: Recorder,
    mut progress: Progress,
) -> Result<Option<RunResult>, CliError> {
    let mut collector = RunCollector::default();
    let mut broken = None;
    while let Some(emitted) = emitted.recv().await {
        progress.show(&emitted.event);
        collector.take(&emitted.event);
        // A full disk must not lose what the terminal can still show.
        if broken.is_none()
            && let Err(error) = recorder.record(&emitted)
        {
            progress.show(&RunEvent::Warning { message: error.to_string() });
            broken = Some(error);
        }
    }
    match broken {
        Some(error) => Err(error.into()),
        None => Ok(collector.result().cloned()),
    }
}

/// Puts what the command line names in place of what the scenario says.
fn override_builds(scenario: &mut Scenario, arguments: &RunArguments) {
    for case in &mut scenario.cases {
        if let Some(version) = &arguments.sdk {
            case.sdk = match &case.sdk {
                SdkSpec::Npm { package, .. } => SdkSpec::Npm { package: package.clone(), version: version.clone() },
                SdkSpec::Path(_) => SdkSpec::release(version),
            };
        }
        if !arguments.modules.is_empty() {
            case.test.modules.clone_from(&arguments.modules);
        }
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
            eprintln!("platform {} as {} (from {})", account.api_url(), account.api_key(), account.source());
        }
    }
    Ok(())
}

/// Finds the builds of every case, each once.
async fn resolve(cases: &[Case], resolver: Resolver, quiet: bool) -> Result<Builds, CliError> {
    let say = |what: &str, version: &str, source: &str| {
        if !quiet {
            eprintln!("{what} {version} ({source})");
        }
    };
    let mut builds = Builds::default();
    for case in cases {
        if !builds.sdks.contains_key(&case.spec.sdk) {
            let sdk = resolver.sdk(&case.spec.sdk).await?;
            say("OpenTok.js", &sdk.version, &sdk.source);
            builds.sdks.insert(case.spec.sdk.clone(), sdk);
        }
        if !builds.modules.contains_key(&case.module) {
            let module = resolver.network_test(&case.module).await?;
            if case.module != ModuleSpec::BuiltIn {
                say("network test", &module.version, &module.source);
            }
            builds.modules.insert(case.module.clone(), module);
        }
    }
    Ok(builds)
}

/// A release that does not exist is the scenario's mistake, or that of whoever gave the flag.
fn of_flag(mut error: CliError, is_flag: bool) -> CliError {
    if is_flag && error.exit == Exit::Scenario {
        error.exit = Exit::Usage;
    }
    error
}

fn slots(arguments: &RunArguments) -> usize {
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    arguments.slots.map_or(DEFAULT_SLOTS.min(cpus), usize::from)
}

/// A token that fires at the first Ctrl-C or SIGTERM. The second ends precall at once; the browser's supervisor cleans up
/// behind it.
fn cancel_on_signal() -> CancellationToken {
    use tokio::signal::unix::{SignalKind, signal};
    let cancel = CancellationToken::new();
    let fired = cancel.clone();
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
        tracing::warn!("signals cannot be caught; Ctrl-C will lose this run's results");
        return cancel;
    };
    tokio::spawn(async move {
        for is_first in [true, false] {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if is_first {
                eprintln!("interrupted: ending the running cases; once more ends precall at once");
                fired.cancel();
            }
        }
        std::process::exit(i32::from(Exit::Interrupted as u8));
    });
    cancel
}
