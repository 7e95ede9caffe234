//! `precall run`.

use std::path::Path;

use super::against;
use super::args::RunArguments;
use super::error::CliError;
use super::execute::{Ran, execute, work};
use super::list;
use super::notices;
use super::report::{Written, write_reports};
use super::signals::stop_on_signal;
use super::view::{view, view_of_stderr};
use crate::record::{Baseline, cleaned, read_baseline};
use precall_report::terminal::{View, comparison, paragraph, summary};
use precall_results::Exit;
use precall_results::RunResult;
use precall_support::output;
use precall_support::text::Printable;

/// The whole result, in a run's directory.
const RESULTS: &str = "results.json";

pub(super) async fn run(arguments: RunArguments) -> Result<Exit, CliError> {
    let stop = stop_on_signal();
    let work = tokio::select! {
        work = work(&arguments) => work?,
        () = stop.drain.cancelled() => return Ok(Exit::Interrupted),
    };
    // Whoever goes on with a run has been told.
    if arguments.resume.is_none() {
        notices::say(&work.plan);
    }
    if arguments.dry_run {
        list::print(&work.plan, arguments.slots(), false)?;
        return Ok(Exit::Passed);
    }
    let baseline = arguments.baseline.as_deref().map(|name| read_baseline(&arguments.baselines, name)).transpose()?;
    let ran = execute(&arguments, work, baseline.as_ref(), &stop).await?;
    let Some(ran) = ran else { return Ok(Exit::Interrupted) };
    finish(&arguments, ran, baseline.as_ref())
}

/// Judges a run that is over, writes its reports, and prints what it came to.
pub(super) fn finish(arguments: &RunArguments, ran: Ran, baseline: Option<&Baseline>) -> Result<Exit, CliError> {
    // The events are kept to the end: dropping them waits for whoever reads them.
    let Ran { result, path, events: _events } = ran;
    let is_gate = result.run.gate.is_some();
    // Every file is written before anything is printed: what is printed may have no reader.
    let compared = match baseline {
        Some(baseline) => against::compare(baseline, &result, &path).map(Some),
        None => against::compare_sides(&result, &path),
    };
    let Written { text: reports, failed } = write_reports(&arguments.reports, &path);
    // Where events go to standard output, nothing else does.
    let is_stdout_taken = arguments.events.as_deref() == Some(Path::new("-"));
    let view = if is_stdout_taken { view_of_stderr(arguments.verbose) } else { view(arguments.verbose) };
    let mut text = rendered(&result, &path, view);
    let mut exit = result.outcome.exit();
    let mut errors: Vec<_> = failed.into_iter().collect();
    match compared {
        Ok(Some(compared)) if baseline.is_some() => {
            text.push_str(&format!("\n{}", comparison(&compared, view)));
            // A gate's own verdict is stricter about what counts.
            exit = if is_gate { exit } else { exit.gravest(compared.change.exit()) };
        }
        Ok(_) => {}
        Err(error) => errors.push(error),
    }
    // The last line is the answer.
    let upgrade = result.upgrade.as_ref();
    let last = upgrade.map(|upgrade| format!("\n{}", paragraph(Printable::line(&upgrade.sentence).as_str(), view)));
    if is_stdout_taken {
        output::eprint(text);
        output::eprint_data(reports);
        last.into_iter().for_each(output::eprint);
    } else {
        output::print(text);
        output::print_data(reports);
        last.into_iter().for_each(output::print);
    }
    for error in errors {
        error.show();
        exit = exit.gravest(error.exit);
    }
    Ok(exit)
}

/// Prints what a run came to, and where it is recorded; details of all cases where they are asked for.
pub(super) fn print_result(result: &RunResult, path: &Path, is_verbose: bool) {
    output::print(rendered(result, path, view(is_verbose)));
}

fn rendered(result: &RunResult, path: &Path, view: View) -> String {
    let place = path.join(RESULTS);
    format!("\n{}\nresults: {}\n", summary(result, cleaned, view), place.display())
}
