//! Where precall keeps npm packages and the browser that it installed.

use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::environment;

use nix::unistd::Uid;

use super::home::home_directory;

/// precall's cache directory, which may not exist yet:
///
/// 1. `PRECALL_CACHE_DIR`;
/// 2. the system's directory for caches (`XDG_CACHE_HOME`, `~/.cache`, on macOS `~/Library/Caches`), if precall has a
///    cache there or can make one;
/// 3. `precall-<user id>` in the temporary directory, for users without a home that can be written. Whoever uses it calls
///    [`check_cache`] first.
pub fn cache_directory() -> PathBuf {
    if let Some(directory) = variable("PRECALL_CACHE_DIR") {
        return directory;
    }
    let of_system = if cfg!(target_os = "macos") {
        home_directory().map(|home| home.join("Library/Caches"))
    } else {
        // The XDG specification wants relative paths ignored.
        let of_xdg = variable("XDG_CACHE_HOME").filter(|path| path.is_absolute());
        of_xdg.or_else(|| home_directory().map(|home| home.join(".cache")))
    };
    let usable = of_system.map(|base| base.join("precall")).filter(|path| {
        // A cache that cannot be written may still hold what a run needs.
        path.is_dir() || std::fs::create_dir_all(path).is_ok()
    });
    usable.unwrap_or_else(temporary_cache)
}

/// Checks that a cache directory is not one that another user has put there.
///
/// # Errors
///
/// When it is in the temporary directory and not a directory of this user that nobody else can write. The text says so,
/// with the way out.
pub fn check_cache(directory: &Path) -> Result<(), String> {
    if directory != temporary_cache() {
        return Ok(());
    }
    // It fails when there is something of that name, which is looked at below.
    let _ = std::fs::DirBuilder::new().mode(0o700).create(directory);
    let is_own = directory
        .symlink_metadata()
        .is_ok_and(|found| found.is_dir() && found.uid() == Uid::effective().as_raw() && found.mode() & 0o022 == 0);
    if is_own {
        return Ok(());
    }
    Err(format!(
        "{} is not a directory that this user owns and nobody else can write; set PRECALL_CACHE_DIR, or HOME, to a \
         directory that you may write",
        directory.display()
    ))
}

fn temporary_cache() -> PathBuf {
    std::env::temp_dir().join(format!("precall-{}", Uid::effective()))
}

fn variable(name: &str) -> Option<PathBuf> {
    environment::variable(name).map(PathBuf::from)
}
