//! Temporary directories that no other user can read or write.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// No temporary directory can be made.
#[derive(Debug, thiserror::Error)]
#[error(
    "no temporary directory can be made in {}: {source}; set TMPDIR to a directory that exists and that you may write", directory.display()
)]
pub struct TemporaryError {
    /// The directory for temporary files: `TMPDIR`, else the system's.
    pub directory: PathBuf,
    /// The error of the system.
    pub source: std::io::Error,
}

/// Makes a temporary directory whose name begins with `prefix`. Its mode is 0700, whatever the umask is. It is removed
/// when the value is dropped.
///
/// # Errors
///
/// When the directory for temporary files does not exist or cannot be written.
pub fn private_directory(prefix: &str) -> Result<TempDir, TemporaryError> {
    private_directory_in(&std::env::temp_dir(), prefix)
}

/// As [`private_directory`], in another directory than the one for temporary files.
///
/// # Errors
///
/// As of [`private_directory`].
pub fn private_directory_in(directory: &Path, prefix: &str) -> Result<TempDir, TemporaryError> {
    tempfile::Builder::new()
        .prefix(prefix)
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(directory)
        .map_err(|error| TemporaryError { directory: directory.to_owned(), source: source_of(error) })
}

/// The error of the system without the path that `tempfile` adds: the message names the directory already.
fn source_of(error: std::io::Error) -> std::io::Error {
    match error.get_ref().and_then(std::error::Error::source).and_then(|inner| inner.downcast_ref::<std::io::Error>()) {
        Some(inner) => inner.raw_os_error().map_or_else(|| inner.kind().into(), std::io::Error::from_raw_os_error),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_user_can_enter_a_private_directory() {
        let directory = private_directory("precall-test-").expect("a directory");
        let mode = directory.path().metadata().expect("its metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
