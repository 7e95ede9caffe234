//! The process between precall and the server of an application under test. It ends the server when precall ends.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};

use precall_support::output::eprintln;
use precall_support::supervision::supervise;

/// Runs as the supervisor of a server: `<shell command>`.
pub fn run_server_supervisor(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let Some(command) = arguments.next() else {
        eprintln("this command is for precall's own use");
        return ExitCode::from(2);
    };
    supervise(|| {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(command).stdin(Stdio::null()).process_group(0);
        shell.spawn().map(|child| child.id())
    })
}
