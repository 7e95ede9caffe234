//! A directory, and the files that are opened below it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::{Mode, fstatat, mkdirat};

use super::fault;
use super::kind::{EntryKind, refused};

/// The flags to open each part of a path: a link is an error, and a FIFO without a writer does not block.
const FLAGS: OFlag = OFlag::O_NOFOLLOW.union(OFlag::O_CLOEXEC).union(OFlag::O_NONBLOCK).union(OFlag::O_NOCTTY);

/// A directory that is held open.
///
/// Paths below it are relative. Each of their parts is looked up in the opened directory of the part before it, so an
/// entry that changes in the meantime cannot lead outside. This is the behaviour of `openat2` with `RESOLVE_BENEATH`
/// and `RESOLVE_NO_SYMLINKS`, on every system and kernel.
#[derive(Debug)]
pub struct Directory {
    pub(super) fd: OwnedFd,
    path: PathBuf,
}

impl Directory {
    /// Opens a directory that the user named. Links in its path are followed, since they are the user's own.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such directory, or it cannot be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let fd = nix::fcntl::open(path, flags, Mode::empty())?;
        Ok(Self { fd, path: path.to_owned() })
    }

    /// Returns the path that the user named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a directory below this one.
    ///
    /// # Errors
    ///
    /// Returns an error if a part of the path is missing, is not a directory, or leads outside.
    pub fn directory(&self, below: impl AsRef<Path>) -> io::Result<Self> {
        let below = below.as_ref();
        let mut fd = self.fd.try_clone()?;
        for part in parts(below)? {
            fd = open_directory(&fd, part)?;
        }
        Ok(Self { fd, path: self.path.join(below) })
    }

    /// Opens a directory below this one, and creates its missing parts.
    ///
    /// # Errors
    ///
    /// Returns an error if a part can be neither opened nor created.
    pub fn create_directory(&self, below: impl AsRef<Path>) -> io::Result<Self> {
        let below = below.as_ref();
        let mut fd = self.fd.try_clone()?;
        for part in parts(below)? {
            fd = match open_directory(&fd, part) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    fault::step()?;
                    match mkdirat(&fd, part, Mode::from_bits_truncate(0o777)) {
                        Ok(()) => {
                            sync(&fd)?;
                            open_directory(&fd, part)?
                        }
                        // Another process created it first.
                        Err(Errno::EEXIST) => open_directory(&fd, part)?,
                        Err(error) => return Err(error.into()),
                    }
                }
                opened => opened?,
            };
        }
        Ok(Self { fd, path: self.path.join(below) })
    }

    /// Opens a regular file below this directory for reading.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such file, if it is of another kind, or if it is a file of the kernel (`/proc`,
    /// `/sys`).
    pub fn file(&self, below: impl AsRef<Path>) -> io::Result<File> {
        let (directory, name) = self.split(below.as_ref())?;
        directory.open_file(name, OFlag::O_RDONLY)
    }

    /// Reads a file below this directory, of at most `most` bytes.
    ///
    /// # Errors
    ///
    /// As [`Directory::file`]; a larger file is also an error.
    pub fn read(&self, below: impl AsRef<Path>, most: u64) -> io::Result<Vec<u8>> {
        bounded(self.file(below)?, most)
    }

    /// Creates an empty file in this directory, in place of a file of the same name.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be created, or if the name belongs to something other than a file.
    pub fn create_file(&self, below: impl AsRef<Path>) -> io::Result<File> {
        let (directory, name) = self.split(below.as_ref())?;
        fault::step()?;
        directory.open_file(name, OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_TRUNC)
    }

    /// Returns the kind of an entry; `None` if there is no entry of this name.
    ///
    /// # Errors
    ///
    /// Returns the error of the system.
    pub fn kind(&self, name: impl AsRef<Path>) -> io::Result<Option<EntryKind>> {
        match fstatat(&self.fd, name.as_ref(), AtFlags::AT_SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(EntryKind::of(&stat))),
            Err(Errno::ENOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Returns the names of the entries, sorted.
    ///
    /// # Errors
    ///
    /// Returns an error if the directory cannot be read.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        // Reading moves the offset that duplicates of a descriptor share, so it needs its own descriptor.
        for entry in Dir::openat(&self.fd, ".", OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())?.iter() {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name != "." && name != ".." {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// Makes earlier changes to the directory's entries survive a power failure.
    ///
    /// # Errors
    ///
    /// Returns the error of the system.
    pub fn sync(&self) -> io::Result<()> {
        fault::step()?;
        sync(&self.fd)
    }

    /// Returns the directory of the last part of a path, and that part.
    pub(super) fn split<'a>(&self, below: &'a Path) -> io::Result<(Self, &'a OsStr)> {
        let Some((name, before)) = parts(below)?.split_last().map(|(name, before)| (*name, before.to_vec())) else {
            return Err(refused("a file has a name"));
        };
        Ok((self.directory(before.iter().collect::<PathBuf>())?, name))
    }

    /// Opens a regular file directly in this directory.
    pub(super) fn open_file(&self, name: &OsStr, flags: OFlag) -> io::Result<File> {
        let wanted = |kind: EntryKind| match kind {
            EntryKind::File => Ok(()),
            kind => Err(kind.refusal(&name.to_string_lossy(), "a regular file")),
        };
        // The kind is checked before the file is opened, since opening alone has an effect on some devices.
        self.kind(name)?.map_or(Ok(()), wanted)?;
        let mode = Mode::from_bits_truncate(0o666);
        let file = File::from(openat(&self.fd, name, flags | FLAGS, mode)?);
        // It is checked again on the opened file, which may be another one.
        wanted(EntryKind::of(&nix::sys::stat::fstat(&file)?))?;
        on_disk(&file)?;
        Ok(file)
    }
}

fn sync(directory: impl AsFd) -> io::Result<()> {
    match nix::unistd::fsync(directory) {
        // Some file systems cannot sync a directory.
        Ok(()) | Err(Errno::EINVAL | Errno::ENOTSUP) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn open_directory(at: impl AsFd, name: &OsStr) -> io::Result<OwnedFd> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | FLAGS;
    openat(at.as_fd(), name, flags, Mode::empty()).map_err(|error| {
        // Linux reports a link as "not a directory" too.
        match fstatat(at.as_fd(), name, AtFlags::AT_SYMLINK_NOFOLLOW).map(|stat| EntryKind::of(&stat)) {
            Ok(EntryKind::Directory) | Err(_) => error.into(),
            Ok(kind) => kind.refusal(&name.to_string_lossy(), "a directory"),
        }
    })
}

/// Splits a relative path into its parts; an error if it leads outside.
fn parts(path: &Path) -> io::Result<Vec<&OsStr>> {
    let part = |component| match component {
        Component::Normal(name) => Some(Ok(name)),
        Component::CurDir => None,
        Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
            Some(Err(refused(format!("`{}` leads out of the directory", path.display()))))
        }
    };
    path.components().filter_map(part).collect()
}

/// Reads a file of at most `most` bytes.
pub(super) fn bounded(file: File, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more distinguishes a file of exactly that size from a larger one.
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        const MIB: u64 = 1 << 20;
        let limit = if most.is_multiple_of(MIB) { format!("{} MiB", most / MIB) } else { format!("{most} bytes") };
        return Err(refused(format!("it has more than {limit}")));
    }
    Ok(bytes)
}

/// Refuses files of the kernel. Some of them contain the environment of processes.
#[cfg(target_os = "linux")]
pub(super) fn on_disk(file: &File) -> io::Result<()> {
    use nix::sys::statfs::{PROC_SUPER_MAGIC, SYSFS_MAGIC, fstatfs};
    let kind = fstatfs(file)?.filesystem_type();
    if kind == PROC_SUPER_MAGIC || kind == SYSFS_MAGIC {
        return Err(refused("it is a file of the system (/proc, /sys)"));
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn on_disk(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
