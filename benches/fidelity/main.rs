//! How true the media router is: Chrome through the router beside Chrome without one, on the same networks.
//!
//! `cargo bench --bench fidelity -- --help` lists the options. See `precall::fidelity` for what is compared with what.

mod arguments;
mod job;
mod kept;
mod table;

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use arguments::Arguments;
use clap::Parser;
use job::Job;
use kept::Kept;
use precall::fidelity::{FidelityError, Measurement, MeasurementBed};
use precall::sdk::cache_directory;
use precall_browser::{InstalledBrowser, Search, locate};
use precall_scenario::BrowserKind;

fn main() -> std::process::ExitCode {
    // `cargo bench` runs it with `--bench`; `cargo test --benches` without, and then there is nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return std::process::ExitCode::SUCCESS;
    }
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(run(&arguments))) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fidelity: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let networks = arguments.networks()?;
    if arguments.list {
        networks.iter().for_each(|network| println!("{:<16} {}", network.name, table::described(network)));
        return Ok(());
    }
    let kind = arguments.browser;
    let browser = locate(&Search { kind, named: None, cache: &cache_directory(), version: None })?;
    let kept = Kept::open(arguments)?;
    let jobs = job::plan(arguments, &networks, |job| kept.has(job));
    let seconds: f64 = jobs.iter().map(Job::seconds).sum();
    let minutes = seconds / 60.0 / arguments.parallel as f64;
    eprintln!(
        "{} of {} runs to measure, about {minutes:.0} min",
        jobs.len(),
        job::plan(arguments, &networks, |_| false).len()
    );
    let all = jobs.len();
    let shared = Shared { jobs: Mutex::new(job::by_pair(jobs)), kept, all, began: Instant::now(), kind, browser };
    // On one task: a page belongs to one thread. The media's tasks have the others.
    let outcomes = futures::future::join_all((0..arguments.parallel).map(|_| work(&shared))).await;
    table::print(&networks, arguments, &shared.kept.all());
    outcomes.into_iter().collect()
}

struct Shared {
    /// Pairs of runs with the same network and seed, which one worker measures in a row.
    jobs: Mutex<VecDeque<Vec<Job>>>,
    kept: Kept,
    all: usize,
    began: Instant,
    kind: BrowserKind,
    browser: InstalledBrowser,
}

/// Measures with a browser of its own until no job is left.
async fn work(shared: &Shared) -> anyhow::Result<()> {
    let mut bed = None;
    loop {
        let next = shared.jobs.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some(pair) = next else { break };
        for job in pair {
            let browser = match bed.take() {
                Some(bed) => bed,
                None => {
                    let supervisor = Some(env!("CARGO_BIN_EXE_precall").into());
                    MeasurementBed::open(shared.kind, shared.browser.clone(), supervisor).await?
                }
            };
            match measure(&browser, &job).await {
                Ok(measurement) => {
                    let done = shared.kept.add(measurement)?;
                    let minutes = shared.began.elapsed().as_secs_f64() / 60.0;
                    eprintln!("{done} of {} after {minutes:.1} min: {}", shared.all, job.described());
                    bed = Some(browser);
                }
                // A run that broke is missing from the table; the next one has a new browser.
                Err(error) => {
                    eprintln!("{} failed: {error}", job.described());
                    browser.close().await;
                }
            }
        }
    }
    if let Some(bed) = bed {
        bed.close().await;
    }
    Ok(())
}

async fn measure(bed: &MeasurementBed, job: &Job) -> Result<Measurement, FidelityError> {
    let Job { network, route, seed, options } = job;
    bed.measure(network, *route, *seed, *options).await
}
