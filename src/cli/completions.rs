//! `precall completions`.

use crate::completion::{ShellName, registration};
use crate::job::JobError;
use precall_results::Exit;
use precall_support::output::print_data;

pub(super) fn completions(shell: ShellName) -> Result<Exit, JobError> {
    print_data(registration(shell));
    Ok(Exit::Passed)
}
