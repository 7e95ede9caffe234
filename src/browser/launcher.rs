//! The last step before Chrome: a process that becomes it.
//!
//! Nobody would end Chrome if its supervisor were killed, and then precall. So Chrome asks to be killed together with its
//! supervisor, which it has to do itself, between its fork and its start: the supervisor starts precall once more, as a launcher,
//! and that becomes Chrome. precall sees its browser die, and removes the directory.

use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use crate::output::eprintln;

/// The hidden subcommand that makes precall a launcher.
pub const LAUNCHER_COMMAND: &str = "__browser-launcher";

/// The command that becomes a program which dies with this process.
pub(super) fn launcher(program: &OsStr) -> Command {
    if !cfg!(target_os = "linux") {
        return Command::new(program);
    }
    // This very program, even if its file has been replaced meanwhile.
    let mut command = Command::new("/proc/self/exe");
    command.arg(LAUNCHER_COMMAND).arg(std::process::id().to_string()).arg(program);
    command
}

/// Runs as the launcher: `<supervisor's process id> <program> <argument>…`. Comes back only when the program cannot be started.
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
    let error = Command::new(&program).args(arguments).exec();
    eprintln(format_args!("{} cannot be started: {error}", program.display()));
    ExitCode::FAILURE
}
