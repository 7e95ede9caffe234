//! Writes to the two standard streams without panics.

use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::errno::Errno;

use super::fit::for_people;
use crate::text::Printable;

/// Interval between attempts to write to a pipe that is full. Only a pipe that another program has made non-blocking
/// reports this (Node.js does so for its children); all others block.
const RETRY: Duration = Duration::from_millis(2);

/// Whether standard output has been closed. Later output would leave a gap, and is not written.
static STDOUT_IS_GONE: AtomicBool = AtomicBool::new(false);

/// Writes text for people to standard output. It neither controls a terminal nor gives commands to a CI system.
///
/// A reader that has closed the pipe ends the output quietly. Any other failure, such as a full disk, is reported once
/// on standard error. Neither changes the exit code. A command that must write its whole output has a flag for a file,
/// and ends with exit code 4 if that fails.
pub fn print(text: impl Display) {
    write_stdout(&for_people(&text.to_string(), console::colors_enabled()));
}

/// Writes one message with a line end to standard output, as [`print()`]. It stays one message, even with text of
/// others in it: all lines but the first are indented ([`Printable::block`]).
pub fn println(message: impl Display) {
    print(format_args!("{}\n", Printable::block(&message.to_string())));
}

/// Writes text for programs to standard output, unchanged: JSON, a report, commands to a CI system. On a terminal,
/// which people read, it is filtered.
pub fn print_data(text: impl Display) {
    let text = text.to_string();
    write_stdout(&if io::stdout().is_terminal() { for_people(&text, false) } else { text.into() });
}

/// Writes JSON to standard output, as [`print_data`]. Commands to a CI system inside of it are escaped.
pub fn print_json(json: impl Display) {
    print_data(format_args!("{}\n", json.to_string().replace("##", "#\\u0023")));
}

/// Writes text for people to standard error, as [`print()`]. A failure is ignored, since it cannot be reported.
pub fn eprint(text: impl Display) {
    write_stderr(&for_people(&text.to_string(), console::colors_enabled_stderr()));
}

/// Writes one message with a line end to standard error, as [`println()`].
pub fn eprintln(message: impl Display) {
    eprint(format_args!("{}\n", Printable::block(&message.to_string())));
}

/// Writes text for programs to standard error, as [`print_data`] does to standard output.
pub fn eprint_data(text: impl Display) {
    let text = text.to_string();
    write_stderr(&if io::stderr().is_terminal() { for_people(&text, false) } else { text.into() });
}

/// A writer to standard error for libraries, such as the log. It never fails: `tracing` would report a failure with
/// `eprintln!`, which panics.
#[derive(Debug, Clone, Copy)]
pub struct StandardError;

impl io::Write for StandardError {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        eprint(String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_stdout(text: &str) {
    if STDOUT_IS_GONE.load(Ordering::Relaxed) {
        return;
    }
    // The lock separates texts of several threads. The descriptor is written directly, since the buffer behind the lock
    // would keep what could not be written.
    let written = write_all(io::stdout().lock(), text.as_bytes());
    let Err(error) = written else { return };
    STDOUT_IS_GONE.store(true, Ordering::Relaxed);
    // The reader has closed the pipe, or there never was one.
    if !matches!(error, Errno::EPIPE | Errno::EBADF) {
        let error = io::Error::from(error);
        eprintln(format_args!("warning: standard output could not be written: {error}; the rest of it is lost"));
    }
}

fn write_stderr(text: &str) {
    let _ = write_all(io::stderr().lock(), text.as_bytes());
}

fn write_all(to: impl AsFd, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        match nix::unistd::write(&to, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::EINTR) => {}
            Err(Errno::EAGAIN) => std::thread::sleep(RETRY),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use nix::fcntl::OFlag;

    use super::*;

    #[test]
    fn non_blocking_pipe_is_waited_for() {
        let (read, write) = nix::unistd::pipe2(OFlag::O_NONBLOCK).expect("a pipe");
        // The text is larger than the pipe, so the writer must wait for the reader.
        let text = vec![b'x'; 1 << 20];
        let wanted = text.len();
        let writer = std::thread::spawn(move || write_all(write, &text));
        let mut read = std::fs::File::from(read);
        let mut buffer = [0; 4096];
        let mut count = 0;
        while count < wanted {
            match read.read(&mut buffer) {
                Ok(0) => break,
                Ok(some) => count += some,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(RETRY),
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!((writer.join().expect("no panic"), count), (Ok(()), wanted));
    }

    #[test]
    fn failure_is_returned_without_panic() {
        let (read, write) = nix::unistd::pipe2(OFlag::empty()).expect("a pipe");
        drop(read);
        assert_eq!(write_all(write, b"x"), Err(Errno::EPIPE));
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        assert_eq!(write_all(full, b"x"), Err(Errno::ENOSPC));
    }
}
