//! Where npm runs.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::Uid;
use tempfile::TempDir;

use crate::directories::{TemporaryError, private_directory};

/// The entries of a directory by which npm finds a project and its settings.
const OF_A_PROJECT: [&str; 3] = ["package.json", "node_modules", ".npmrc"];

/// The mode of a directory in which everybody may make entries and remove their own: `/tmp`.
const SHARED: u32 = 0o1002;

/// The directory that npm runs in, and a private one for what it writes.
///
/// npm runs in the user's current directory: by it npm finds the project's `.npmrc`, paths in settings are relative to
/// it, and version managers (asdf, nodenv, Volta) choose npm by it. npm writes nothing there.
///
/// npm looks for a project in each directory above as well, and does not ask whose it is. In a directory that everybody
/// can write, such as `/tmp`, that may be a trap of another user, who may set it at any moment: also when precall has looked and
/// npm has not. So npm runs where it looks into no such directory. If there is a project below it, npm is told to look no
/// further; otherwise it runs in the private directory, which looks like a project of its own.
#[derive(Debug)]
pub(super) struct Place {
    directory: PathBuf,
    looks_no_further: bool,
    private: TempDir,
}

/// Where npm may run.
#[derive(Debug, PartialEq, Eq)]
enum Reach {
    /// In the user's directory.
    Free,
    /// In the user's directory, if npm looks no further than to the project.
    Project,
    /// Not there, because of what this path is.
    Private(PathBuf),
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
        match reach(&current, Uid::effective().as_raw()) {
            Reach::Free => Ok(Self { directory: current, looks_no_further: false, ..place }),
            Reach::Project => Ok(Self { directory: current, looks_no_further: true, ..place }),
            Reach::Private(cause) => {
                if OF_A_PROJECT.iter().any(|name| current.join(name).exists()) {
                    tracing::warn!(
                        "npm runs without the settings of this directory, since others than this user may have put them \
                         there: {}",
                        cause.display()
                    );
                }
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
        Ok(Self { directory: private.path().to_owned(), looks_no_further: true, private })
    }

    /// Where npm runs.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Whether npm has to be kept from looking above the project, where it would look for one that counts this as its part.
    pub fn looks_no_further(&self) -> bool {
        self.looks_no_further
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

/// Where npm may run for a user who is in `directory`.
fn reach(directory: &Path, user: u32) -> Reach {
    if let Some(trap) = trap(directory, user) {
        return Reach::Private(trap);
    }
    let is_shared = |path: &Path| path.metadata().is_ok_and(|found| found.mode() & SHARED == SHARED);
    // npm asks for the same two, in the same order.
    let is_project = |path: &Path| path.join("package.json").is_file() || path.join("node_modules").is_dir();
    let Some(shared) = directory.ancestors().find(|path| is_shared(path)) else { return Reach::Free };
    let below = directory.ancestors().take_while(|path| *path != shared);
    if below.into_iter().any(is_project) { Reach::Project } else { Reach::Private(shared.to_owned()) }
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
            assert_eq!(
                reach(&own, user),
                Reach::Private(shared.path().to_owned()),
                "but another may be there a moment later"
            );
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
    fn below_a_directory_that_all_can_write_npm_looks_no_further_than_to_the_project() {
        let (shared, user) = (directory(0o1777), Uid::effective().as_raw());
        let project = shared.path().join("project");
        let below = project.join("deep/deeper");
        std::fs::create_dir_all(&below).expect("made");
        assert_eq!(reach(&below, user), Reach::Private(shared.path().to_owned()));
        std::fs::write(project.join("package.json"), "{}").expect("written");
        assert_eq!(reach(&below, user), Reach::Project);
        assert_eq!(reach(&project, user), Reach::Project);
        std::fs::write(shared.path().join("package.json"), "{}").expect("written");
        assert_eq!(reach(shared.path(), user), Reach::Private(shared.path().to_owned()));
        assert_eq!(reach(Path::new("/"), user), Reach::Free);
    }

    #[test]
    fn npm_finds_a_project_in_a_private_directory_and_looks_no_further() {
        let place = Place::private().expect("a place");
        assert!(place.directory().join("package.json").is_file());
        assert_eq!(place.directory(), place.private_directory());
    }
}
