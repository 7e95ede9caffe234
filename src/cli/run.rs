//! `precall run`.

use std::path::{Path, PathBuf};

use super::error::{exit, show};
use crate::arguments::RunArguments;
use crate::job::{
    CaseRequest, ConsumerError, Emitted, EventConsumer, FinishedRun, JobError, failed_cases, plan_run, prepare,
    run as run_job,
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
    let stop = stop_on_signal();
    let (mut request, is_quiet) = (arguments.request(), arguments.quiet);
    if let Some(run) = &arguments.failed {
        let CaseRequest { durations, allow_server, .. } = request.cases;
        request.cases = CaseRequest { durations, allow_server, ..failed_cases(run)? };
    }
    let notices = |notice| print_notice(notice, is_quiet);
    let planned = plan_run(&request, &notices, &stop).await?;
    // A resumed run printed its warnings when it began.
    if request.resume.is_none() {
        print_notes(&planned.plan);
    }
    if arguments.dry_run {
        output::print(plan_text(&planned.plan, request.slots(), view(false)));
        return Ok(Exit::Passed);
    }
    let events = arguments.events.as_deref().map(EventLines::create).transpose()?;
    let prepared = prepare(request, planned, &notices, &stop).await?;
    let mut consumers = vec![display(&prepared, is_quiet)];
    if let Some(events) = events {
        consumers.push(Box::new(events));
    }
    if arguments.ui {
        let pages = RunServer::start(&ServeRequest::of_runs(runs_directory(&arguments))).await?;
        consumers.push(Box::new(LivePage(pages)));
    }
    let finished = run_job(prepared, consumers, &stop).await?;
    // Where events go to standard output, nothing else does.
    let is_stdout_taken = arguments.events.as_deref() == Some(Path::new("-"));
    Ok(print_finished(finished, arguments.verbose, is_stdout_taken))
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
