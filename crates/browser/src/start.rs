//! Starts Chrome and waits until it answers on its debugging pipe.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit};
use tokio::process::{Child, Command};

use super::debugging_pipe::DebuggingPipe;
use super::error::BrowserError;
use super::launch::LaunchOptions;
use super::policy::{self, Restriction};
use super::start_failure::{FailureMode, StartFailure};
use super::supervisor::{Layout, SUPERVISOR_COMMAND, clean_up_after};
use precall_support::directories::{TEMPORARY_FIX, private_directory, private_directory_in};
use precall_support::secrets::remove_own_variables;

/// How long Chrome has to answer. A cold start on a busy host takes 3 s.
const LIMIT: Duration = Duration::from_secs(30);

/// How long the supervisor has to end after Chrome has closed the pipe: its own grace period and a margin.
const END_LIMIT: Duration = Duration::from_secs(5);

/// The largest part of Chrome's log that is read, in bytes.
const MAX_LOG_BYTES: u64 = 256 * 1024;

/// The longest path of a temporary directory in which Chrome can create its sockets. A socket's path may have 107
/// bytes, and `precall-browser-XXXXXX/tmp` and `org.chromium.Chromium.XXXXXX/SingletonSocket` are part of it.
const MAX_BASE_BYTES: usize = 107 - 27 - 46;

/// A Chrome that has started.
pub(super) struct Started {
    /// The pipe to Chrome's DevTools.
    pub pipe: DebuggingPipe,
    pub supervisor: Child,
    /// The directory with all files of this Chrome.
    pub root: PathBuf,
    /// The information to explain a later failure to answer.
    pub failure: Failure,
}

/// The information that explains why a start failed.
pub(super) struct Failure {
    chrome: PathBuf,
    log: File,
    policies: Vec<Restriction>,
}

/// Starts Chrome and its supervisor. A Chrome that crashes during its start is started once more, so that a rare crash
/// does not end a run of hours.
pub(super) async fn start(options: &LaunchOptions) -> Result<Started, BrowserError> {
    match start_once(options).await? {
        Ok(started) => Ok(started),
        Err((failure, mode)) if mode.is_crash() => {
            tracing::warn!("{}; it is started once more", failure.explain(mode));
            start_once(options).await?.map_err(|(failure, mode)| failure.explain(mode))
        }
        Err((failure, mode)) => Err(failure.explain(mode)),
    }
}

async fn start_once(options: &LaunchOptions) -> Result<Result<Started, (Failure, FailureMode)>, BrowserError> {
    let fail = |reason: String, fix: &str| BrowserError::Launch { reason, fix: fix.to_owned() };
    if let Some(forbidden) = policy::driving_restrictions(&options.version).first() {
        let fix = "choose another browser with --chrome, or ask who manages this one";
        return Err(fail(format!("a policy prevents it: {forbidden}"), fix));
    }
    let (mut pipe, chromes_end) = DebuggingPipe::new().map_err(|error| {
        fail(format!("no pipe to it can be made: {error}"), "raise the limit of open files (`ulimit -n 4096`)")
    })?;
    let root = directory()?;
    let layout = Layout::new(&root);
    let written = write(options, &layout).await;
    let log = match written.and_then(|()| log_file(&layout.log())) {
        Ok(log) => log,
        Err(error) => {
            clean_up_after(&root);
            let reason = format!("its files cannot be written below {}: {error}", root.display());
            return Err(fail(reason, "make room there, or set TMPDIR to another directory"));
        }
    };
    let program = match options.supervisor.clone() {
        Some(program) => Ok(program),
        None => std::env::current_exe(),
    };
    let supervisor = program.and_then(|program| {
        let mut command = Command::new(program);
        remove_own_variables(command.as_std_mut());
        command
            .arg(SUPERVISOR_COMMAND)
            .arg(&root)
            .arg(&options.chrome)
            .args(options.arguments(&layout))
            .stdin(Stdio::piped())
            .stdout(Stdio::from(OwnedFd::from(chromes_end)))
            .stderr(Stdio::inherit())
            .spawn()
    });
    let mut supervisor = match supervisor {
        Ok(supervisor) => supervisor,
        Err(error) => {
            clean_up_after(&root);
            let reason = format!("precall cannot start itself once more to supervise it: {error}");
            return Err(fail(
                reason,
                "check that precall's program is still there, and the limits of this shell (`ulimit -a`)",
            ));
        }
    };
    let failure =
        Failure { chrome: options.chrome.clone(), log, policies: policy::page_restrictions(&options.version) };
    // Waiting for a child process closes its standard input, which would end the supervisor.
    let input = supervisor.stdin.take();
    let answered = until_it_answers(&layout, &mut pipe, &mut supervisor).await;
    supervisor.stdin = input;
    Ok(match answered {
        Ok(()) => Ok(Started { pipe, supervisor, root, failure }),
        Err(mode) => Err((failure, mode)),
    })
}

