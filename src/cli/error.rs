//! Errors of jobs on the command line: their text and their exit code.

use crate::job::{ErrorClass, JobError};
use crate::show::error_text;
use precall_results::Exit;
use precall_support::output::eprint;

/// Prints an error on standard error.
pub(super) fn show(error: &JobError) {
    eprint(error_text(error));
}

/// The exit code of an error.
pub(super) fn exit(error: &JobError) -> Exit {
    match error.class() {
        ErrorClass::Usage => Exit::Usage,
        ErrorClass::Scenario => Exit::Scenario,
        ErrorClass::Infrastructure => Exit::Infrastructure,
        ErrorClass::Interrupted => Exit::Interrupted,
    }
}
