//! A directory, and what is opened below it.

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
use super::kind::{Kind, refused};

/// How every part of a path is opened: a link is an error, and a FIFO without a writer does not block.
const FLAGS: OFlag = OFlag::O_NOFOLLOW.union(OFlag::O_CLOEXEC).union(OFlag::O_NONBLOCK).union(OFlag::O_NOCTTY);

/// A directory that is held open.
///
/// Paths below it are relative. Each of their parts is looked up in the directory that was opened for the part before it, so an
/// entry that changes meanwhile leads nowhere else. This is what `openat2` with `RESOLVE_BENEATH` and `RESOLVE_NO_SYMLINKS`
/// does, on every system and kernel.
#[derive(Debug)]
pub struct Directory {
    pub(super) fd: OwnedFd,
    path: PathBuf,
}

impl Directory {
    /// Opens a directory that a user named. Links on the way to it are the user's own.
    ///
    /// # Errors
    ///
    /// When there is no such directory, or it cannot be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let fd = nix::fcntl::open(path, flags, Mode::empty())?;
        Ok(Self { fd, path: path.to_owned() })
    }

    /// Where it is, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a directory below it.
    ///
    /// # Errors
    ///
    /// When a part of the path is missing, is no directory, or leads outside.
    pub fn directory(&self, below: impl AsRef<Path>) -> io::Result<Self> {
        let below = below.as_ref();
        let mut fd = self.fd.try_clone()?;
        for part in parts(below)? {
            fd = open_directory(&fd, part)?;
        }
        Ok(Self { fd, path: self.path.join(below) })
    }

    /// Opens a directory below it, and makes the parts of it that are missing.
    ///
    /// # Errors
    ///
    /// When a part can neither be opened nor made.
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
                        // Another process was faster.
                        Err(Errno::EEXIST) => open_directory(&fd, part)?,
                        Err(error) => return Err(error.into()),
                    }
                }
                opened => opened?,
            };
        }
        Ok(Self { fd, path: self.path.join(below) })
    }

    /// Opens a regular file below it for reading.
    ///
    /// # Errors
    ///
    /// When there is no such file, when it is of another kind, and when it is one of the system's (`/proc`, `/sys`).
    pub fn file(&self, below: impl AsRef<Path>) -> io::Result<File> {
        let (directory, name) = self.split(below.as_ref())?;
        directory.open_file(name, OFlag::O_RDONLY)
    }

    /// Reads a file below it, of at most so many bytes.
    ///
    /// # Errors
    ///
    /// As of [`Directory::file`], and when the file is larger.
    pub fn read(&self, below: impl AsRef<Path>, most: u64) -> io::Result<Vec<u8>> {
        bounded(self.file(below)?, most)
    }

    /// Makes a file in it, empty, in place of one of the same name.
    ///
    /// # Errors
    ///
    /// When it cannot be made, or something else has this name.
    pub fn create_file(&self, below: impl AsRef<Path>) -> io::Result<File> {
        let (directory, name) = self.split(below.as_ref())?;
        fault::step()?;
        directory.open_file(name, OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_TRUNC)
    }

    /// The kind of an entry; `None` when there is none of this name.
    ///
    /// # Errors
    ///
    /// When the system does not say.
    pub fn kind(&self, name: impl AsRef<Path>) -> io::Result<Option<Kind>> {
        match fstatat(&self.fd, name.as_ref(), AtFlags::AT_SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(Kind::of(&stat))),
            Err(Errno::ENOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The names in it, sorted.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        // A descriptor of its own: reading moves the offset that duplicates share.
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

    /// Makes what has been done to the directory's entries outlive a power cut.
    ///
    /// # Errors
    ///
    /// When the system cannot.
    pub fn sync(&self) -> io::Result<()> {
        fault::step()?;
        sync(&self.fd)
    }

    /// The directory that the last part of a path is in, and that part.
    pub(super) fn split<'a>(&self, below: &'a Path) -> io::Result<(Self, &'a OsStr)> {
        let Some((name, before)) = parts(below)?.split_last().map(|(name, before)| (*name, before.to_vec())) else {
            return Err(refused("a file has a name"));
        };
        Ok((self.directory(before.iter().collect::<PathBuf>())?, name))
    }

    /// Opens a regular file in this very directory.
    pub(super) fn open_file(&self, name: &OsStr, flags: OFlag) -> io::Result<File> {
        let wanted = |kind: Kind| match kind {
            Kind::File => Ok(()),
            kind => Err(kind.refusal(&name.to_string_lossy(), "a regular file")),
        };
        // Before it is opened: that alone does something to some devices.
        self.kind(name)?.map_or(Ok(()), wanted)?;
        let mode = Mode::from_bits_truncate(0o666);
        let file = File::from(openat(&self.fd, name, flags | FLAGS, mode)?);
        // And of the file that was opened: it may be another by now.
        wanted(Kind::of(&nix::sys::stat::fstat(&file)?))?;
        on_disk(&file)?;
        Ok(file)
    }
}

fn sync(directory: impl AsFd) -> io::Result<()> {
    match nix::unistd::fsync(directory) {
        // There are file systems that sync no directory.
        Ok(()) | Err(Errno::EINVAL | Errno::ENOTSUP) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn open_directory(at: impl AsFd, name: &OsStr) -> io::Result<OwnedFd> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | FLAGS;
    openat(at.as_fd(), name, flags, Mode::empty()).map_err(|error| {
        // Linux says of a link as well that it is no directory.
        match fstatat(at.as_fd(), name, AtFlags::AT_SYMLINK_NOFOLLOW).map(|stat| Kind::of(&stat)) {
            Ok(Kind::Directory) | Err(_) => error.into(),
            Ok(kind) => kind.refusal(&name.to_string_lossy(), "a directory"),
        }
    })
}

/// The parts of a relative path that stays below.
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

/// What a file holds, if that is at most so many bytes.
pub(super) fn bounded(file: File, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One more, to tell a file of just that size from a larger one.
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(refused(format!("it has more than {} MiB", most.div_ceil(1 << 20))));
    }
    Ok(bytes)
}

/// Refuses what only looks like a file: the system's own, which show the environment of processes among other things.
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
