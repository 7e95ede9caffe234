//! Why there is no build to run.

use std::path::PathBuf;

use precall_support::directories::TEMPORARY_FIX;
use precall_support::npm::NpmError;

/// What to do about an npm that cannot be run.
pub fn npm_fix(error: &NpmError) -> &'static str {
    match error {
        NpmError::Missing { .. } => {
            "install Node.js, which brings npm, or give the build as a path on disk: [sdk] path = \"…\", [test] module = \"…\""
        }
        NpmError::NoDirectory(_) => TEMPORARY_FIX,
        _ => {
            "make `npm --version` work in that directory, or give the build as a path on disk: [sdk] path = \"…\", [test] module = \"…\""
        }
    }
}

/// The way around a registry.
const PATH_FIX: &str = "give the build as a path on disk: [sdk] path = \"…\", [test] module = \"…\"";

/// What went wrong, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum SdkError {
    /// No such release.
    #[error("there is no {package} {version}; its newest releases are {newest} (says {registry})")]
    UnknownVersion {
        /// Of which package.
        package: String,
        /// What was asked for.
        version: String,
        /// Some that exist.
        newest: String,
        /// The registry that was asked.
        registry: String,
    },
    /// No such package.
    #[error(
        "the registry {registry} has no package {package} ({reason}); if it should be another registry's, name that in your .npmrc"
    )]
    UnknownPackage {
        /// Which package.
        package: String,
        /// The registry that was asked.
        registry: String,
        /// What npm said.
        reason: String,
    },
    /// npm would not install the release, because it is too young.
    #[error(
        "{package} {version} exists, but your npm setting {limit} does not allow a release so young; change the setting, or \
         choose an older release (the newest that it allows: {newest})"
    )]
    TooYoung {
        /// Of which package.
        package: String,
        /// The release.
        version: String,
        /// The setting, its value, and where it is set.
        limit: String,
        /// Some that are allowed.
        newest: String,
    },
    /// No npm, or one that does not work.
    #[error("npm cannot be run ({0}); {fix}", fix = npm_fix(.0))]
    NoNpm(NpmError),
    /// npm did not get what it was asked for.
    #[error("npm could not fetch {what} from {registry}: {reason}; check the network and npm's registry settings, or {fix}", fix = PATH_FIX)]
    Unreachable {
        /// What was wanted.
        what: String,
        /// The registry that was asked.
        registry: String,
        /// What npm said.
        reason: String,
    },
    /// npm's answer is none.
    #[error("npm ({}) answered something else than expected about {what}: {reason}", program.display())]
    UnexpectedAnswer {
        /// What was wanted.
        what: String,
        /// The npm that was asked.
        program: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// There is nothing to verify the package by.
    #[error(
        "{what} cannot be verified: the registry {registry} {reason}; use a registry that does, or {fix}", fix = PATH_FIX
    )]
    NoIntegrity {
        /// Which package.
        what: String,
        /// The registry.
        registry: String,
        /// What it publishes.
        reason: String,
    },
    /// The package is not what was published.
    #[error(
        "the package {what} does not match its published integrity {wanted}: it has {got}; empty npm's cache (`npm cache clean \
         --force`) and try again; if that does not help, the registry {registry} serves something else than it publishes"
    )]
    IntegrityMismatch {
        /// Which package.
        what: String,
        /// What was published.
        wanted: String,
        /// What came.
        got: String,
        /// The registry that it came from.
        registry: String,
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
    /// The cache may be another user's.
    #[error("the cache cannot be used: {0}")]
    ForeignCache(String),
}
