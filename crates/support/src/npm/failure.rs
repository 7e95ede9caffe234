//! The reason why npm failed, from its output.

use std::path::PathBuf;
use std::process::Output;

use serde::Deserialize;

use crate::directories::TemporaryError;
use crate::secrets::redact;

/// The longest reason, in characters.
const MAX_CHARS: usize = 500;

/// An error of a call of npm.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NpmError {
    /// There is no such program, or it cannot be started.
    #[error("{}: {reason}", program.display())]
    Missing {
        /// The path or the name of the program.
        program: PathBuf,
        /// The error of the system.
        reason: String,
    },
    /// The program failed before npm itself ran: Node.js crashed, or the program belongs to a version manager that
    /// found no npm.
    #[error("npm fails in {}: {reason}", directory.display())]
    Broken {
        /// The working directory of the program.
        directory: PathBuf,
        /// The reason from its output, without credentials.
        reason: String,
    },
    /// npm ended with an error of its own.
    #[error("{reason}")]
    Refused {
        /// npm's error code, such as `E404`, `ETARGET`, `ECONNREFUSED`; `None` if it printed none.
        code: Option<String>,
        /// The reason from npm's output, without credentials.
        reason: String,
    },
    /// npm did not end in time.
    #[error("npm did not end within {seconds} s")]
    Timeout {
        /// The time limit, in seconds.
        seconds: u64,
    },
    /// There is no directory in which npm could run.
    #[error(transparent)]
    NoDirectory(#[from] TemporaryError),
}

impl NpmError {
    /// Returns whether npm ended with one of these codes.
    pub fn is(&self, codes: &[&str]) -> bool {
        matches!(self, Self::Refused { code: Some(code), .. } if codes.contains(&code.as_str()))
    }
}

/// The output of `npm --json` after a failure.
#[derive(Deserialize)]
struct JsonOutput {
    error: JsonError,
}

#[derive(Deserialize)]
struct JsonError {
    code: Option<String>,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    detail: String,
}

/// Returns the error of a run of npm in `directory`.
pub(super) fn failure(output: &Output, directory: PathBuf) -> NpmError {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if let Ok(JsonOutput { error: JsonError { code, summary, detail } }) = serde_json::from_str(&stdout) {
        let reason_line = [&summary, &detail].into_iter().find(|text| !text.trim().is_empty());
        let reason = reason_line.cloned().unwrap_or_else(|| informative_line(&stderr).to_owned());
        return NpmError::Refused { code, reason: presentable(reason.strip_prefix("FetchError: ").unwrap_or(&reason)) };
    }
    let own: Vec<_> = stderr.lines().filter_map(own_line).collect();
    if own.is_empty() {
        let text = if stderr.trim().is_empty() { &stdout } else { &stderr };
        let reason = match informative_line(text) {
            "" => format!("it printed nothing ({})", output.status),
            line => presentable(line),
        };
        return NpmError::Broken { directory, reason };
    }
    let code = own.iter().find_map(|line| line.strip_prefix("code ")).map(|code| code.trim().to_owned());
    let reason_line = own.iter().copied().find(is_informative).or(own.first().copied()).unwrap_or_default();
    NpmError::Refused { code, reason: presentable(reason_line) }
}

/// Returns whether npm failed because its cache cannot be written.
pub(super) fn is_of_cache(error: &NpmError, output: &Output) -> bool {
    let NpmError::Refused { code, .. } = error else { return false };
    let stderr = String::from_utf8_lossy(&output.stderr);
    let is_of_files = code.as_deref().is_some_and(|code| {
        ["EACCES", "EPERM", "EROFS", "ENOTDIR", "ENOENT", "ENOSPC", "EDQUOT", "EEXIST"].contains(&code)
    });
    is_of_files
        && ["syscall mkdir", "syscall mkdtemp", "_cacache", "cache folder", "Log files were not written"]
            .iter()
            .any(|sign| stderr.contains(sign))
}

/// Returns a line of npm's own about an error, without npm's prefix.
fn own_line(line: &str) -> Option<&str> {
    let line = line.strip_prefix("npm error").or_else(|| line.strip_prefix("npm ERR!"))?.trim();
    // Some lines repeat their subject as a second prefix.
    let without = ["404 ", "notarget ", "network "].iter().find_map(|about| line.strip_prefix(about));
    Some(without.unwrap_or(line).trim()).filter(|line| !line.is_empty())
}

/// Returns whether a line of npm contains more than the kind of error or its place in npm's code.
fn is_informative(line: &&str) -> bool {
    let about = ["code ", "syscall ", "errno ", "path ", "dest ", "at ", "cwd ", "argv ", "node v", "npm  v"];
    let of_log = ["A complete log of this run", "Log files were not written", "You can rerun the command"];
    !about.iter().chain(&of_log).any(|beginning| line.starts_with(beginning))
}

/// Returns the most informative line of output that is not npm's: the message of a JavaScript error, or else the
/// first line that is neither a warning nor source code. Empty if there is none.
fn informative_line(text: &str) -> &str {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_error = |line: &&str| {
        let kind = line.split([':', ' ']).next().unwrap_or_default();
        kind.ends_with("Error") && kind.chars().all(char::is_alphanumeric) && line.contains(": ")
    };
    let is_aside = |line: &&str| {
        let beginnings =
            ["node:", "(node:", "(Use `node", "Warning:", "npm warn", "npm WARN", "npm notice", "throw ", "at ", "^"];
        let of_node = ["Exit prior to config file resolving", "cause", "Node.js v"];
        beginnings.iter().any(|beginning| line.starts_with(beginning) && !line.contains("NODE_OPTIONS"))
            || of_node.iter().any(|beginning| line.starts_with(beginning))
    };
    let plain = || lines().find(|line| !is_aside(line));
    lines().find(is_error).or_else(plain).or_else(|| lines().next()).unwrap_or_default()
}

/// Returns one line of bounded length, without credentials and control characters.
fn presentable(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let line: String = lines.join(" ").chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean = redact(&without_credentials(&line));
    match clean.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean.trim_end_matches('.').to_owned(),
    }
}

/// Removes credentials from URLs and npm settings.
pub(super) fn without_credentials(text: &str) -> String {
    let mut words = Vec::new();
    for word in text.split(' ') {
        let clean = match word.find("://") {
            Some(scheme) => {
                let (before, rest) = word.split_at(scheme + 3);
                // Credentials are before the last @ of the host part.
                let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
                let host = rest[..end].rfind('@').map_or(0, |at| at + 1);
                format!("{before}{}", &rest[host..])
            }
            None if word.contains("_authToken") || word.contains("_auth=") || word.contains("_password") => {
                crate::secrets::REDACTED.to_owned()
            }
            None => word.to_owned(),
        };
        words.push(clean);
    }
    words.join(" ")
}

#[cfg(test)]
#[path = "failure/tests.rs"]
mod tests;
