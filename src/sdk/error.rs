//! Why there is no build to run.

use std::path::PathBuf;

use precall_support::directories::TEMPORARY_FIX;
use precall_support::npm::NpmError;

/// Returns the remedy for an npm that cannot be run.
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

/// The reason why there is no build, and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum SdkError {
    /// No such release.
    #[error("there is no {package} {version}; its newest releases are {newest} (says {registry})")]
    UnknownVersion {
        /// The name of the package.
        package: String,
        /// The version, tag or range that was asked for.
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
        /// The name of the package.
        package: String,
        /// The registry that was asked.
        registry: String,
        /// The message of npm.
        reason: String,
    },
    /// npm would not install the release, because it is too young.
    #[error(
        "{package} {version} exists, but your npm setting {limit} does not allow a release so young; change the setting, or \
         choose an older release (the newest that it allows: {newest})"
    )]
    TooYoung {
        /// The name of the package.
        package: String,
        /// The release that is too young.
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
        /// The package that was asked for.
        what: String,
        /// The registry that was asked.
        registry: String,
        /// The message of npm.
        reason: String,
    },
    /// npm's answer is none.
    #[error("npm ({}) answered something else than expected about {what}: {reason}", program.display())]
    UnexpectedAnswer {
        /// The package that was asked for.
        what: String,
        /// The npm that was asked.
        program: PathBuf,
        /// The mistake in the answer.
        reason: String,
    },
    /// There is nothing to verify the package by.
    #[error(
        "{what} cannot be verified: the registry {registry} {reason}; use a registry that does, or {fix}", fix = PATH_FIX
    )]
    NoIntegrity {
        /// The package and its version.
        what: String,
        /// The URL of the registry.
        registry: String,
        /// The digests that the registry publishes, in words.
        reason: String,
    },
    /// The package is not what was published.
    #[error(
        "the package {what} does not match its published integrity {wanted}: it has {got}; empty npm's cache (`npm cache clean \
         --force`) and try again; if that does not help, the registry {registry} serves something else than it publishes"
    )]
    IntegrityMismatch {
        /// The package and its version.
        what: String,
        /// The published integrity.
        wanted: String,
        /// The integrity of the package that arrived.
        got: String,
        /// The registry that it came from.
        registry: String,
    },
    /// The package holds no bundle.
    #[error("{what} holds nothing for browsers to load (looked for {looked_for})")]
    NoBundle {
        /// The package or directory.
        what: String,
        /// The names that were looked for.
        looked_for: String,
    },
    /// A file or directory is missing.
    #[error("there is no build at {}: {reason}", path.display())]
    NoFile {
        /// Where it should be.
        path: PathBuf,
        /// The mistake in the file or directory.
        reason: String,
    },
    /// The archive is dangerous or broken.
    #[error("the package {what} cannot be unpacked: {reason}")]
    Archive {
        /// The package and its version.
        what: String,
        /// The mistake in the archive.
        reason: String,
    },
    /// The cache cannot be written.
    #[error("the cache {} cannot be used: {reason}; set PRECALL_CACHE_DIR to a directory that may be written", path.display())]
    Cache {
        /// Where it is.
        path: PathBuf,
        /// The reason why the cache cannot be used.
        reason: String,
    },
    /// The cache may be another user's.
    #[error("the cache cannot be used: {0}")]
    ForeignCache(String),
}
