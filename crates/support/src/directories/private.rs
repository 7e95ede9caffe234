//! Temporary directories that no other user can read or write.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// What to do when no temporary directory can be made.
pub const TEMPORARY_FIX: &str = "set TMPDIR to a directory that exists and that you may write";

/// No temporary directory can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no temporary directory can be made in {}: {reason}", directory.display())]
pub struct TemporaryError {
    /// The directory for temporary files: `TMPDIR`, else the system's.
    pub directory: PathBuf,
    /// What the system says.
    pub reason: String,
}

impl TemporaryError {
    /// That `error` came up in a directory.
    pub fn new(directory: &Path, error: &std::io::Error) -> Self {
        let text = error.to_string();
        // `tempfile` adds the path that it tried, which is in the message already.
        let reason = text.split_once(" at path ").map_or(text.as_str(), |(reason, _)| reason);
        Self { directory: directory.to_owned(), reason: reason.to_owned() }
    }
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
        .map_err(|error| TemporaryError::new(directory, &error))
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

    #[test]
    fn a_directory_that_is_not_there_is_named_once() {
        let error = private_directory_in(Path::new("/no/such"), "precall-").expect_err("refused").to_string();
        assert!(error.starts_with("no temporary directory can be made in /no/such: No such file"), "{error}");
        assert_eq!(error.matches("/no/such").count(), 1, "{error}");
    }
}
