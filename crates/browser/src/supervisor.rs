//! The process between precall and Chrome, which outlives precall just long enough to leave nothing behind.
//!
//! Chrome consists of a dozen processes and a profile directory. If precall were killed, no process would be left to
//! clean them up. precall therefore starts itself once more as a supervisor. The supervisor starts Chrome in a process
//! group of its own, becomes the parent of processes that Chrome orphans, and waits for its standard input to end. Only
//! precall holds the other end of that input, so it ends when precall ends for any reason. Then the supervisor ends the
//! process group and removes the directory. If the supervisor itself is killed, Chrome dies with it (`launcher`).
//!
//! Chrome's debugging pipe reaches the supervisor as its standard output. The supervisor passes the pipe on and keeps
//! no copy, so that precall sees the pipe close when Chrome ends.

use std::ffi::OsString;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::stat::{Mode, umask};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::launcher::launcher;
use precall_support::directories::home_directory;
use precall_support::output::eprintln;

/// The hidden subcommand that runs precall as a supervisor.
pub const SUPERVISOR_COMMAND: &str = "__browser-supervisor";

/// How long Chrome has to end by itself.
const GRACE: Duration = Duration::from_secs(2);

/// How often the supervisor checks its input and Chrome.
const INTERVAL: Duration = Duration::from_millis(20);

/// The files and directories within a browser's directory.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Returns the directory of Chrome's profile.
    pub(crate) fn profile(&self) -> PathBuf {
        self.root.join("profile")
    }

    /// Returns the directory for Chrome's temporary files.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// Returns the directory for settings and caches of Chrome and its libraries, which would otherwise be in the
    /// user's home directory.
    pub(crate) fn settings(&self) -> PathBuf {
        self.root.join("settings")
    }

    /// Returns a home directory for Chrome, for users without one that they can write.
    pub(crate) fn home(&self) -> PathBuf {
        self.root.join("home")
    }

    /// Returns the sound file of a microphone that plays speech.
    pub(crate) fn speech(&self) -> PathBuf {
        self.root.join("speech.wav")
    }

    /// Returns the video file of a detailed camera.
    pub(crate) fn video(&self) -> PathBuf {
        self.root.join("camera.y4m")
    }

    /// Returns the file of Chrome's standard error.
    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("chrome.log")
    }
}

/// Runs as the supervisor: `<directory> <program> <argument>…`. Removes the directory at the end.
pub fn run_supervisor(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let (Some(root), Some(program)) = (arguments.next(), arguments.next()) else {
        eprintln(format_args!("{SUPERVISOR_COMMAND} is for precall's own use"));
        return ExitCode::from(2);
    };
    let root = PathBuf::from(root);
    let layout = Layout::new(&root);
    // Ctrl-C in a terminal reaches every process of the foreground process group. The supervisor leaves that group, so
    // that precall can end its cases before its browsers.
    let _ = nix::unistd::setsid();
    // Other users must not read what Chrome writes, wherever it does.
    umask(Mode::from_bits_truncate(0o077));
    adopt_orphans();
    let stop = stop_when_input_ends();
    let code = match start(&layout, program, arguments) {
        Ok(child) => watch(child, &stop),
        Err(error) => {
            eprintln(error);
            ExitCode::FAILURE
        }
    };
    end_descendants();
    remove(&root);
    code
}

fn start(layout: &Layout, program: OsString, arguments: impl Iterator<Item = OsString>) -> std::io::Result<Pid> {
    let (configuration, caches) = (layout.settings().join("config"), layout.settings().join("cache"));
    for directory in [&layout.temporary(), &configuration, &caches] {
        std::fs::create_dir_all(directory)?;
    }
    // The file exists already: precall reads it to the end, even after it has been removed.
    let log = std::fs::File::create(layout.log())?;
    let mut command = launcher(&program, debugging_pipe()?)?;
    if !has_home() {
        // Chrome's crash handler does not start without a home directory. If the user has one, Chrome keeps it, because
        // it contains the certificates that the user trusts.
        std::fs::create_dir_all(layout.home())?;
        command.env("HOME", layout.home());
    }
    let child = command
        .args(arguments)
        .process_group(0)
        .env("TMPDIR", layout.temporary())
        .env("XDG_CONFIG_HOME", configuration)
        .env("XDG_CACHE_HOME", caches)
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()?;
    let id = i32::try_from(child.id()).map_err(std::io::Error::other)?;
    Ok(Pid::from_raw(id))
}