/// Creates the directory for all files of this Chrome. The supervisor removes it, even if precall is killed.
fn directory() -> Result<PathBuf, BrowserError> {
    let base = std::env::temp_dir();
    let prefix = "precall-browser-";
    let made = if base.as_os_str().len() <= MAX_BASE_BYTES {
        private_directory(prefix)
    } else {
        // The path of Chrome's sockets would be too long.
        private_directory_in(Path::new("/tmp"), prefix).or_else(|_| private_directory(prefix))
    };
    made.map(tempfile::TempDir::keep)
        .map_err(|error| BrowserError::Launch { reason: error.to_string(), fix: TEMPORARY_FIX.to_owned() })
}

async fn write(options: &LaunchOptions, layout: &Layout) -> std::io::Result<()> {
    let (devices, layout) = (options.devices, layout.clone());
    tokio::task::spawn_blocking(move || devices.write(&layout)).await.map_err(std::io::Error::other).flatten()
}

/// Opens the file for Chrome's standard error. precall keeps it open, because the supervisor removes the directory when
/// Chrome ends.
fn log_file(path: &Path) -> std::io::Result<File> {
    File::options().create(true).truncate(false).read(true).write(true).mode(0o600).open(path)
}

/// Waits until Chrome answers.
async fn until_it_answers(
    layout: &Layout,
    pipe: &mut DebuggingPipe,
    supervisor: &mut Child,
) -> Result<(), FailureMode> {
    // The supervisor ends with Chrome's exit code.
    let ended =
        |status: std::io::Result<ExitStatus>| FailureMode::Exit(status.ok().and_then(|s| s.code()).unwrap_or(-1));
    let answer = tokio::select! {
        answer = pipe.probe() => answer,
        status = supervisor.wait() => return Err(ended(status)),
        () = tokio::time::sleep(LIMIT) => return Err(FailureMode::NoAnswer { seconds: LIMIT.as_secs() }),
    };
    match answer {
        // Chrome creates its profile before its first answer.
        Ok(()) if layout.profile().exists() => Ok(()),
        Ok(()) => Err(FailureMode::OtherProfile),
        Err(reason) => match tokio::time::timeout(END_LIMIT, supervisor.wait()).await {
            Ok(status) => Err(ended(status)),
            Err(_) => Err(FailureMode::StoppedAnswering { reason }),
        },
    }
}

impl Failure {
    /// Returns the error for a Chrome that started but does not answer on its DevTools connection.
    pub(crate) fn without_answer(&self, reason: &str) -> BrowserError {
        self.explain(FailureMode::StoppedAnswering { reason: reason.to_owned() })
    }

    fn explain(&self, mode: FailureMode) -> BrowserError {
        let open_files = getrlimit(Resource::RLIMIT_NOFILE).ok().map(|(soft, _)| soft);
        StartFailure { chrome: &self.chrome, mode, log: &self.log_text(), open_files, policies: &self.policies }
            .explain()
    }

    /// Returns what Chrome has printed so far.
    fn log_text(&self) -> String {
        let mut bytes = Vec::new();
        let mut log = &self.log;
        // If the log cannot be read, the error does without it.
        let _ = log.seek(SeekFrom::Start(0)).and_then(|_| log.take(MAX_LOG_BYTES).read_to_end(&mut bytes));
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
