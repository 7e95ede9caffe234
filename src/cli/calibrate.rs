//! `precall calibrate`.

use std::path::{Path, PathBuf};

use crate::arguments::CalibrateArguments;
use crate::job::{
    JobError, Plan, PlannedRun, RunRequest, Stop, plan_calls, plan_tests, prepare, read_calibration, read_truth,
    run as run_job, unless_stopped, write_advice, write_calibration, write_truth,
};
use crate::process::stop_on_signal;
use crate::show::{display, plan_text, print_notes, print_notice, view};
use precall_report::{sweeps, terminal};
use precall_results::{Exit, Outcome};
use precall_support::output::{self, println};

pub(super) async fn calibrate(arguments: CalibrateArguments) -> Result<Exit, JobError> {
    match (&arguments.advice, &arguments.run) {
        (Some(scenario), _) => advice(&arguments, scenario.clone()).await,
        (None, Some(run)) => sweep(run, arguments.output.as_deref()),
        // clap refuses a command line without both.
        (None, None) => Ok(Exit::Usage),
    }
}

fn sweep(run: &Path, output: Option<&Path>) -> Result<Exit, JobError> {
    let result = read_calibration(run)?;
    // The file is written first: what is printed may have no reader.
    let file = write_calibration(&result, run, output);
    output::print(terminal::calibration(&sweeps(&result), view(false)));
    println(format_args!("plots: {}", file?.display()));
    Ok(Exit::Passed)
}

async fn advice(arguments: &CalibrateArguments, scenario: PathBuf) -> Result<Exit, JobError> {
    let stop = stop_on_signal();
    let request = arguments.request(scenario);
    let calls = match &arguments.truth {
        Some(_) => None,
        None => Some(unless_stopped(&stop, plan_calls(&request)).await?),
    };
    let tests = match &arguments.tests {
        Some(_) => None,
        None => Some(unless_stopped(&stop, plan_tests(&request)).await?),
    };
    for (_, plan) in calls.iter().chain(&tests) {
        print_notes(plan);
        if arguments.dry_run {
            output::print(plan_text(plan, request.limits.slots, view(false)));
        }
    }
    if arguments.dry_run {
        return Ok(Exit::Passed);
    }
    let mut directories = [arguments.truth.clone(), arguments.tests.clone()];
    for (directory, planned) in directories.iter_mut().zip([calls, tests]) {
        let Some((request, plan)) = planned else { continue };
        match run(request, plan, arguments.quiet, &stop).await? {
            Ended::Whole(path) => *directory = Some(path),
            Ended::Short(exit) => return Ok(exit),
        }
    }
    let [Some(calls), Some(tests)] = directories else { return Ok(Exit::Usage) };
    let truth = read_truth(&calls)?;
    if let Some(file) = &arguments.save {
        write_truth(&truth, file)?;
    }
    let written = write_advice(&tests, truth, arguments.output.as_deref())?;
    output::print(terminal::advice(&written.table, view(false)));
    println(format_args!("table: {}\npage: {}", written.json.display(), written.page.display()));
    Ok(Exit::Passed)
}

/// How a run ended.
enum Ended {
    /// All cases ran; the run's directory.
    Whole(PathBuf),
    /// It was interrupted, or nothing could run; the exit code.
    Short(Exit),
}

async fn run(request: RunRequest, plan: Plan, is_quiet: bool, stop: &Stop) -> Result<Ended, JobError> {
    let notices = |notice| print_notice(notice, is_quiet);
    let prepared = prepare(request, PlannedRun::new(plan), &notices, stop).await?;
    let display = display(&prepared, is_quiet);
    let finished = run_job(prepared, vec![display], stop).await?;
    let (outcome, path) = (finished.result.outcome, finished.path.clone());
    println(format_args!("recorded: {}", path.display()));
    finished.end();
    // A test that fails, and a call that misses what is expected, are what is to be found out.
    match outcome {
        Outcome::Interrupted | Outcome::Infrastructure => Ok(Ended::Short(outcome.exit())),
        _ => Ok(Ended::Whole(path)),
    }
}
