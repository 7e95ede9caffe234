//! Explains why Chrome did not start: finds the line of its log that names the cause, and what to do about it.

use std::path::Path;

use nix::sys::signal::Signal;

use super::error::BrowserError;
use super::policy::Restriction;
use super::sandbox;

/// The longest part of Chrome's log that is quoted, in characters.
const MAX_CHARS: usize = 300;

/// Chrome needs at least this many open files.
const FEW_FILES: u64 = 512;

/// How a start of Chrome failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FailureMode {
    /// Chrome ended with this exit code, which is 128 plus the number of the signal if a signal ended it.
    Exit(i32),
    /// Chrome runs but did not answer on its debugging pipe.
    NoAnswer {
        /// The time limit in seconds.
        seconds: u64,
    },
    /// Chrome began to answer and then stopped.
    StoppedAnswering {
        /// The reason why it stopped.
        reason: String,
    },
    /// Chrome answers, but has no profile at the requested path.
    OtherProfile,
}

impl FailureMode {
    /// Returns whether a fault of the program itself ended it.
    pub(crate) fn is_crash(&self) -> bool {
        const FAULTS: [Signal; 3] = [Signal::SIGSEGV, Signal::SIGBUS, Signal::SIGILL];
        matches!(self, Self::Exit(code) if FAULTS.iter().any(|signal| *code == 128 + *signal as i32))
    }
}

/// The facts about a Chrome that did not start.
#[derive(Debug)]
pub(super) struct StartFailure<'a> {
    /// The path of its program.
    pub chrome: &'a Path,
    pub mode: FailureMode,
    /// Chrome's whole log.
    pub log: &'a str,
    /// How many files a process may open. `None` if unknown.
    pub open_files: Option<u64>,
    /// The policies that restrict this Chrome.
    pub policies: &'a [Restriction],
}

/// A cause that Chrome's log names.
struct Cause {
    /// Texts that identify the cause. The first line with any of them is quoted.
    signs: &'static [&'static str],
    fix: fn(&StartFailure<'_>, line: &str) -> String,
}

/// The known causes, the most specific first.
const CAUSES: [Cause; 9] = [
    Cause {
        signs: &["error while loading shared libraries", "symbol lookup error", "' not found (required by"],
        fix: library,
    },
    Cause {
        signs: &[
            "No usable sandbox",
            "SUID sandbox helper",
            "setuid sandbox",
            "without --no-sandbox",
            "Failed to move to new namespace",
            "credentials.cc",
            "zygote_host_impl_linux",
        ],
        fix: |_, _| sandbox::advice(),
    },
    Cause { signs: &["existing browser session"], fix: |failure, _| other_profile(failure.chrome) },
    Cause {
        signs: &["Remote debugging pipe file descriptors are not open"],
        fix: |failure, _| {
            format!(
                "{} does not get its debugging pipe: if it is a wrapper, let it keep the file descriptors 3 and 4 open, or name \
                 the browser itself with --chrome",
                failure.chrome.display()
            )
        },
    },
    Cause { signs: &["Socket path too long"], fix: |_, _| "set TMPDIR to a directory with a shorter path".to_owned() },
    Cause {
        signs: &["No space left on device"],
        fix: |_, _| "make room in the directory for temporary files, or set TMPDIR to another".to_owned(),
    },
    Cause {
        signs: &["Missing X server", "cannot open display", "unable to open X display"],
        fix: |failure, _| {
            format!(
                "{} does not heed --headless=new: if it is a wrapper, let it pass its arguments on, or name the browser itself",
                failure.chrome.display()
            )
        },
    },
    Cause {
        signs: &[
            "cannot be started: ",
            "cannot execute",
            "Exec format error",
            "not found",
            "No such file or directory\n",
        ],
        fix: |failure, _| {
            format!(
                "check that {} is a browser for this machine, or name another with --chrome",
                failure.chrome.display()
            )
        },
    },
    Cause {
        signs: &["--database is required"],
        fix: |_, _| "set HOME to a directory that exists and that you may write".to_owned(),
    },
];

