//! Why the index of past runs cannot be used.

use std::path::PathBuf;

/// Why the index of past runs cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The directory of the runs cannot be read.
    #[error("cannot read the directory of runs {}: {error}", path.display())]
    Unreadable {
        /// The directory.
        path: PathBuf,
        /// The system's error.
        error: std::io::Error,
    },
    /// The database cannot be read or written.
    #[error("cannot use the index {}: {error}", path.display())]
    Database {
        /// The file of the index.
        path: PathBuf,
        /// The database's error.
        error: rusqlite::Error,
    },
}
