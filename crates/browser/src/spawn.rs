//! Starts a browser below a supervisor, in a directory of its own.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::{Child, Command};

use super::error::BrowserError;
use super::launch::LaunchOptions;
use super::supervisor::SUPERVISOR_COMMAND;
use precall_support::directories::{TEMPORARY_FIX, private_directory, private_directory_in};
use precall_support::secrets::remove_own_variables;

/// The longest path of a temporary directory in which Chrome can create its sockets. A socket's path may have 107
/// bytes, and `precall-browser-XXXXXX/tmp` and `org.chromium.Chromium.XXXXXX/SingletonSocket` are part of it.
const MAX_BASE_BYTES: usize = 107 - 27 - 46;

/// Starts the supervisor, which starts the browser with these arguments and these variables in its environment, and
/// hands it `pipe`.
pub(super) fn spawn(
    options: &LaunchOptions,
    root: &Path,
    arguments: Vec<String>,
    environment: &[(&str, PathBuf)],
    pipe: UnixStream,
) -> std::io::Result<Child> {
    let program = match options.supervisor.clone() {
        Some(program) => program,
        None => std::env::current_exe()?,
    };
    let mut command = Command::new(program);
    remove_own_variables(command.as_std_mut());
    command
        .arg(SUPERVISOR_COMMAND)
        .arg(root)
        .arg(&options.program)
        .args(arguments)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::piped())
        .stdout(Stdio::from(OwnedFd::from(pipe)))
        .stderr(Stdio::inherit())
        .spawn()
}

/// Returns the error for a supervisor that could not be started.
pub(super) fn unsupervised(browser: &'static str, error: &std::io::Error) -> BrowserError {
    let reason = format!("precall cannot start itself once more to supervise it: {error}");
    let fix = "check that precall's program is still there, and the limits of this shell (`ulimit -a`)".to_owned();
    BrowserError::Launch { browser, reason, fix }
}

/// Returns the error for a browser whose files could not be written.
pub(super) fn unwritable(browser: &'static str, root: &Path, error: &std::io::Error) -> BrowserError {
    let reason = format!("its files cannot be written below {}: {error}", root.display());
    BrowserError::Launch { browser, reason, fix: "make room there, or set TMPDIR to another directory".to_owned() }
}

/// Creates the directory for all files of a browser. The supervisor removes it, even if precall is killed.
pub(super) fn directory(browser: &'static str) -> Result<PathBuf, BrowserError> {
    let base = std::env::temp_dir();
    let prefix = "precall-browser-";
    let made = if base.as_os_str().len() <= MAX_BASE_BYTES {
        private_directory(prefix)
    } else {
        // The path of Chrome's sockets would be too long.
        private_directory_in(Path::new("/tmp"), prefix).or_else(|_| private_directory(prefix))
    };
    made.map(tempfile::TempDir::keep).map_err(|error| BrowserError::Launch {
        browser,
        reason: error.to_string(),
        fix: TEMPORARY_FIX.to_owned(),
    })
}

/// Opens the file for a browser's standard error. precall keeps it open, because the supervisor removes the directory
/// when the browser ends.
pub(super) fn log_file(path: &Path) -> std::io::Result<File> {
    File::options().create(true).truncate(false).read(true).write(true).mode(0o600).open(path)
}
