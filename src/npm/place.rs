//! Where npm runs.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::Uid;
use tempfile::TempDir;

use crate::directories::{TemporaryError, private_directory};

/// The entries of a directory by which npm finds a project and its settings.
const OF_A_PROJECT: [&str; 3] = ["package.json", "node_modules", ".npmrc"];

/// The directory that npm runs in, and a private one for what it writes.
///
/// npm runs in the user's current directory: by it npm finds the project's `.npmrc`, paths in settings are relative to
/// it, and version managers (asdf, nodenv, Volta) choose npm by it. npm writes nothing there.
///
/// npm looks for a project in each directory above as well, and does not ask whose it is. In a directory that everybody
/// can write, such as `/tmp`, that may be a trap of another user. Then npm runs in the private directory, which looks
/// like a project of its own, so that npm looks no further.
#[derive(Debug)]
pub(super) struct Place {
    directory: PathBuf,
    private: TempDir,
}

impl Place {
    /// The user's current directory, if npm may read what it finds there.
    ///
    /// # Errors
    ///
    /// When no private directory can be made.
    pub fn find() -> Result<Self, TemporaryError> {
        let place = Self::private()?;
        // It may have been removed.
        let Ok(current) = std::env::current_dir() else { return Ok(place) };
        match trap(&current, Uid::effective().as_raw()) {
            None => Ok(Self { directory: current, ..place }),
            Some(trap) => {
                tracing::warn!(
                    "npm runs without the settings of this directory, since {} belongs to another user, and everybody can \
                     write there",
                    trap.display()
                );
                Ok(place)
            }
        }
    }

    /// The private directory alone.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    pub fn private() -> Result<Self, TemporaryError> {
        let private = private_directory("precall-npm-")?;
        std::fs::write(private.path().join("package.json"), "{}\n")
            .map_err(|error| TemporaryError::new(private.path(), &error))?;
        Ok(Self { directory: private.path().to_owned(), private })
    }

    /// Where npm runs.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Where npm may write.
    pub fn private_directory(&self) -> &Path {
        self.private.path()
    }

    /// The private directory, which is removed when it is dropped.
    pub fn into_private_directory(self) -> TempDir {
        self.private
    }
}

/// What npm would take for a part of the user's project although another user may have put it there: an entry of
/// another user, neither `user` nor root, in a directory that everybody can write. A directory of another user that
/// others cannot write is no trap: the user went there, as into the checkout of a CI job.
fn trap(directory: &Path, user: u32) -> Option<PathBuf> {
    let shared = directory.ancestors().filter(|above| above.metadata().is_ok_and(|found| found.mode() & 0o002 != 0));
    let mut entries = shared.flat_map(|above| OF_A_PROJECT.map(|name| above.join(name)));
    // Of a link both count, the link and what it leads to.
    let is_foreign =
        |found: std::io::Result<std::fs::Metadata>| found.is_ok_and(|found| ![user, 0].contains(&found.uid()));
    entries.find(|entry| is_foreign(entry.symlink_metadata()) || is_foreign(entry.metadata()))
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// Nobody's: whoever runs the tests, the files that they make are foreign to this user.
    const SOMEBODY_ELSE: u32 = 54_321;

    fn directory(mode: u32) -> TempDir {
        let directory = tempfile::tempdir().expect("a directory");
        set_permissions(directory.path(), Permissions::from_mode(mode)).expect("its mode");
        directory
    }

    #[test]
    fn an_entry_of_another_user_in_a_shared_directory_is_a_trap_for_all_that_is_below() {
        for name in OF_A_PROJECT {
            let shared = directory(0o1777);
            let own = shared.path().join("own/deeper");
            std::fs::create_dir_all(&own).expect("made");
            let user = if Uid::effective().is_root() { 0 } else { Uid::effective().as_raw() };
            let entry = shared.path().join(name);
            std::fs::write(&entry, "{}").expect("written");
            assert_eq!(trap(&own, user), None, "it is the user's own");
            if Uid::effective().is_root() {
                std::os::unix::fs::chown(&entry, Some(SOMEBODY_ELSE), None).expect("root may");
                assert_eq!(trap(&own, user).as_deref(), Some(&*entry));
                set_permissions(shared.path(), Permissions::from_mode(0o755)).expect("its mode");
                assert_eq!(trap(&own, user), None, "others cannot write there");
            } else {
                assert_eq!(trap(&own, SOMEBODY_ELSE).as_deref(), Some(&*entry));
            }
        }
    }

    #[test]
    fn npm_finds_a_project_in_a_private_directory_and_looks_no_further() {
        let place = Place::private().expect("a place");
        assert!(place.directory().join("package.json").is_file());
        assert_eq!(place.directory(), place.private_directory());
    }
}
