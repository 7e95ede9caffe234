//! Copies, moves and removes whole directories without following a link.

use std::io;
use std::path::Path;

use nix::errno::Errno;
use nix::unistd::{UnlinkatFlags, unlinkat};

use super::directory::Directory;
use super::fault;
use super::kind::{EntryKind, refused};

/// The largest depth of nested directories.
const MOST_LEVELS: u32 = 16;

impl Directory {
    /// Checks that the directory of this name contains only directories and regular files, or does not exist.
    ///
    /// # Errors
    ///
    /// Returns an error that names the first other entry.
    pub fn check_tree(&self, below: impl AsRef<Path>) -> io::Result<()> {
        match self.directory(below) {
            Ok(directory) => directory.check_all(MOST_LEVELS),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn check_all(&self, levels: u32) -> io::Result<()> {
        for name in self.names()? {
            match self.kind(&name)? {
                Some(EntryKind::Directory) => self.directory(&name)?.check_all(next(levels)?)?,
                Some(EntryKind::File) | None => {}
                Some(kind) => {
                    let place = self.path().join(&name);
                    return Err(kind.refusal(&place.to_string_lossy(), "a regular file or a directory"));
                }
            }
        }
        Ok(())
    }

    /// Copies the content into another directory. The copy survives a power failure.
    ///
    /// # Errors
    ///
    /// Returns an error if the directory contains other entries than directories and regular files, or if the copy
    /// cannot be written.
    pub fn copy_into(&self, target: &Self) -> io::Result<()> {
        for name in self.names()? {
            match self.kind(&name)? {
                Some(EntryKind::Directory) => self.directory(&name)?.copy_into(&target.create_directory(&name)?)?,
                _ => self.copy_file(&name, target)?,
            }
        }
        target.sync()
    }

    /// Copies a regular file into another directory. The copy is incomplete until this function returns.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such file, or if the copy cannot be written.
    pub fn copy_file(&self, name: impl AsRef<Path>, target: &Self) -> io::Result<()> {
        let mut from = self.file(&name)?;
        let mut to = target.create_file(name)?;
        fault::step()?;
        io::copy(&mut from, &mut to)?;
        fault::step()?;
        to.sync_all()
    }

    /// Moves an entry into another directory under another name. It replaces an existing file or an empty directory.
    ///
    /// # Errors
    ///
    /// Returns the error of the system; the entry is then at its old place.
    pub fn rename(&self, name: impl AsRef<Path>, target: &Self, to: impl AsRef<Path>) -> io::Result<()> {
        fault::step()?;
        nix::fcntl::renameat(&self.fd, name.as_ref(), &target.fd, to.as_ref())?;
        target.sync()?;
        self.sync()
    }

    /// Removes an entry with its content. Links are removed, but not their targets. A missing entry is not an error.
    ///
    /// # Errors
    ///
    /// Returns an error if the system does not permit it.
    pub fn remove(&self, name: impl AsRef<Path>) -> io::Result<()> {
        self.remove_levels(name.as_ref(), MOST_LEVELS)
    }

    fn remove_levels(&self, name: &Path, levels: u32) -> io::Result<()> {
        let flag = match self.kind(name)? {
            None => return Ok(()),
            Some(EntryKind::Directory) => {
                let directory = self.directory(name)?;
                for inner in directory.names()? {
                    directory.remove_levels(Path::new(&inner), next(levels)?)?;
                }
                UnlinkatFlags::RemoveDir
            }
            Some(_) => UnlinkatFlags::NoRemoveDir,
        };
        fault::step()?;
        match unlinkat(&self.fd, name, flag) {
            Ok(()) | Err(Errno::ENOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn next(levels: u32) -> io::Result<u32> {
    levels.checked_sub(1).ok_or_else(|| refused(format!("directories lie in one another more than {MOST_LEVELS} deep")))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn tree_is_copied_and_removed_without_link_targets() {
        let base = tempfile::tempdir().expect("a directory");
        let at = |below: &str| base.path().join(below);
        fs::create_dir_all(at("from/a/b")).expect("made");
        fs::write(at("from/a/b/file"), "text").expect("written");
        fs::create_dir_all(at("to")).expect("made");
        fs::write(at("victim"), "mine").expect("written");
        let open = |name: &str| Directory::open(&at(name)).expect("opened");
        open("from").check_tree("a").expect("plain");
        open("from").check_tree("none").expect("none is no error");
        open("from").copy_into(&open("to")).expect("copied");
        assert_eq!(fs::read_to_string(at("to/a/b/file")).expect("read"), "text");

        symlink(at("victim"), at("from/a/b/link")).expect("a link");
        symlink("..", at("from/a/up")).expect("a link");
        let error = open("from").check_tree("a").expect_err("refused").to_string();
        assert!(error.contains("from/a/b/link` is a symbolic link, not a regular file or a directory"), "{error}");
        assert!(open("from").copy_into(&open("to")).is_err());
        open("from").remove("a").expect("removed");
        assert!(!at("from/a").exists() && at("victim").exists());
    }

    #[test]
    fn endless_nesting_is_refused() {
        let base = tempfile::tempdir().expect("a directory");
        fs::create_dir_all(base.path().join("a/".repeat(40))).expect("made");
        let error = Directory::open(base.path()).and_then(|directory| directory.check_tree("a")).expect_err("refused");
        assert!(error.to_string().contains("16 deep"), "{error}");
    }
}
