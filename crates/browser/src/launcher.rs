//! The last step before Chrome: a process that becomes it.
//!
//! If its supervisor and then precall were killed, no process would be left to end Chrome. Chrome therefore has to be
//! killed together with its supervisor. A process can only request this for itself, between its fork and its start. So
//! the supervisor starts precall once more as a launcher, which makes the request and then becomes Chrome. precall
//! notices that its browser is gone, and removes the directory.
//!
//! The launcher also hands Chrome its debugging pipe. The children of a Rust process do not inherit the files that it
//! opens. They do inherit the standard input, so the pipe arrives as such, and the launcher turns it into the two
//! descriptors that Chrome expects.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};

use command_fds::{CommandFdExt, FdMapping};

use precall_support::output::eprintln;

/// The hidden subcommand that runs precall as a launcher.
pub const LAUNCHER_COMMAND: &str = "__browser-launcher";

/// The descriptors from which Chrome reads commands, and to which it writes answers and events.
const PIPE_DESCRIPTORS: [i32; 2] = [3, 4];

/// Returns the command for a program that gets this pipe and is killed together with this process.
pub(super) fn launcher(program: &OsStr, pipe: OwnedFd) -> io::Result<Command> {
    if !cfg!(target_os = "linux") {
        let mut command = Command::new(program);
        hand_over(&mut command, pipe)?;
        return Ok(command);
    }
    // This very program, even if its file has been replaced meanwhile.
    let mut command = Command::new("/proc/self/exe");
    command.arg(LAUNCHER_COMMAND).arg(std::process::id().to_string()).arg(program).stdin(Stdio::from(pipe));
    Ok(command)
}

/// Gives a program both descriptors of the debugging pipe.
fn hand_over(command: &mut Command, pipe: OwnedFd) -> io::Result<()> {
    let [read, write] = PIPE_DESCRIPTORS;
    let mappings = vec![
        FdMapping { parent_fd: pipe.try_clone()?, child_fd: read },
        FdMapping { parent_fd: pipe, child_fd: write },
    ];
    command.stdin(Stdio::null()).fd_mappings(mappings).map_err(io::Error::other).map(drop)
}

/// Runs as the launcher: `<supervisor's process id> <program> <argument>…`, with the pipe as the standard input.
/// Returns only if the program cannot be started.
pub fn run_launcher(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let (Some(supervisor), Some(program)) = (arguments.next(), arguments.next()) else {
        eprintln(format_args!("{LAUNCHER_COMMAND} is for precall's own use"));
        return ExitCode::from(2);
    };
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL);
    // The supervisor may have died before the request above.
    if std::os::unix::process::parent_id().to_string().as_str() != supervisor {
        return ExitCode::FAILURE;
    }
    let mut command = Command::new(&program);
    command.args(arguments);
    let pipe = io::stdin().as_fd().try_clone_to_owned();
    let error = match pipe.and_then(|pipe| hand_over(&mut command, pipe)) {
        Ok(()) => command.exec(),
        Err(error) => error,
    };
    eprintln(format_args!("{} cannot be started: {error}", program.display()));
    ExitCode::FAILURE
}
