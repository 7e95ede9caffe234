//! The process between precall and a browser, which outlives precall just long enough to leave nothing behind.
//!
//! Chrome consists of a dozen processes and a profile directory. If precall were killed, no process would be left to
//! clean them up. precall therefore starts itself once more as a supervisor, which ends Chrome when precall ends
//! ([`precall_support::supervision`]), and then removes the directory. If the supervisor itself is killed, Chrome dies
//! with it (`launcher`).
//!
//! Chrome's debugging pipe reaches the supervisor as its standard output. The supervisor passes the pipe on and keeps
//! no copy, so that precall sees the pipe close when Chrome ends.

use std::ffi::OsString;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::stat::{Mode, umask};
use nix::unistd::Pid;

use super::launcher::launcher;
use precall_support::directories::home_directory;
use precall_support::output::eprintln;
use precall_support::supervision::supervise;

/// The hidden subcommand that runs precall as a supervisor.
pub const SUPERVISOR_COMMAND: &str = "__browser-supervisor";

/// How long to wait before a directory is removed again.
const INTERVAL: Duration = Duration::from_millis(100);

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
        self.root.join("browser.log")
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
    // Other users must not read what Chrome writes, wherever it does.
    umask(Mode::from_bits_truncate(0o077));
    let code = supervise(|| start(&layout, program, arguments));
    remove(&root);
    code
}

fn start(layout: &Layout, program: OsString, arguments: impl Iterator<Item = OsString>) -> std::io::Result<u32> {
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
    Ok(child.id())
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
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => std::thread::sleep(INTERVAL),
            _ => return,
        }
    }
}
