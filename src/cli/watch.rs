//! `precall run --watch`: runs again when a file changes that the run depends on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::{exit, show};
use super::run::run_once;
use crate::arguments::RunArguments;
use crate::job::{AgainError, ErrorClass, JobError, watched_files};
use crate::process::{FileChanges, stop_on_signal_while};
use precall_results::Exit;
use precall_support::output::eprintln;
use precall_support::text::count;

/// Runs, and runs again after each change, until Ctrl-C. The exit code is that of the last run.
pub(super) async fn watch(arguments: &RunArguments) -> Result<Exit, JobError> {
    let is_running = Arc::new(AtomicBool::new(true));
    let stop = stop_on_signal_while(Arc::clone(&is_running));
    loop {
        let files = watched_files(&arguments.request().cases)?;
        // From before the run on: a change while it goes on counts after it.
        let mut changes = FileChanges::watch(&files).map_err(|error| AgainError::Unwatchable(error.to_string()))?;
        is_running.store(true, Ordering::Release);
        let code = match run_once(arguments, &stop).await {
            Ok(code) => code,
            Err(error) if error.class() == ErrorClass::Interrupted => return Err(error),
            // A scenario that is wrong for a moment is no reason to end.
            Err(error) => {
                show(&error);
                exit(&error)
            }
        };
        is_running.store(false, Ordering::Release);
        if stop.drain.is_cancelled() || files.is_empty() {
            return Ok(code);
        }
        eprintln(format_args!("watching {}; Ctrl-C ends", count(files.len(), "file", "files")));
        tokio::select! {
            changed = changes.next() => {
                let Some(path) = changed else { return Ok(code) };
                eprintln(format_args!("changed: {}", path.display()));
            }
            () = stop.drain.cancelled() => return Ok(code),
        }
    }
}
