//! The process between precall and Chrome, which outlives precall just long enough to leave nothing behind.
//!
//! Chrome is a dozen processes and a profile directory. Should precall be killed with no chance to clean up, nobody
//! would end them. So precall starts itself once more as a supervisor: it starts Chrome in a process group of its own,
//! becomes the parent of whatever Chrome's processes leave orphaned, and waits for its standard input to end. Only
//! precall holds the other end, so it ends when precall ends, however that comes about. Then the supervisor ends the
//! group and removes the directory. Should the supervisor itself be killed, Chrome dies with it (`launcher`).
//!
//! Chrome's debugging pipe reaches the supervisor as its standard output. It passes the pipe on and keeps none of it, so that
//! precall sees the pipe close when Chrome ends.

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

/// The hidden subcommand that makes precall a supervisor.
pub const SUPERVISOR_COMMAND: &str = "__browser-supervisor";

/// How long Chrome has to end by itself.
const GRACE: Duration = Duration::from_secs(2);

/// How often the supervisor looks.
const INTERVAL: Duration = Duration::from_millis(20);

/// The places inside a browser's directory.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Chrome's profile.
    pub fn profile(&self) -> PathBuf {
        self.root.join("profile")
    }

    /// Chrome's temporary files.
    pub fn temporary(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// What Chrome would otherwise keep in the user's home: settings and caches of its own and of its libraries.
    pub fn settings(&self) -> PathBuf {
        self.root.join("settings")
    }

    /// A home for Chrome where the user has none that it can write.
    pub fn home(&self) -> PathBuf {
        self.root.join("home")
    }

    /// What a microphone hears that hears speech.
    pub fn speech(&self) -> PathBuf {
        self.root.join("speech.wav")
    }

    /// What a detailed camera shows.
    pub fn film(&self) -> PathBuf {
        self.root.join("camera.y4m")
    }

    /// What Chrome says.
    pub fn log(&self) -> PathBuf {
        self.root.join("chrome.log")
    }
}

/// Runs as the supervisor: `<directory> <program> <argument>…`. The directory is removed in the end.
pub fn supervise(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let (Some(root), Some(program)) = (arguments.next(), arguments.next()) else {
        eprintln(format_args!("{SUPERVISOR_COMMAND} is for precall's own use"));
        return ExitCode::from(2);
    };
    let root = PathBuf::from(root);
    let layout = Layout::new(&root);
    // Ctrl-C in a terminal reaches every process of the foreground group. Ours is another: precall ends its cases
    // first, then us.
    let _ = nix::unistd::setsid();
    // Whatever Chrome writes, and wherever, is of no concern to other users.
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
    // It is there already: precall reads it to the end, even when it has no name any more.
    let log = std::fs::File::create(layout.log())?;
    let mut command = launcher(&program, debugging_pipe()?)?;
    if !has_home() {
        // Chrome's crash handler does not start without one. Where there is one it stays: certificates that the user
        // trusts are in it.
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

/// Takes the debugging pipe from the standard output, which is nothing afterwards.
fn debugging_pipe() -> std::io::Result<OwnedFd> {
    #[allow(clippy::disallowed_methods, reason = "nothing is printed there")]
    let pipe = std::io::stdout().as_fd().try_clone_to_owned()?;
    nix::unistd::dup2_stdout(std::fs::File::options().write(true).open("/dev/null")?)?;
    Ok(pipe)
}

/// Whether the user has a home directory that can be written.
fn has_home() -> bool {
    home_directory().is_some_and(|home| nix::unistd::access(&home, nix::unistd::AccessFlags::W_OK).is_ok())
}

/// A flag that is raised when standard input ends.
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

/// Waits until Chrome ends or is to be ended, and ends its group.
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

/// Takes note of a child's end; gives its exit code.
fn reap(child: Pid) -> Option<u8> {
    match waitpid(child, Some(WaitPidFlag::WNOHANG)) {
        Ok(WaitStatus::Exited(_, code)) => Some(u8::try_from(code).unwrap_or(1)),
        // As shells tell it.
        Ok(WaitStatus::Signaled(_, signal, _)) => Some(u8::try_from(128 + signal as i32).unwrap_or(1)),
        Err(_) => Some(1),
        Ok(_) => None,
    }
}

/// Makes this process the parent of its descendants' orphans.
fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_child_subreaper(true);
}

/// Kills whatever is left below this process: some of Chrome's helpers leave its group.
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

/// The processes whose parent is `parent`, from `/proc`; none where there is no `/proc`.
fn children_of(parent: u32) -> Vec<Pid> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .filter(|id| {
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            // The name in parentheses may hold anything; state and parent follow it.
            let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
            after_name.split_whitespace().nth(1).and_then(|field| field.parse().ok()) == Some(parent)
        })
        .map(Pid::from_raw)
        .collect()
}

/// The processes that have a browser's directory on their command lines, with these. Linux only.
pub(super) fn processes_of(root: &Path) -> impl Iterator<Item = (i32, String)> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let lines = ids.map(|id| {
        let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        (id, String::from_utf8_lossy(&line).into_owned())
    });
    lines.filter(move |(_, line)| line.contains(&*root.to_string_lossy()))
}

/// Does what a supervisor that was killed could not: kills the processes that have the directory on their command line, which
/// takes their children along, and removes it.
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
