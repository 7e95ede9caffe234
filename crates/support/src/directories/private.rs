//! Temporary directories that no other user can read or write.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The remedy if no temporary directory can be created.
pub const TEMPORARY_FIX: &str = "set TMPDIR to a directory that exists and that you may write";

/// No temporary directory can be created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no temporary directory can be made in {}: {reason}", directory.display())]
pub struct TemporaryError {
    /// The directory for temporary files: `TMPDIR`, or else the system's.
    pub directory: PathBuf,
    /// The error of the system.
    pub reason: String,
}

impl TemporaryError {
    /// Creates the error of a directory.
    pub fn new(directory: &Path, error: &std::io::Error) -> Self {
        let text = error.to_string();
        // `tempfile` adds the path that it tried, which is already in the message.
        let reason = text.split_once(" at path ").map_or(text.as_str(), |(reason, _)| reason);
        Self { directory: directory.to_owned(), reason: reason.to_owned() }
    }
}

/// Creates a temporary directory whose name begins with `prefix`. Its mode is 0700, independently of the umask. It is
/// removed when the value is dropped.
///
/// # Errors
///
/// Returns an error if the directory for temporary files does not exist or cannot be written.
pub fn private_directory(prefix: &str) -> Result<TempDir, TemporaryError> {
    private_directory_in(&std::env::temp_dir(), prefix)
}

/// As [`private_directory`], in a given directory.
///
/// # Errors
///
/// As [`private_directory`].
pub fn private_directory_in(directory: &Path, prefix: &str) -> Result<TempDir, TemporaryError> {
    tempfile::Builder::new()
        .prefix(prefix)
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(directory)
        .map_err(|error| TemporaryError::new(directory, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_directory_excludes_other_users() {
        let directory = private_directory("precall-test-").expect("a directory");
        let mode = directory.path().metadata().expect("its metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[test]
    fn missing_directory_is_named_once() {
        let error = private_directory_in(Path::new("/no/such"), "precall-").expect_err("refused").to_string();
        assert!(error.starts_with("no temporary directory can be made in /no/such: No such file"), "{error}");
        assert_eq!(error.matches("/no/such").count(), 1, "{error}");
    }
}