/// Takes the debugging pipe from the standard output, and redirects that to `/dev/null`.
fn debugging_pipe() -> std::io::Result<OwnedFd> {
    #[allow(clippy::disallowed_methods, reason = "nothing is printed there")]
    let pipe = std::io::stdout().as_fd().try_clone_to_owned()?;
    nix::unistd::dup2_stdout(std::fs::File::options().write(true).open("/dev/null")?)?;
    Ok(pipe)
}

/// Returns whether the user has a home directory that can be written.
fn has_home() -> bool {
    home_directory().is_some_and(|home| nix::unistd::access(&home, nix::unistd::AccessFlags::W_OK).is_ok())
}

/// Returns a flag that becomes true when standard input ends.
fn stop_when_input_ends() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    std::thread::spawn(move || {
        let mut buffer = [0; 64];
        let mut input = std::io::stdin();
        while matches!(input.read(&mut buffer), Ok(count) if count > 0) {}
        raised.store(true, Ordering::Release);
    });
    stop
}

/// Waits until Chrome ends or is to be stopped, and then ends its process group.
fn watch(chrome: Pid, stop: &AtomicBool) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    while !stop.load(Ordering::Acquire) {
        if let Some(status) = reap(chrome) {
            code = ExitCode::from(status);
            break;
        }
        std::thread::sleep(INTERVAL);
    }
    let _ = killpg(chrome, Signal::SIGTERM);
    let began = Instant::now();
    while began.elapsed() < GRACE && killpg(chrome, None).is_ok() {
        reap(chrome);
        std::thread::sleep(INTERVAL);
    }
    let _ = killpg(chrome, Signal::SIGKILL);
    reap(chrome);
    code
}

/// Reaps a child that has ended, and returns its exit code.
fn reap(child: Pid) -> Option<u8> {
    match waitpid(child, Some(WaitPidFlag::WNOHANG)) {
        Ok(WaitStatus::Exited(_, code)) => Some(u8::try_from(code).unwrap_or(1)),
        // The convention of shells.
        Ok(WaitStatus::Signaled(_, signal, _)) => Some(u8::try_from(128 + signal as i32).unwrap_or(1)),
        Err(_) => Some(1),
        Ok(_) => None,
    }
}

/// Makes this process the parent of its orphaned descendants.
fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_child_subreaper(true);
}

/// Kills all processes that are left below this one: some of Chrome's helpers leave its process group.
fn end_descendants() {
    let began = Instant::now();
    while began.elapsed() < GRACE {
        let children = children_of(std::process::id());
        if children.is_empty() {
            return;
        }
        for child in children {
            let _ = kill(child, Signal::SIGKILL);
            let _ = waitpid(child, Some(WaitPidFlag::WNOHANG));
        }
        std::thread::sleep(INTERVAL);
    }
}

/// Returns the children of a process, from `/proc`. The list is empty on hosts without `/proc`.
fn children_of(parent: u32) -> Vec<Pid> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .filter(|id| {
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            // The process name in parentheses may contain anything. The state and the parent follow it.
            let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
            after_name.split_whitespace().nth(1).and_then(|field| field.parse().ok()) == Some(parent)
        })
        .map(Pid::from_raw)
        .collect()
}

/// Returns the processes whose command line contains a browser's directory, each with that command line. Works on Linux
/// only.
pub(super) fn processes_of(root: &Path) -> impl Iterator<Item = (i32, String)> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let lines = ids.map(|id| {
        let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        (id, String::from_utf8_lossy(&line).into_owned())
    });
    lines.filter(move |(_, line)| line.contains(&*root.to_string_lossy()))
}

/// Cleans up after a supervisor that was killed: kills the processes whose command line contains the directory, with
/// which their children end, and removes the directory.
pub(super) fn clean_up_after(root: &Path) {
    for (id, _) in processes_of(root) {
        // It may have ended a moment ago.
        let _ = kill(Pid::from_raw(id), Signal::SIGKILL);
    }
    remove(root);
}

fn remove(root: &Path) {
    for _ in 0..20 {
        match std::fs::remove_dir_all(root) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => std::thread::sleep(INTERVAL * 5),
            _ => return,
        }
    }
}
