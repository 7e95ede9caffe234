//! Supervision of a program that must not outlive this one, such as a browser or a server under test.
//!
//! A program may consist of many processes. If precall were killed, no process would be left to end them. precall
//! therefore starts itself once more as a supervisor. The supervisor starts the program in a process group of its own,
//! becomes the parent of processes that the program orphans, and waits for its standard input to end. Only precall
//! holds the other end of that input, so it ends when precall ends for any reason. Then the supervisor ends all of the
//! program's processes.

use std::io::Read;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::output::eprintln;

/// How long the program has to end by itself.
const GRACE: Duration = Duration::from_secs(2);

/// How often the supervisor checks its input and the program.
const INTERVAL: Duration = Duration::from_millis(20);

/// Runs as a supervisor. `start` starts the program in a process group of its own, and returns its process id. Returns
/// once the program has ended, or the standard input; no process of the program is left then. The exit code is the
/// program's own, or success if it was ended.
pub fn supervise(start: impl FnOnce() -> std::io::Result<u32>) -> ExitCode {
    // Ctrl-C in a terminal reaches every process of the foreground process group. The supervisor leaves that group, so
    // that precall can end its cases first.
    let _ = nix::unistd::setsid();
    adopt_orphans();
    let stop = stop_when_input_ends();
    let child = start().and_then(|id| i32::try_from(id).map_err(std::io::Error::other));
    let code = match child {
        Ok(child) => watch(Pid::from_raw(child), &stop),
        Err(error) => {
            eprintln(error);
            ExitCode::FAILURE
        }
    };
    end_descendants();
    code
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

/// Waits until the child ends or is to be stopped, and then ends its process group.
fn watch(child: Pid, stop: &AtomicBool) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    while !stop.load(Ordering::Acquire) {
        if let Some(status) = reap(child) {
            code = ExitCode::from(status);
            break;
        }
        std::thread::sleep(INTERVAL);
    }
    let _ = killpg(child, Signal::SIGTERM);
    let began = Instant::now();
    while began.elapsed() < GRACE && killpg(child, None).is_ok() {
        reap(child);
        std::thread::sleep(INTERVAL);
    }
    let _ = killpg(child, Signal::SIGKILL);
    reap(child);
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

/// Kills all processes that are left below this one: some leave the process group of the child.
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
