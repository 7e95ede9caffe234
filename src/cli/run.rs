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
use crate::event::RunResult;
use crate::exit::Exit;
use crate::output::{self, eprintln, stdout_width};
use crate::record::{cleaned, read_baseline};
use crate::report::terminal::{comparison, summary};

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
    // The events are kept to the end: dropping them waits for whoever reads them.
    let Some(Ran { outcome, result, path, events: _events }) = ran else { return Ok(Exit::Interrupted) };
    let Some(result) = result else { return Ok(outcome.exit()) };
    // Every file is written before anything is printed: what is printed may have no reader.
    let compared = baseline.map(|baseline| against::compare(&baseline, &result, &path)).transpose();
    let Written { text: reports, failed } = write_reports(&arguments.reports, &path);
    // Where events go to standard output, nothing else does.
    let is_stdout_taken = arguments.events.as_deref() == Some(Path::new("-"));
    let (width, colour) = match is_stdout_taken {
        true => (None, false),
        false => (stdout_width(), console::colors_enabled()),
    };
    let mut text = rendered(&result, &path, width, colour);
    let mut exit = result.outcome.exit();
    let mut errors = Vec::from_iter(failed);
    match compared {
        Ok(None) => {}
        Ok(Some(compared)) => {
            text.push_str(&format!("\n{}", comparison(&compared, width, colour)));
            exit = exit.gravest(compared.change.exit());
        }
        Err(error) => errors.push(error),
    }
    text.push_str(&reports);
    if is_stdout_taken {
        output::eprint(text);
    } else {
        output::print(text);
    }
    for error in errors {
        eprintln(&error.message);
        exit = exit.gravest(error.exit);
    }
    Ok(exit)
}

/// Prints what a run came to, and where it is recorded.
pub(super) fn print_result(result: &RunResult, path: &Path) {
    output::print(rendered(result, path, stdout_width(), console::colors_enabled()));
}

fn rendered(result: &RunResult, path: &Path, width: Option<u16>, colour: bool) -> String {
    let place = path.join("results.json");
    format!("\n{}\nresults: {}\n", summary(result, cleaned, width, colour), place.display())
}
