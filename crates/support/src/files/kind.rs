//! The kinds of directory entries.

use std::io;

use nix::sys::stat::{FileStat, SFlag};

/// The kind of a directory entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A directory, not a link to one.
    Directory,
    /// A symbolic link.
    Link,
    /// A named pipe.
    Fifo,
    /// A socket of the Unix domain.
    Socket,
    /// A character or block device.
    Device,
}

impl EntryKind {
    /// Returns the kind according to the system.
    pub(super) fn of(stat: &FileStat) -> Self {
        // `st_mode` has different types on different systems. The bits outside the mask are the permissions.
        match SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT {
            SFlag::S_IFREG => Self::File,
            SFlag::S_IFDIR => Self::Directory,
            SFlag::S_IFLNK => Self::Link,
            SFlag::S_IFIFO => Self::Fifo,
            SFlag::S_IFSOCK => Self::Socket,
            _ => Self::Device,
        }
    }

    /// Returns the error of an entry of this kind in place of the `wanted` one.
    pub fn refusal(self, name: &str, wanted: &str) -> io::Error {
        let what = match self {
            Self::File => "a regular file",
            Self::Directory => "a directory",
            Self::Link => "a symbolic link",
            Self::Fifo => "a FIFO",
            Self::Socket => "a socket",
            Self::Device => "a device",
        };
        refused(format!("`{name}` is {what}, not {wanted}"))
    }
}

/// Returns an error of precall's own rules for files, as opposed to an error of the system.
pub(super) fn refused(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, reason.into())
}
