//! A directory that is put together under a hidden name, and gets its own name when it is whole.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use uuid::Uuid;

use precall_support::files::{Directory, Lock};

/// How such directories are called, with something behind it.
const PREFIX: &str = ".precall-new-";
/// One process at a time writes below a parent.
const LOCK: &str = ".lock";
/// How long another process is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// The directory, and the one that it will be in. It is removed when it is dropped without having been given its name.
#[derive(Debug)]
pub(super) struct Staging {
    /// Where it will be. No other precall writes there meanwhile.
    pub parent: Directory,
    /// The directory that is put together.
    pub directory: Directory,
    name: String,
    _lock: Lock,
}

impl Staging {
    /// Makes one below `parent`, which is made if there is none, and removes what killed processes left of theirs.
    ///
    /// # Errors
    ///
    /// When it cannot be made, or another process takes too long.
    pub fn below(parent: &Path) -> io::Result<Self> {
        fs::create_dir_all(parent)?;
        let parent = Directory::open(parent)?;
        let busy = || io::Error::new(io::ErrorKind::WouldBlock, "another precall is writing there; wait for it to end");
        let lock = parent.lock_within(LOCK, PATIENCE)?.ok_or_else(busy)?;
        for left in parent.names()?.iter().filter(|name| name.to_string_lossy().starts_with(PREFIX)) {
            parent.remove(left)?;
        }
        let name = format!("{PREFIX}{}", Uuid::new_v4());
        let directory = parent.create_directory(&name)?;
        Ok(Self { parent, directory, name, _lock: lock })
    }

    /// Gives it the name `to`, under which there must be nothing, or an empty directory.
    ///
    /// # Errors
    ///
    /// When there is something, or the system does not.
    pub fn publish(&self, to: impl AsRef<Path>) -> io::Result<()> {
        self.directory.sync()?;
        self.parent.rename(&self.name, &self.parent, to)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Nothing is there under this name once it has another. What cannot be removed, the next one removes.
        let _ = self.parent.remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpublished_directory_is_removed() {
        let base = tempfile::tempdir().expect("a directory");
        let names = || Directory::open(base.path()).and_then(|directory| directory.names()).expect("read");
        fs::create_dir_all(base.path().join(".precall-new-killed/a")).expect("made");
        let stage = Staging::below(base.path()).expect("made");
        assert_eq!(names().len(), 2, "the lock and the new one: {:?}", names());
        stage.directory.replace("a", b"x").expect("written");
        drop(stage);
        assert_eq!(names(), [".lock"]);

        let stage = Staging::below(base.path()).expect("made");
        stage.directory.replace("a", b"x").expect("written");
        stage.publish("name").expect("published");
        drop(stage);
        assert_eq!(names(), [".lock", "name"]);
        assert_eq!(fs::read(base.path().join("name/a")).expect("read"), b"x");
    }
}
