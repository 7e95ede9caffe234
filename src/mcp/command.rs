//! A command of precall, for a tool.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use precall_results::Exit;

/// The most characters of an output that are returned. What is longer has its beginning and its end.
const MAX_CHARS: usize = 60_000;

/// How long a command may take that starts no browser.
const READ_LIMIT: Duration = Duration::from_secs(120);
/// How long a run may take.
const RUN_LIMIT: Duration = Duration::from_secs(6 * 3600);

/// What a command printed, or why it could not be done.
pub(super) type Answer = Result<String, String>;

/// A command with its arguments.
#[derive(Debug)]
pub(super) struct ToolCommand {
    program: PathBuf,
    arguments: Vec<String>,
    limit: Duration,
}

impl ToolCommand {
    /// Returns a command that reads: `words` are its name and its options.
    pub(super) fn reading(program: PathBuf, words: &[&str]) -> Self {
        let arguments = words.iter().map(|word| (*word).to_owned()).collect();
        Self { program, arguments, limit: READ_LIMIT }
    }

    /// Returns the same command with the time that a run may take.
    pub(super) fn of_run(self) -> Self {
        Self { limit: RUN_LIMIT, ..self }
    }

    /// Adds an option with a value that the other side gave, where it gave one.
    pub(super) fn option(mut self, name: &str, value: Option<&str>) -> Self {
        self.arguments.extend(value.map(|value| format!("{name}={value}")));
        self
    }

    /// Adds values that the other side gave, none of which is taken for an option.
    pub(super) fn values<'a>(mut self, values: impl IntoIterator<Item = &'a str>) -> Self {
        self.arguments.push("--".to_owned());
        self.arguments.extend(values.into_iter().map(str::to_owned));
        self
    }

    /// Runs the command and returns what it printed. An outcome that is no success, such as a failed case, is an answer
    /// as well. The error is what precall said of a request that it could not carry out.
    pub(super) async fn answer(self) -> Answer {
        let mut command = Command::new(self.program);
        command.args(&self.arguments).env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
        // The protocol has standard input and output.
        command.stdin(Stdio::null()).kill_on_drop(true);
        let output = match tokio::time::timeout(self.limit, command.output()).await {
            Ok(output) => output.map_err(|error| format!("precall cannot be started: {error}"))?,
            Err(_) => return Err(format!("precall took longer than {} s", self.limit.as_secs())),
        };
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
        let text = text.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
        let text = shortened(&text);
        match output.status.code() {
            Some(0) => Ok(text),
            Some(code) if code == Exit::Failed as i32 || code == Exit::Infrastructure as i32 => {
                Ok(format!("{text}\n\nexit code {code}"))
            }
            Some(code) => Err(format!("{text}\n\nexit code {code}")),
            None => Err(format!("{text}\n\nprecall was killed")),
        }
    }
}

/// Returns a text without its middle, if it is too long.
fn shortened(text: &str) -> String {
    let count = text.chars().count();
    if count <= MAX_CHARS {
        return text.to_owned();
    }
    let part = |skipped, taken| text.chars().skip(skipped).take(taken).collect::<String>();
    let half = MAX_CHARS / 2;
    format!("{}\n… {} characters are left out …\n{}", part(0, half), count - 2 * half, part(count - half, half))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_is_taken_for_an_option() {
        let command = ToolCommand::reading("precall".into(), &["explain"]).option("--sdk", Some("--x"));
        assert_eq!(
            command.values(["--output=/etc/passwd", "b"]).arguments,
            ["explain", "--sdk=--x", "--", "--output=/etc/passwd", "b"]
        );
    }

    #[test]
    fn long_outputs_keep_their_ends() {
        let text = format!("a{}z", "ö".repeat(MAX_CHARS));
        let short = shortened(&text);
        assert!(short.starts_with("aö") && short.ends_with("öz") && short.contains("2 characters are left out"));
        assert_eq!(shortened("short"), "short");
    }
}
