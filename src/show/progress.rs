//! The progress of a job on standard error: events in a display, notices as lines.

use super::error::error_text;
use crate::job::{ConsumerError, Emitted, EventConsumer, Notice, PreparedRun};
use precall_report::terminal::{ExpectedDurations, Progress, Verbosity};
use precall_support::output::{eprint, eprintln};
use precall_support::text::count;

/// Shows the events of a run.
struct Display(Progress);

impl EventConsumer for Display {
    fn name(&self) -> &str {
        "the progress display"
    }

    fn take(&mut self, emitted: &Emitted) -> Result<(), ConsumerError> {
        self.0.show(&emitted.event);
        Ok(())
    }
}

/// Returns a display of a run that is about to begin.
pub fn display(run: &PreparedRun, is_quiet: bool) -> Box<dyn EventConsumer> {
    let durations = run.remaining().iter().map(|case| (case.id.clone(), run.plan().durations.of(case)));
    let expected = ExpectedDurations { wall_clock: run.estimate().wall_clock, cases: durations.collect() };
    Box::new(Display(Progress::new(Verbosity::choose(is_quiet), expected, run.finished())))
}

/// Prints a notice. With `is_quiet`, builds and accounts are left out.
pub fn print_notice(notice: Notice, is_quiet: bool) {
    match notice {
        Notice::Build { .. } | Notice::Account { .. } if is_quiet => {}
        Notice::Build { what, version, source } => eprintln(format_args!("{what} {version} ({source})")),
        Notice::Account { api_url, api_key, source } => {
            eprintln(format_args!("platform {api_url} as {api_key} (from {source})"));
        }
        Notice::Resumed { run, finished, cases } => {
            let all = count(cases, "case", "cases");
            eprintln(format_args!("{}: {finished} of {all} ended before", run.display()));
        }
        Notice::Warning(warning) => eprintln(format_args!("warning: {warning}")),
        Notice::EndRuns(release) => eprintln(format_args!("{release}: runs")),
        Notice::ReleaseRuns { release, left } => eprintln(format_args!("{release}: the next of at most {left} more")),
        Notice::ReleasePlaced { release, found } => eprintln(format_args!("{release}: {}", found.describe())),
        Notice::ReleaseSkipped(error) => eprint(error_text(&error)),
        Notice::RunInterrupted(path) => eprintln(format_args!("interrupted; what ran is in {}", path.display())),
        Notice::RunsKept(path) => eprintln(format_args!("runs: {}", path.display())),
    }
}
