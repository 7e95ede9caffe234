//! `precall run`.

use std::path::Path;

use super::args::RunArguments;
use super::error::{exit, show};
use super::list;
use super::notices;
use super::progress::{display, print_notice};
use super::view::{view, view_of_stderr};
use crate::job::{FinishedRun, JobError, WrittenReport, plan_run, prepare, run as run_job};
use crate::process::stop_on_signal;
use crate::record::{EventLines, cleaned};
use precall_report::terminal::{View, comparison, paragraph, summary};
use precall_results::{Exit, RunResult};
use precall_support::output::{self, eprintln};
use precall_support::text::Printable;

pub(super) async fn run(arguments: RunArguments) -> Result<Exit, JobError> {
    let stop = stop_on_signal();
    let (request, is_quiet) = (arguments.request(), arguments.quiet);
    let notices = |notice| print_notice(notice, is_quiet);
    let planned = plan_run(&request, &notices, &stop).await?;
    // A resumed run printed its warnings when it began.
    if request.resume.is_none() {
        notices::print(&planned.plan);
    }
    if arguments.dry_run {
        list::print(&planned.plan, request.slots(), false)?;
        return Ok(Exit::Passed);
    }
    let events = arguments.events.as_deref().map(EventLines::create).transpose()?;
    let prepared = prepare(request, planned, &notices, &stop).await?;
    let mut consumers = vec![display(&prepared, is_quiet)];
    if let Some(events) = events {
        consumers.push(Box::new(events));
    }
    let finished = run_job(prepared, consumers, &stop).await?;
    // Where events go to standard output, nothing else does.
    let is_stdout_taken = arguments.events.as_deref() == Some(Path::new("-"));
    Ok(print_finished(finished, arguments.verbose, is_stdout_taken))
}

/// Prints a run that is over: its summary, its comparison, its reports and last its answer. Returns its exit code.
pub(super) fn print_finished(finished: FinishedRun, is_verbose: bool, is_stdout_taken: bool) -> Exit {
    let view = if is_stdout_taken { view_of_stderr(is_verbose) } else { view(is_verbose) };
    let mut text = rendered(&finished.result, &finished.path, view);
    let mut code = finished.result.outcome.exit();
    if let (Some(compared), true) = (&finished.comparison, finished.has_baseline) {
        text.push_str(&format!("\n{}", comparison(compared, view)));
        // A gate's own verdict is stricter about which changes count.
        let is_gate = finished.result.run.gate.is_some();
        code = if is_gate { code } else { code.gravest(compared.change.exit()) };
    }
    let (print, print_data): (fn(String), fn(String)) =
        if is_stdout_taken { (output::eprint, output::eprint_data) } else { (output::print, output::print_data) };
    print(text);
    print_reports(&finished.reports, print_data);
    // The last line is the answer.
    if let Some(upgrade) = &finished.result.upgrade {
        print(format!("\n{}", paragraph(Printable::line(&upgrade.sentence).as_str(), view)));
    }
    for error in &finished.errors {
        show(error);
        code = code.gravest(exit(error));
    }
    finished.end();
    code
}

/// Prints reports without a file, and the files of the others.
fn print_reports(reports: &[WrittenReport], print_data: fn(String)) {
    let mut text = String::new();
    for report in reports {
        match report {
            WrittenReport::Text(report) => text.push_str(report),
            WrittenReport::File { format, path } => {
                text.push_str(&format!("{}: {}\n", format.as_str(), path.display()));
            }
            WrittenReport::Incomplete(reason) => eprintln(format_args!("warning: {reason}")),
        }
    }
    print_data(text);
}

/// Prints the result of a run, and where it is recorded. With `is_verbose`, details of all cases.
pub(super) fn print_result(result: &RunResult, path: &Path, is_verbose: bool) {
    output::print(rendered(result, path, view(is_verbose)));
}

fn rendered(result: &RunResult, path: &Path, view: View) -> String {
    let place = path.join("results.json");
    format!("\n{}\nresults: {}\n", summary(result, cleaned, view), place.display())
}
