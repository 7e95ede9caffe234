//! Why npm failed, from what it printed.

use std::path::PathBuf;
use std::process::Output;

use serde::Deserialize;

use crate::directories::TemporaryError;
use crate::secrets::redact;

/// The most that is told of what npm said, in characters.
const MAX_CHARS: usize = 500;

/// npm did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NpmError {
    /// There is no such program, or it cannot be started.
    #[error("{}: {reason}", program.display())]
    Missing {
        /// The program.
        program: PathBuf,
        /// The error of the system.
        reason: String,
    },
    /// It ended with an error before it was npm that ran: Node.js crashed, or the program is a version manager's that
    /// found no npm.
    #[error("npm fails in {}: {reason}", directory.display())]
    Broken {
        /// Where it ran.
        directory: PathBuf,
        /// What it said.
        reason: String,
    },
    /// npm ended with an error of its own.
    #[error("{reason}")]
    Refused {
        /// npm's code, as `E404`, `ETARGET`, `ECONNREFUSED`.
        code: Option<String>,
        /// What npm said, without credentials.
        reason: String,
    },
    /// It took too long.
    #[error("npm did not end within {seconds} s")]
    Timeout {
        /// The limit, in seconds.
        seconds: u64,
    },
    /// There is no directory for it to run in.
    #[error(transparent)]
    NoDirectory(#[from] TemporaryError),
}

impl NpmError {
    /// Whether npm ended with one of these codes.
    pub fn is(&self, codes: &[&str]) -> bool {
        matches!(self, Self::Refused { code: Some(code), .. } if codes.contains(&code.as_str()))
    }
}

/// What `npm --json` prints when it fails.
#[derive(Deserialize)]
struct Answer {
    error: Told,
}

#[derive(Deserialize)]
struct Told {
    code: Option<String>,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    detail: String,
}

/// Why a run of npm in `directory` failed.
pub(super) fn failure(output: &Output, directory: PathBuf) -> NpmError {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if let Ok(Answer { error: Told { code, summary, detail } }) = serde_json::from_str(&stdout) {
        let told = [&summary, &detail].into_iter().find(|text| !text.trim().is_empty());
        let reason = told.cloned().unwrap_or_else(|| telling_line(&stderr).to_owned());
        return NpmError::Refused { code, reason: presentable(reason.strip_prefix("FetchError: ").unwrap_or(&reason)) };
    }
    let own: Vec<_> = stderr.lines().filter_map(own_line).collect();
    if own.is_empty() {
        let said = if stderr.trim().is_empty() { &stdout } else { &stderr };
        let reason = match telling_line(said) {
            "" => format!("it said nothing ({})", output.status),
            line => presentable(line),
        };
        return NpmError::Broken { directory, reason };
    }
    let code = own.iter().find_map(|line| line.strip_prefix("code ")).map(|code| code.trim().to_owned());
    let told = own.iter().copied().find(says_something).or(own.first().copied()).unwrap_or_default();
    NpmError::Refused { code, reason: presentable(told) }
}

/// Whether npm failed because its cache cannot be written.
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

/// A line of npm's own about an error, without what npm begins it with.
fn own_line(line: &str) -> Option<&str> {
    let line = line.strip_prefix("npm error").or_else(|| line.strip_prefix("npm ERR!"))?.trim();
    // What the error is about comes before some lines again.
    let without = ["404 ", "notarget ", "network "].iter().find_map(|about| line.strip_prefix(about));
    Some(without.unwrap_or(line).trim()).filter(|line| !line.is_empty())
}

/// Whether a line of npm's says more than which kind of error it is, or where in npm it came up.
fn says_something(line: &&str) -> bool {
    let about = ["code ", "syscall ", "errno ", "path ", "dest ", "at ", "cwd ", "argv ", "node v", "npm  v"];
    let of_log = ["A complete log of this run", "Log files were not written", "You can rerun the command"];
    !about.iter().chain(&of_log).any(|beginning| line.starts_with(beginning))
}

/// The line that says most of what something printed that is not npm: the message of an error of JavaScript, else the
/// first line that is no warning and no piece of source code. Empty when there is none.
fn telling_line(said: &str) -> &str {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
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

/// One line of bounded length, without credentials and control characters.
fn presentable(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let line: String = lines.join(" ").chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean = redact(&without_credentials(&line));
    match clean.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean.trim_end_matches('.').to_owned(),
    }
}

/// Takes credentials out of URLs and npm settings.
pub(super) fn without_credentials(text: &str) -> String {
    let mut words = Vec::new();
    for word in text.split(' ') {
        let clean = match word.find("://") {
            Some(scheme) => {
                let (before, rest) = word.split_at(scheme + 3);
                // What stands before the last @ of the host's part.
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
