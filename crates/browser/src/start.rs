//! Starts Chrome and waits until it answers on its debugging pipe.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit};
use tokio::process::Child;

use super::debugging_pipe::DebuggingPipe;
use super::error::BrowserError;
use super::launch::LaunchOptions;
use super::policy::{self, Restriction};
use super::spawn::{directory, log_file, spawn, unsupervised, unwritable};
use super::start_failure::{FailureMode, StartFailure};
use super::supervisor::{Layout, clean_up_after};

/// How long Chrome has to answer. A cold start on a busy host takes 3 s.
const LIMIT: Duration = Duration::from_secs(30);

/// How long the supervisor has to end after Chrome has closed the pipe: its own grace period and a margin.
const END_LIMIT: Duration = Duration::from_secs(5);

/// The largest part of Chrome's log that is read, in bytes.
const MAX_LOG_BYTES: u64 = 256 * 1024;

/// The name of the browser in errors.
const NAME: &str = "Chrome";

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
    let fail = |reason: String, fix: &str| BrowserError::Launch { browser: NAME, reason, fix: fix.to_owned() };
    if let Some(forbidden) = policy::driving_restrictions(&options.version).first() {
        let fix = "choose another browser with --chrome, or ask who manages this one";
        return Err(fail(format!("a policy prevents it: {forbidden}"), fix));
    }
    let (mut pipe, chromes_end) = DebuggingPipe::new().map_err(|error| {
        fail(format!("no pipe to it can be made: {error}"), "raise the limit of open files (`ulimit -n 4096`)")
    })?;
    let root = directory(NAME)?;
    let layout = Layout::new(&root);
    let written = write(options, &layout).await;
    let log = match written.and_then(|()| log_file(&layout.log())) {
        Ok(log) => log,
        Err(error) => {
            clean_up_after(&root);
            return Err(unwritable(NAME, &root, &error));
        }
    };
    let arguments = options.arguments(&layout);
    let supervisor = spawn(options, &root, arguments, &[], chromes_end);
    let mut supervisor = match supervisor {
        Ok(supervisor) => supervisor,
        Err(error) => {
            clean_up_after(&root);
            return Err(unsupervised(NAME, &error));
        }
    };
    let failure =
        Failure { chrome: options.program.clone(), log, policies: policy::page_restrictions(&options.version) };
    // Waiting for a child process closes its standard input, which would end the supervisor.
    let input = supervisor.stdin.take();
    let answered = until_it_answers(&layout, &mut pipe, &mut supervisor).await;
    supervisor.stdin = input;
    Ok(match answered {
        Ok(()) => Ok(Started { pipe, supervisor, root, failure }),
        Err(mode) => Err((failure, mode)),
    })
}

async fn write(options: &LaunchOptions, layout: &Layout) -> std::io::Result<()> {
    let (devices, layout) = (options.devices, layout.clone());
    tokio::task::spawn_blocking(move || devices.write(&layout)).await.map_err(std::io::Error::other).flatten()
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
