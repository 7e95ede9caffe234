//! Why a bisection cannot be made.

use std::path::PathBuf;

use semver::Version;

/// Why a bisection cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum BisectError {
    /// The ends of a bisection are in the wrong order.
    #[error("the good release {good} is not older than the bad release {bad}")]
    EndsReversed {
        /// The good release.
        good: Version,
        /// The bad release.
        bad: Version,
    },
    /// A bisection has fewer than two builds or browsers.
    #[error("a bisection needs two builds or browsers at least; name another one")]
    TooFewBuilds,
    /// A build or a browser of a bisection does not exist.
    #[error("{} does not exist; check the path", .0.display())]
    NoSuchBuild(PathBuf),
    /// The cases of a bisection use several packages, or none.
    #[error("the cases are of {0}, whose releases are not in one line")]
    SeveralPackages(String),
    /// An end of a bisection is no release.
    #[error("{good} or {bad} is no release of {package}")]
    NoSuchEnd {
        /// The good release.
        good: Version,
        /// The bad release.
        bad: Version,
        /// The package without such a release.
        package: String,
    },
    /// An end of a bisection has no result.
    #[error("{0} has no result")]
    EndWithoutResult(String),
}
