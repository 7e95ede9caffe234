//! `precall new`.

use std::path::Path;

use crate::arguments::NewArguments;
use crate::job::{JobError, new_scenario};
use crate::show::shell_word;
use precall_results::Exit;
use precall_support::output::println;

pub(super) fn new(arguments: &NewArguments) -> Result<Exit, JobError> {
    let (kind, file) = arguments.scenario();
    new_scenario(kind, &file, arguments.force)?;
    println(format_args!("scenario: {}", file.display()));
    print_next(&["check", "run"], &file, "");
    Ok(Exit::Passed)
}

/// Prints the commands that a person runs next.
pub(super) fn print_next(commands: &[&str], file: &Path, flags: &str) {
    for (at, command) in commands.iter().enumerate() {
        let begin = if at == 0 { "next:" } else { "" };
        let flags = if at + 1 == commands.len() { flags } else { "" };
        println(format_args!("{begin:<6}precall {command} {}{flags}", shell_word(file)));
    }
}
