//! Files that the user named on the command line, of any kind.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

use nix::errno::Errno;

use super::directory::{Directory, bounded, on_disk};
use super::fault;
use super::kind::refused;

/// Reads a file that the user named: at most `most` bytes of a regular file, or of a pipe (`<(command)`, `/dev/stdin`).
///
/// # Errors
///
/// Returns an error if the file cannot be read, is larger, or is a device or a file of the kernel (`/proc`, `/sys`).
pub fn read_named(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_char_device() || kind.is_block_device() {
        return Err(refused("it is a device"));
    }
    let file = File::open(path)?;
    on_disk(&file)?;
    bounded(file, most)
}

/// Writes a file that the user named. An existing file, also one that a link leads to, is replaced as by
/// [`Directory::replace`]. A pipe, a terminal or another device (`/dev/stdout`, `>(command)`) is written directly.
///
/// # Errors
///
/// Returns an error if the file cannot be written.
pub fn write_named(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let found = fs::metadata(path);
    // `/dev/stdout` can lead to a regular file, which the shell has opened. It must not be replaced.
    let is_descriptor = path.starts_with("/dev") || path.starts_with("/proc");
    if found.as_ref().is_ok_and(|found| is_descriptor || !found.is_file()) {
        return OpenOptions::new().append(true).open(path)?.write_all(bytes);
    }
    let name = path.file_name().ok_or_else(|| refused("a file has a name"))?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let replaced = Directory::open(directory).and_then(|directory| directory.replace(name, bytes));
    match replaced {
        // A file in a directory that cannot be written, or that is a mount point, is written in place.
        Err(error) if is_fixed(&error) && found.is_ok() => write_in_place(path, bytes),
        replaced => replaced,
    }
}

/// Removes `.` and `..` from a path by its text. The result is the same place only if no part of the path is a link.
pub fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

/// Returns whether no other file can be created in the directory, although the existing one can be written.
fn is_fixed(error: &io::Error) -> bool {
    let fixed = [Errno::EACCES, Errno::EPERM, Errno::EROFS, Errno::EBUSY];
    error.raw_os_error().is_some_and(|code| fixed.contains(&Errno::from_raw(code)))
}

fn write_in_place(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fault::step()?;
    let flags = nix::fcntl::OFlag::O_NOFOLLOW.bits();
    let mut file = OpenOptions::new().write(true).truncate(true).custom_flags(flags).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn pipes_are_read_and_written() {
        let base = tempfile::tempdir().expect("a directory");
        let fifo = base.path().join("fifo");
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).expect("made");
        let path = fifo.clone();
        let writer = std::thread::spawn(move || write_named(&path, b"text"));
        assert_eq!(read_named(&fifo, 10).expect("read"), b"text");
        writer.join().expect("no panic").expect("written");
        assert!(fs::symlink_metadata(&fifo).expect("there").file_type().is_fifo(), "it was replaced");
    }

    #[test]
    fn file_behind_a_descriptor_is_written_directly() {
        let base = tempfile::tempdir().expect("a directory");
        let path = base.path().join("out");
        let mut file = OpenOptions::new().create_new(true).read(true).append(true).open(&path).expect("made");
        file.write_all(b"before\n").expect("written");
        let descriptor = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&file));
        write_named(Path::new(&descriptor), b"after\n").expect("written");
        assert_eq!(fs::read_to_string(&path).expect("read"), "before\nafter\n");
        drop(file);
    }

    #[test]
    fn endless_files_are_not_read() {
        assert_eq!(read_named(Path::new("/dev/zero"), 10).expect_err("refused").to_string(), "it is a device");
        let environment = read_named(Path::new("/proc/self/environ"), 1 << 20).expect_err("refused").to_string();
        assert!(environment.contains("/proc"), "{environment}");
    }

    #[test]
    fn file_is_replaced_and_directory_is_refused() {
        let base = tempfile::tempdir().expect("a directory");
        let path = base.path().join("a");
        let mut old = {
            write_named(&path, b"old").expect("written");
            File::open(&path).expect("opened")
        };
        write_named(&path, b"new").expect("written");
        let mut text = String::new();
        old.read_to_string(&mut text).expect("read");
        assert_eq!((text.as_str(), fs::read(&path).expect("read")), ("old", b"new".to_vec()));
        assert!(write_named(base.path(), b"x").is_err());
        assert!(write_named(&base.path().join("no/such"), b"x").is_err());
    }
}
