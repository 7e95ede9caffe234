//! Where packages are kept.

use std::path::PathBuf;

use crate::environment;

/// precall's cache: `PRECALL_CACHE_DIR`, else what the system has for such things, else a directory of the temporary
/// one.
pub fn cache_directory() -> PathBuf {
    let variable = |name: &str| environment::variable(name).map(PathBuf::from);
    if let Some(directory) = variable("PRECALL_CACHE_DIR") {
        return directory;
    }
    let home = variable("HOME");
    let base = if cfg!(target_os = "macos") {
        home.map(|home| home.join("Library/Caches"))
    } else {
        // The XDG specification wants relative paths ignored.
        variable("XDG_CACHE_HOME").filter(|path| path.is_absolute()).or_else(|| home.map(|home| home.join(".cache")))
    };
    base.unwrap_or_else(std::env::temp_dir).join("precall")
}