impl StartFailure<'_> {
    /// Returns the error with its reason and its fix.
    pub(crate) fn explain(&self) -> BrowserError {
        let (line, fix) = self.cause();
        let how = match &self.mode {
            FailureMode::Exit(code) => format!("it ended at once ({})", exit_code(*code)),
            FailureMode::StoppedAnswering { reason } => reason.clone(),
            FailureMode::NoAnswer { seconds } => format!("it did not answer on its debugging pipe within {seconds} s"),
            FailureMode::OtherProfile => "it answers, but its profile is not where precall put it".to_owned(),
        };
        let log = line.map(|line| format!("; it printed: {}", shown(line))).unwrap_or_default();
        BrowserError::Launch {
            browser: "Chrome",
            reason: format!("{how}{log}"),
            fix: fix.unwrap_or_else(|| self.general_advice()),
        }
    }

    /// Explains in one sentence why Chrome cannot even print its version.
    pub(crate) fn of_version(&self) -> String {
        let (line, fix) = self.cause();
        let how = match &self.mode {
            FailureMode::Exit(code) => format!("`--version` fails ({})", exit_code(*code)),
            _ => "`--version` does not end".to_owned(),
        };
        let log = line.map(|line| format!("; it printed: {}", shown(line))).unwrap_or_default();
        let fix = fix.map(|fix| format!("; {fix}")).unwrap_or_default();
        format!("{how}{log}{fix}")
    }

    /// Returns the line that names the cause, and what to do if the cause is a known one.
    fn cause(&self) -> (Option<&str>, Option<String>) {
        if self.mode == FailureMode::OtherProfile {
            return (None, Some(other_profile(self.chrome)));
        }
        for Cause { signs, fix } in &CAUSES {
            let line = self.log.lines().find(|line| !is_noise(line) && signs.iter().any(|sign| line.contains(sign)));
            if let Some(line) = line {
                return (Some(line), Some(fix(self, line)));
            }
        }
        (informative_line(self.log), None)
    }

    /// Returns what to do if Chrome's log names no cause.
    fn general_advice(&self) -> String {
        if let Some(policy) = self.policies.first() {
            return format!(
                "a policy may prevent it: {policy}; choose another browser with --chrome, or ask the administrator of this one"
            );
        }
        if let Some(count) = self.open_files.filter(|count| *count < FEW_FILES) {
            return format!("this shell may open only {count} files: raise the limit (`ulimit -n 4096`)");
        }
        if self.mode == FailureMode::Exit(128 + Signal::SIGKILL as i32) {
            return "something killed it; check that the host has enough memory".to_owned();
        }
        format!(
            "run `{} --headless=new{} --dump-dom about:blank` to see whether it starts without precall",
            self.chrome.display(),
            if sandbox::is_off() { " --no-sandbox" } else { "" }
        )
    }
}

fn library(failure: &StartFailure<'_>, line: &str) -> String {
    let missing = line.split_whitespace().map(|word| word.trim_end_matches(':')).find(|word| word.contains(".so"));
    format!(
        "install the package that has {} (Debian's package chromium brings all that Chrome needs; `ldd {} | grep 'not found'` lists what \
         is missing)",
        missing.unwrap_or("it"),
        failure.chrome.display()
    )
}

fn other_profile(chrome: &Path) -> String {
    format!(
        "{} may be a snap, a Flatpak, or a wrapper that sets --user-data-dir itself; name a browser that accepts precall's profile, \
         with --chrome, or run `precall browser install`",
        chrome.display()
    )
}

/// Describes an exit code, with the signal that it stands for.
fn exit_code(code: i32) -> String {
    let signal = Signal::try_from(code - 128).ok().filter(|_| code > 128);
    signal.map_or_else(|| format!("exit code {code}"), |signal| format!("exit code {code}, {signal}"))
}

/// Returns the most informative line of a log without a known cause: the first fatal one, or else the last error, or
/// else the last line.
fn informative_line(log: &str) -> Option<&str> {
    let lines = || log.lines().map(str::trim).filter(|line| !is_noise(line));
    let fatal = lines().find(|line| line.contains(":FATAL:"));
    fatal
        .or_else(|| lines().rfind(|line| line.contains(":ERROR:") || line.contains("rror: ")))
        .or_else(|| lines().next_back())
}

/// Returns whether a line is of no help, because healthy starts have it too or because it belongs to a stack trace.
fn is_noise(line: &str) -> bool {
    const BEGINNINGS: [&str; 7] =
        ["#", "Try '", "[end of stack trace]", "Received signal", "DevTools listening", "Fontconfig", "at "];
    const PARTS: [&str; 7] =
        ["/dbus/", "dbus/bus.cc", "scaling_cur_freq", "scaling_max_freq", "unexpected operator", ":WARNING:", ":INFO:"];
    let line = line.trim();
    // Registers: `  r8: 0000000000000000  r9: 00007ffc`.
    let is_register = line.split_once(": ").is_some_and(|(name, rest)| {
        name.len() <= 3
            && rest
                .split_whitespace()
                .next()
                .is_some_and(|value| value.len() >= 8 && value.chars().all(|c| c.is_ascii_hexdigit()))
    });
    line.is_empty()
        || is_register
        || BEGINNINGS.iter().any(|beginning| line.starts_with(beginning))
        || PARTS.iter().any(|part| line.contains(part))
}

/// Returns a line without the prefix of Chrome's log (`[12:34:1128/203519.88:ERROR:file.cc:12] `), and with a bounded
/// length.
fn shown(line: &str) -> String {
    let line = line.trim();
    let message = match line.split_once("] ") {
        Some((before, message)) if before.starts_with('[') && before.contains(".cc") => message,
        _ => line,
    };
    let message: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match message.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.trim_end_matches('.').to_owned(),
    }
}

#[cfg(test)]
#[path = "start_failure/tests.rs"]
mod tests;
