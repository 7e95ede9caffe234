//! Why there is no build to run.

use std::path::PathBuf;

/// What went wrong, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum SdkError {
    /// No such release.
    #[error("there is no {package} {version}; its newest releases are {newest}")]
    UnknownVersion {
        /// Of which package.
        package: String,
        /// What was asked for.
        version: String,
        /// Some that exist.
        newest: String,
    },
    /// No npm.
    #[error(
        "npm cannot be run ({0}); install Node.js, which brings npm, or give the build as a path on disk: [sdk] path = \"…\", [test] module = \"…\""
    )]
    NoNpm(String),
    /// npm cannot reach its registry.
    #[error(
        "npm could not fetch {what}: {reason}; check the network and npm's registry settings, or give the build as a path on disk: [sdk] path = \"…\", [test] module = \"…\""
    )]
    Unreachable {
        /// What was wanted.
        what: String,
        /// What npm said.
        reason: String,
    },
    /// npm's answer is none.
    #[error("npm answered something else than expected about {what}: {reason}")]
    UnexpectedAnswer {
        /// What was wanted.
        what: String,
        /// What is wrong.
        reason: String,
    },
    /// The package is not what was published.
    #[error(
        "the package {what} does not match its published integrity {wanted}: it has {got}; empty npm's cache (`npm cache clean --force`) and try again"
    )]
    IntegrityMismatch {
        /// Which package.
        what: String,
        /// What was published.
        wanted: String,
        /// What came.
        got: String,
    },
    /// The package holds no bundle.
    #[error("{what} holds nothing for browsers to load (looked for {looked_for})")]
    NoBundle {
        /// Which package or directory.
        what: String,
        /// The names that were looked for.
        looked_for: String,
    },
    /// A file or directory is missing.
    #[error("there is no build at {}: {reason}", path.display())]
    NoFile {
        /// Where it should be.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The archive is dangerous or broken.
    #[error("the package {what} cannot be unpacked: {reason}")]
    Archive {
        /// Which package.
        what: String,
        /// What is wrong.
        reason: String,
    },
    /// The cache cannot be written.
    #[error("the cache {} cannot be used: {reason}; set PRECALL_CACHE_DIR to a directory that may be written", path.display())]
    Cache {
        /// Where it is.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}
