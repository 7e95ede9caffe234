//! What a directory entry is.

use std::io;

use nix::sys::stat::{FileStat, SFlag};

/// The kinds of directory entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A pipe with a name.
    Fifo,
    /// A socket.
    Socket,
    /// A character or block device.
    Device,
}

impl Kind {
    /// The kind that the system states.
    pub(super) fn of(stat: &FileStat) -> Self {
        // The type fits the constants on every system; the bits beside the mask are the permissions.
        match SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT {
            SFlag::S_IFREG => Self::File,
            SFlag::S_IFDIR => Self::Directory,
            SFlag::S_IFLNK => Self::Link,
            SFlag::S_IFIFO => Self::Fifo,
            SFlag::S_IFSOCK => Self::Socket,
            _ => Self::Device,
        }
    }

    /// The error that an entry called `name` is of this kind, where `wanted` was expected.
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

/// An error of precall's own rules for files, as opposed to one of the system.
pub(super) fn refused(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, reason.into())
}
