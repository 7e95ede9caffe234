//! The cache directory, for npm packages and for the browser that precall installed.

use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::environment;

use nix::unistd::Uid;

use super::home::home_directory;

/// Returns precall's cache directory, which may not exist yet:
///
/// 1. `PRECALL_CACHE_DIR`;
/// 2. the system's directory for caches (`XDG_CACHE_HOME`, `~/.cache`, on macOS `~/Library/Caches`), if precall has a
///    cache there or can create one;
/// 3. `precall-<user id>` in the temporary directory, for users without a writable home. The caller must call
///    [`check_cache`] before it uses the directory.
pub fn cache_directory() -> PathBuf {
    if let Some(directory) = variable("PRECALL_CACHE_DIR") {
        return directory;
    }
    let of_system = if cfg!(target_os = "macos") {
        home_directory().map(|home| home.join("Library/Caches"))
    } else {
        // The XDG specification requires that relative paths are ignored.
        let of_xdg = variable("XDG_CACHE_HOME").filter(|path| path.is_absolute());
        of_xdg.or_else(|| home_directory().map(|home| home.join(".cache")))
    };
    let usable = of_system.map(|base| base.join("precall")).filter(|path| {
        // A read-only cache may still contain what a run needs.
        path.is_dir() || std::fs::create_dir_all(path).is_ok()
    });
    usable.unwrap_or_else(temporary_cache)
}

/// Checks that a cache directory does not come from another user. A directory named by `PRECALL_CACHE_DIR` is the
/// user's own choice, and is accepted regardless of its owner.
///
/// # Errors
///
/// Returns an error with a remedy if the directory, or one above it, may have been created by another user in a
/// directory that everyone can write.
pub fn check_cache(directory: &Path) -> Result<(), String> {
    let user = Uid::effective().as_raw();
    let found = if directory == temporary_cache() {
        // It fails if the entry exists, which is checked below.
        let _ = std::fs::DirBuilder::new().mode(0o700).create(directory);
        (!is_own(directory, user, 0o022)).then(|| directory.to_owned())
    } else if variable("PRECALL_CACHE_DIR").as_deref() == Some(directory) {
        None
    } else {
        foreign(directory, user)
    };
    match found {
        None => Ok(()),
        Some(found) => Err(format!(
            "{} is not a directory that this user owns and nobody else can write; set PRECALL_CACHE_DIR, or HOME, to a \
             directory that you may write",
            found.display()
        )),
    }
}

/// Returns the outermost existing entry on the way from a directory that everyone can write to this one that may be
/// another user's, as below `HOME=/tmp`; `None` if there is none.
fn foreign(directory: &Path, user: u32) -> Option<PathBuf> {
    let is_shared = |path: &Path| path.metadata().is_ok_and(|found| found.mode() & 0o002 != 0);
    // The outermost comes first.
    let mut way: Vec<_> = directory.ancestors().collect();
    way.reverse();
    let below = way.iter().skip_while(|path| !is_shared(path)).skip(1);
    let mut there = below.filter(|path| path.symlink_metadata().is_ok());
    // A directory in between may let everyone create entries, if they cannot replace those of others.
    let is_good = |path: &Path| {
        let is_sticky = path.metadata().is_ok_and(|found| found.mode() & 0o1000 != 0);
        is_own(path, user, if is_sticky && path != directory { 0 } else { 0o002 })
    };
    there.find(|path| !is_good(path)).map(|path| path.to_path_buf())
}

/// Returns whether this is a directory of the user or of root, with none of these bits in its mode.
fn is_own(path: &Path, user: u32, forbidden: u32) -> bool {
    path.symlink_metadata()
        .is_ok_and(|found| found.is_dir() && [user, 0].contains(&found.uid()) && found.mode() & forbidden == 0)
}

fn temporary_cache() -> PathBuf {
    std::env::temp_dir().join(format!("precall-{}", Uid::effective()))
}

fn variable(name: &str) -> Option<PathBuf> {
    environment::variable(name).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    use super::*;

    /// A user id that no system uses.
    const SOMEBODY_ELSE: u32 = 54_321;

    #[test]
    fn every_directory_below_a_shared_one_must_be_the_users() {
        let shared = tempfile::tempdir().expect("a directory");
        std::fs::set_permissions(shared.path(), Permissions::from_mode(0o1777)).expect("its mode");
        let (caches, user) = (shared.path().join(".cache"), Uid::effective().as_raw());
        let cache = caches.join("precall");
        assert_eq!(foreign(&cache, user), None, "there is none yet");
        std::fs::create_dir_all(&cache).expect("made");
        assert_eq!(foreign(&cache, user), None);
        std::fs::set_permissions(&cache, Permissions::from_mode(0o777)).expect("its mode");
        assert_eq!(foreign(&cache, user), Some(cache.clone()), "all can write it");
        std::fs::set_permissions(&cache, Permissions::from_mode(0o1777)).expect("its mode");
        assert_eq!(foreign(&cache, user), Some(cache.clone()), "all can put a browser there");
        std::fs::set_permissions(&cache, Permissions::from_mode(0o755)).expect("its mode");
        if Uid::effective().is_root() {
            chown(&caches, Some(SOMEBODY_ELSE), None).expect("root may");
            assert_eq!(foreign(&cache, user), Some(caches.clone()), "another user can put another cache there");
        } else {
            assert_eq!(foreign(&cache, SOMEBODY_ELSE).map(|path| path.starts_with(shared.path())), Some(true));
        }
        let link = shared.path().join("link");
        symlink("/", &link).expect("linked");
        assert_eq!(foreign(&link.join("precall"), user), Some(link), "a link leads anywhere");
    }

    #[test]
    fn cache_outside_shared_directories_may_have_any_owner() {
        assert_eq!(foreign(Path::new("/"), SOMEBODY_ELSE), None);
        assert_eq!(foreign(Path::new("/usr/share"), SOMEBODY_ELSE), None);
    }
}
