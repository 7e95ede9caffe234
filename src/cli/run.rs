//! `precall run`.

use std::path::Path;

use super::against;
use super::args::RunArguments;
use super::error::CliError;
use super::execute::{Ran, execute, work};
use super::list;
use super::report::write_reports;
use super::signals::stop_on_signal;
use crate::event::RunResult;
use crate::exit::Exit;
use crate::record::{cleaned, read_baseline};
use crate::report::terminal::summary;

pub(super) async fn run(arguments: RunArguments) -> Result<Exit, CliError> {
    let stop = stop_on_signal();
    let work = tokio::select! {
        work = work(&arguments) => work?,
        () = stop.drain.cancelled() => return Ok(Exit::Interrupted),
    };
    if arguments.dry_run {
        list::print(&work.plan, arguments.slots(), false)?;
        return Ok(Exit::Passed);
    }
    let baseline = arguments.baseline.as_deref().map(|name| read_baseline(&arguments.baselines, name)).transpose()?;
    let Some(Ran { outcome, result, path }) = execute(&arguments, work, baseline.as_ref(), &stop).await? else {
        return Ok(Exit::Interrupted);
    };
    let Some(result) = result else { return Ok(outcome.exit()) };
    // Where events go to standard output, nothing else does.
    let is_stdout_taken = arguments.events.as_deref() == Some(Path::new("-"));
    if is_stdout_taken {
        eprint!("{}", rendered(&result, &path, None));
    } else {
        print_result(&result, &path);
    }
    let mut exit = result.outcome.exit();
    // Reports hold the comparison, and are written whatever it came to.
    let compared = baseline.map(|baseline| against::compare(&baseline, &result, &path, &arguments));
    let reports = write_reports(&arguments.reports, &path, is_stdout_taken);
    if let Some(compared) = compared {
        exit = exit.gravest(compared?);
    }
    // A verdict weighs more than a report that could not be written.
    match (reports, exit) {
        (Err(error), Exit::Passed) => Err(error),
        (Err(error), exit) => {
            eprintln!("{}", error.message);
            Ok(exit)
        }
        (Ok(()), exit) => Ok(exit),
    }
}

/// Prints what a run came to, and where it is recorded.
pub(super) fn print_result(result: &RunResult, path: &Path) {
    let terminal = console::Term::stdout();
    print!("{}", rendered(result, path, terminal.is_term().then(|| terminal.size().1)));
}

fn rendered(result: &RunResult, path: &Path, width: Option<u16>) -> String {
    let place = path.join("results.json");
    format!("\n{}\nresults: {}\n", summary(result, cleaned, width, console::colors_enabled()), place.display())
}
