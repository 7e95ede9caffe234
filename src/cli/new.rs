//! `precall new`.

use std::path::Path;

use crate::arguments::NewArguments;
use crate::job::{JobError, new_scenario};
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

/// A path as a word of a shell.
fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || "/._-+,=@%".contains(c));
    if is_plain && !text.is_empty() { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_can_be_pasted_into_a_shell() {
        assert_eq!(shell_word(Path::new("a/b-1.toml")), "a/b-1.toml");
        assert_eq!(shell_word(Path::new("my file.toml")), "'my file.toml'");
        assert_eq!(shell_word(Path::new("it's.toml")), "'it'\\''s.toml'");
    }
}
