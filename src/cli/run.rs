//! `precall run`.

use std::path::{Path, PathBuf};

use super::error::{exit, show};
use crate::arguments::RunArguments;
use crate::job::{
    CaseRequest, ConsumerError, Emitted, EventConsumer, FinishedRun, JobError, Stop, failed_cases, last_run, plan_run,
    prepare, resumed_from_store, run as run_job, without_dropped,
};
use crate::process::stop_on_signal;
use crate::record::EventLines;
use crate::serve::{RunServer, ServeRequest};
use crate::show::{
    answer_text, display, finished_text, plan_text, print_notes, print_notice, reports_text, result_text, view,
    view_of_stderr,
};
use precall_results::{Exit, RunResult};
use precall_support::output;

pub(super) async fn run(arguments: RunArguments) -> Result<Exit, JobError> {
    run_once(&arguments, &stop_on_signal()).await
}

/// Runs the cases once.
pub(super) async fn run_once(arguments: &RunArguments, stop: &Stop) -> Result<Exit, JobError> {
    let (mut request, is_quiet) = (arguments.request(), arguments.quiet);
    if let Some(run) = failed_run(arguments)? {
        request.cases = failed_again(&run, request.cases, arguments.last_failed).await?;
    }
    // What would run is said without the store.
    let request = if arguments.dry_run { request } else { resumed_from_store(request).await? };
    let notices = |notice| print_notice(notice, is_quiet);
    let planned = plan_run(&request, &notices, stop).await?;
    // A resumed run printed its warnings when it began.
    if request.resume.is_none() {
        print_notes(&planned.plan);
    }
    if arguments.dry_run {
        output::print(plan_text(&planned.plan, request.slots(), view(false)));
        return Ok(Exit::Passed);
    }
    let events = arguments.events.as_deref().map(EventLines::create).transpose()?;
    let prepared = prepare(request, planned, &notices, stop).await?;
    let mut consumers = vec![display(&prepared, is_quiet)];
    if let Some(events) = events {
        consumers.push(Box::new(events));
    }
    if arguments.ui {
        let pages = RunServer::start(&ServeRequest::of_runs(runs_directory(arguments))).await?;
        consumers.push(Box::new(LivePage(pages)));
    }
    let finished = run_job(prepared, consumers, stop).await?;
    // Where events go to standard output, nothing else does.
    let is_stdout_taken = arguments.events.as_deref() == Some(Path::new("-"));
    Ok(print_finished(finished, arguments.verbose, is_stdout_taken))
}

/// The run whose failed cases run again, if that is asked for.
fn failed_run(arguments: &RunArguments) -> Result<Option<PathBuf>, JobError> {
    match arguments.last_failed {
        true => last_run(&arguments.output, &arguments.plan.scenarios).map(Some),
        false => Ok(arguments.failed.clone()),
    }
}

/// Returns the request for the failed cases of a run, and says which of them the scenario does not have any longer.
async fn failed_again(run: &Path, asked: CaseRequest, is_found: bool) -> Result<CaseRequest, JobError> {
    let CaseRequest { scenarios, durations, allow_server, .. } = asked;
    // A run was found by its scenarios: the user has named those, not another person.
    let allow_server = allow_server || (is_found && !scenarios.is_empty());
    let failed = CaseRequest { durations, allow_server, ..failed_cases(run)? };
    let (cases, dropped) = without_dropped(run, failed).await?;
    output::eprintln(format_args!("failed cases of {}", run.display()));
    for case in dropped {
        output::eprintln(format_args!("warning: the scenario does not have the failed case {case} any longer"));
    }
    Ok(cases)
}

/// The directory that the run's directory is in.
fn runs_directory(arguments: &RunArguments) -> PathBuf {
    let resumed = arguments.resume.as_deref().and_then(|run| std::path::absolute(run).ok());
    resumed.as_deref().and_then(Path::parent).unwrap_or(&arguments.output).to_owned()
}

/// Prints the address of the page of a run, and serves it until the run is over.
struct LivePage(RunServer);

impl EventConsumer for LivePage {
    fn name(&self) -> &str {
        "the page of the run"
    }

    fn begin(&mut self, run: &Path) {
        output::eprintln(format_args!("live: {}", self.0.run_url(run)));
    }

    fn take(&mut self, _: &Emitted) -> Result<(), ConsumerError> {
        Ok(())
    }
}

/// Prints a run that is over: its summary, its comparison, its reports and last its answer. Returns its exit code.
pub(super) fn print_finished(finished: FinishedRun, is_verbose: bool, is_stdout_taken: bool) -> Exit {
    let view = if is_stdout_taken { view_of_stderr(is_verbose) } else { view(is_verbose) };
    let print: fn(String) = if is_stdout_taken { output::eprint } else { output::print };
    let print_data: fn(String) = if is_stdout_taken { output::eprint_data } else { output::print_data };
    print(finished_text(&finished, view));
    print_data(reports_text(&finished.reports));
    // The last line is the answer.
    answer_text(&finished, view).into_iter().for_each(print);
    let mut code = finished.result.outcome.exit();
    if let (Some(comparison), true) = (&finished.comparison, finished.is_judged_by_comparison()) {
        code = code.worst(comparison.change.exit());
    }
    for error in &finished.errors {
        show(error);
        code = code.worst(exit(error));
    }
    finished.end();
    code
}

/// Prints the result of a run, and where it is recorded. With `is_verbose`, details of all cases.
pub(super) fn print_result(result: &RunResult, path: &Path, is_verbose: bool) {
    output::print(result_text(result, path, view(is_verbose)));
}
