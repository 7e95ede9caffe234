//! The last step before Chrome: a process that becomes it.
//!
//! Nobody would end Chrome if its supervisor were killed, and then precall. So Chrome asks to be killed together with its
//! supervisor, which it has to do itself, between its fork and its start: the supervisor starts precall once more, as a launcher,
//! and that becomes Chrome. precall sees its browser die, and removes the directory.
//!
//! It also hands Chrome its debugging pipe. What a process of Rust opens, its children do not inherit, so the pipe comes as the
//! standard input, which they do, and becomes the two descriptors by which Chrome knows it.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};

use command_fds::{CommandFdExt, FdMapping};

use precall_support::output::eprintln;

/// The hidden subcommand that makes precall a launcher.
pub const LAUNCHER_COMMAND: &str = "__browser-launcher";

/// Where Chrome reads commands from, and where it writes what it has to say.
const PIPE_DESCRIPTORS: [i32; 2] = [3, 4];

/// The command that becomes a program which has this pipe and dies with this process.
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

/// Runs as the launcher: `<supervisor's process id> <program> <argument>…`, with the pipe as its standard input. Comes back only
/// when the program cannot be started.
pub fn launch(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let (Some(supervisor), Some(program)) = (arguments.next(), arguments.next()) else {
        eprintln(format_args!("{LAUNCHER_COMMAND} is for precall's own use"));
        return ExitCode::from(2);
    };
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL);
    // It may have died before it was asked.
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
