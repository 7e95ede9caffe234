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
    // Both are planned first: a mistake is told before the first call begins.
    let calls = match &arguments.truth {
        Some(path) => RunSource::Recorded(path.clone()),
        None => RunSource::planned(unless_stopped(&stop, plan_calls(&request)).await?),
    };
    let tests = match &arguments.tests {
        Some(path) => RunSource::Recorded(path.clone()),
        None => RunSource::planned(unless_stopped(&stop, plan_tests(&request)).await?),
    };
    if arguments.dry_run {
        for plan in [&calls, &tests].into_iter().filter_map(RunSource::plan) {
            output::print(plan_text(plan, request.limits.slots, view(false)));
        }
        return Ok(Exit::Passed);
    }
    let mut directories = Vec::with_capacity(2);
    for source in [calls, tests] {
        match source.directory(arguments.quiet, &stop).await? {
            Ended::Whole(path) => directories.push(path),
            Ended::Short(exit) => return Ok(exit),
        }
    }
    let truth = read_truth(&directories[0])?;
    if let Some(file) = &arguments.save {
        write_truth(&truth, file)?;
    }
    let written = write_advice(&directories[1], truth, arguments.output.as_deref())?;
    output::print(terminal::advice(&written.table, view(false)));
    println(format_args!("table: {}\npage: {}", written.json.display(), written.page.display()));
    Ok(Exit::Passed)
}

/// Where the calls or the tests are from.
enum RunSource {
    /// An earlier run, or a file.
    Recorded(PathBuf),
    /// A run that is still to come.
    Planned(Box<(RunRequest, Plan)>),
}

/// How a run ended.
enum Ended {
    /// All cases ran; the run's directory.
    Whole(PathBuf),
    /// It was interrupted, or nothing could run; the exit code.
    Short(Exit),
}

impl RunSource {
    fn planned(planned: (RunRequest, Plan)) -> Self {
        print_notes(&planned.1);
        Self::Planned(Box::new(planned))
    }

    fn plan(&self) -> Option<&Plan> {
        match self {
            Self::Recorded(_) => None,
            Self::Planned(planned) => Some(&planned.1),
        }
    }

    /// Returns where it is recorded, after its run.
    async fn directory(self, is_quiet: bool, stop: &Stop) -> Result<Ended, JobError> {
        match self {
            Self::Recorded(path) => Ok(Ended::Whole(path)),
            Self::Planned(planned) => run(planned.0, planned.1, is_quiet, stop).await,
        }
    }
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
