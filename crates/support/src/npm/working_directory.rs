//! The working directory of npm.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::Uid;
use tempfile::TempDir;

use crate::directories::{TemporaryError, private_directory};

/// The entries of a directory by which npm recognizes a project and its settings.
const OF_A_PROJECT: [&str; 3] = ["package.json", "node_modules", ".npmrc"];

/// The mode of a directory in which everyone can create entries and remove their own, such as `/tmp`.
const SHARED: u32 = 0o1002;

/// The directory in which npm runs, and a private one for its output.
///
/// npm runs in the user's current directory. It determines the `.npmrc` of the project, the meaning of relative paths
/// in settings, and the npm that version managers (asdf, nodenv, Volta) choose. npm writes nothing there.
///
/// npm also looks for a project in each parent directory, regardless of its owner. In a directory that everyone can
/// write, such as `/tmp`, another user can place such a project at any moment, even after precall has checked. npm
/// therefore runs only where it looks into no such directory. If there is a project below the shared directory, npm is
/// told not to look further; otherwise it runs in the private directory, which looks like a project.
#[derive(Debug)]
pub(super) struct WorkingDirectory {
    directory: PathBuf,
    must_not_look_further: bool,
    private: TempDir,
}

/// The place in which npm may run.
#[derive(Debug, PartialEq, Eq)]
enum Reach {
    /// The user's directory.
    Free,
    /// The user's directory, if npm does not look above the project.
    Project,
    /// Not the user's directory, because of this path.
    Private(PathBuf),
}

impl WorkingDirectory {
    /// Returns the user's current directory if npm may read the projects that it finds there, or else the private
    /// directory.
    ///
    /// # Errors
    ///
    /// Returns an error if no private directory can be created.
    pub(super) fn find() -> Result<Self, TemporaryError> {
        let place = Self::private()?;
        // The current directory may have been removed.
        let Ok(current) = std::env::current_dir() else { return Ok(place) };
        match reach(&current, Uid::effective().as_raw()) {
            Reach::Free => Ok(Self { directory: current, must_not_look_further: false, ..place }),
            Reach::Project => Ok(Self { directory: current, must_not_look_further: true, ..place }),
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

    /// Returns the private directory only.
    ///
    /// # Errors
    ///
    /// Returns an error if the directory cannot be created.
    pub(super) fn private() -> Result<Self, TemporaryError> {
        let private = private_directory("precall-npm-")?;
        std::fs::write(private.path().join("package.json"), "{}\n")
            .map_err(|error| TemporaryError::new(private.path(), &error))?;
        Ok(Self { directory: private.path().to_owned(), must_not_look_further: true, private })
    }

    /// Returns the directory in which npm runs.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns whether npm must not look above the project, where it would look for a workspace that includes it.
    pub(super) fn must_not_look_further(&self) -> bool {
        self.must_not_look_further
    }

    /// Returns the directory in which npm may write.
    pub(super) fn private_directory(&self) -> &Path {
        self.private.path()
    }

    /// Returns the private directory, which is removed when it is dropped.
    pub(super) fn into_private_directory(self) -> TempDir {
        self.private
    }
}

/// Returns the place in which npm may run for a user whose current directory is `directory`.
fn reach(directory: &Path, user: u32) -> Reach {
    if let Some(trap) = trap(directory, user) {
        return Reach::Private(trap);
    }
    let is_shared = |path: &Path| path.metadata().is_ok_and(|found| found.mode() & SHARED == SHARED);
    // npm looks for the same two, in the same order.
    let is_project = |path: &Path| path.join("package.json").is_file() || path.join("node_modules").is_dir();
    let Some(shared) = directory.ancestors().find(|path| is_shared(path)) else { return Reach::Free };
    let below = directory.ancestors().take_while(|path| *path != shared);
    if below.into_iter().any(is_project) { Reach::Project } else { Reach::Private(shared.to_owned()) }
}

/// Returns an entry that npm would treat as a part of the user's project although another user may have created it: an
/// entry that belongs neither to `user` nor to root, in a directory that everyone can write. A directory of another
/// user that others cannot write is acceptable: the user chose it, like the checkout of a CI job.
fn trap(directory: &Path, user: u32) -> Option<PathBuf> {
    let shared = directory.ancestors().filter(|above| above.metadata().is_ok_and(|found| found.mode() & 0o002 != 0));
    let mut entries = shared.flat_map(|above| OF_A_PROJECT.map(|name| above.join(name)));
    // Both the link and its target count.
    let is_foreign =
        |found: std::io::Result<std::fs::Metadata>| found.is_ok_and(|found| ![user, 0].contains(&found.uid()));
    entries.find(|entry| is_foreign(entry.symlink_metadata()) || is_foreign(entry.metadata()))
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A user id that no one has, so that all files of a test belong to another user.
    const SOMEBODY_ELSE: u32 = 54_321;

    fn directory(mode: u32) -> TempDir {
        let directory = tempfile::tempdir().expect("a directory");
        set_permissions(directory.path(), Permissions::from_mode(mode)).expect("its mode");
        directory
    }

    #[test]
    fn foreign_entry_in_a_shared_directory_is_refused_for_everything_below() {
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
    fn npm_stops_at_the_project_below_a_shared_directory() {
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
    fn private_directory_is_a_project() {
        let place = WorkingDirectory::private().expect("a place");
        assert!(place.directory().join("package.json").is_file());
        assert_eq!(place.directory(), place.private_directory());
    }
}
