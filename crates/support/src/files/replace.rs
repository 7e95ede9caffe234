//! Writes files that are complete or absent.

use std::ffi::OsStr;
use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::{Mode, fstatat};
use nix::unistd::{UnlinkatFlags, unlinkat};
use uuid::Uuid;

use super::directory::Directory;
use super::fault;
use super::kind::EntryKind;

/// The prefix of the name of an incomplete file.
const PART: &str = ".precall-part-";

impl Directory {
    /// Writes a file below the directory, and replaces an existing one. Whenever the process or the machine stops,
    /// either the old or the new file exists, and it is complete.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be written; the old file then still exists.
    pub fn replace(&self, below: impl AsRef<Path>, bytes: &[u8]) -> io::Result<()> {
        let (directory, name) = self.split(below.as_ref())?;
        // The name is random, so that no one can have created a link of that name.
        let part = format!("{PART}{}", Uuid::new_v4());
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        fault::step()?;
        let mut file = File::from(openat(&directory.fd, part.as_str(), flags, Mode::from_bits_truncate(0o666))?);
        let written = (|| -> io::Result<()> {
            if let Some(mode) = directory.mode(name)? {
                file.set_permissions(Permissions::from_mode(mode))?;
            }
            write_all(&mut file, bytes)?;
            fault::step()?;
            // The content is on disk before the name: otherwise a power failure leaves an empty file of that name.
            file.sync_all()?;
            fault::step()?;
            nix::fcntl::renameat(&directory.fd, part.as_str(), &directory.fd, name)?;
            Ok(())
        })();
        if written.is_err() {
            // The earlier error is the one to report.
            let _ = unlinkat(&directory.fd, part.as_str(), UnlinkatFlags::NoRemoveDir);
        }
        written?;
        directory.sync()
    }

    /// Removes the incomplete files that a killed process left in the directory.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be removed.
    pub fn remove_unfinished(&self) -> io::Result<()> {
        for name in self.names()? {
            if name.to_string_lossy().starts_with(PART) {
                fault::step()?;
                unlinkat(&self.fd, name.as_os_str(), UnlinkatFlags::NoRemoveDir)?;
            }
        }
        Ok(())
    }

    /// Returns the permissions of a regular file in the directory; `None` if there is no such file.
    fn mode(&self, name: &OsStr) -> io::Result<Option<u32>> {
        match fstatat(&self.fd, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
            // `st_mode` has different types on different systems.
            #[allow(clippy::unnecessary_cast)]
            Ok(stat) if EntryKind::of(&stat) == EntryKind::File => Ok(Some(stat.st_mode as u32 & 0o777)),
            Ok(_) | Err(Errno::ENOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Writes bytes at the end of a file, in two parts if a test ends the process between them.
pub(super) fn write_all(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    fault::step()?;
    if !fault::is_armed() {
        return file.write_all(bytes);
    }
    let (first, second) = bytes.split_at(bytes.len() / 2);
    file.write_all(first)?;
    fault::step()?;
    file.write_all(second)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::files::fault::fail_after;

    fn names(path: &Path) -> Vec<String> {
        let entries = fs::read_dir(path).expect("read").flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn old_or_new_file_exists_after_every_failure() {
        let base = tempfile::tempdir().expect("a directory");
        let directory = Directory::open(base.path()).expect("opened");
        let mut steps = 0;
        loop {
            directory.replace("a", b"the old text").expect("written");
            fail_after(Some(steps));
            let written = directory.replace("a", b"the new text");
            fail_after(None);
            let text = fs::read_to_string(base.path().join("a")).expect("read");
            assert_eq!(names(base.path()), ["a"], "after {steps} steps");
            match written {
                Ok(()) => break assert_eq!(text, "the new text"),
                Err(error) => {
                    assert!(error.to_string().contains("No space left"), "{error}");
                    assert!(text == "the old text" || (steps == 5 && text == "the new text"), "{steps}: {text}");
                }
            }
            steps += 1;
        }
        assert_eq!(steps, 6, "create, two writes, sync, rename, sync of the directory");
    }

    #[test]
    fn link_is_replaced_and_not_followed() {
        let base = tempfile::tempdir().expect("a directory");
        fs::write(base.path().join("victim"), "mine").expect("written");
        std::os::unix::fs::symlink("victim", base.path().join("a.json")).expect("a link");
        let directory = Directory::open(base.path()).expect("opened");
        directory.replace("a.json", b"{}").expect("written");
        assert_eq!(fs::read_to_string(base.path().join("victim")).expect("read"), "mine");
        assert_eq!(directory.kind("a.json").expect("known"), Some(EntryKind::File));
    }

    #[test]
    fn permissions_are_kept() {
        let base = tempfile::tempdir().expect("a directory");
        let path = base.path().join("a");
        fs::write(&path, "").expect("written");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("set");
        Directory::open(base.path()).and_then(|directory| directory.replace("a", b"x")).expect("written");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn files_of_a_killed_process_are_removed() {
        let base = tempfile::tempdir().expect("a directory");
        fs::write(base.path().join(format!("{PART}1")), "half").expect("written");
        fs::write(base.path().join("a"), "whole").expect("written");
        Directory::open(base.path()).and_then(|directory| directory.remove_unfinished()).expect("removed");
        assert_eq!(names(base.path()), ["a"]);
    }
}
