//! Why the first files of a project are not written.

use std::path::PathBuf;

/// Why the first files of a project are not written.
#[derive(Debug, thiserror::Error)]
pub enum StarterError {
    /// A file that would be new exists.
    #[error("{} exists", .0.display())]
    FileExists(PathBuf),
    /// There are questions, and no terminal to ask them on.
    #[error("there is no terminal to ask on")]
    NobodyToAsk,
}
