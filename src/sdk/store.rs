//! npm packages on disk: fetched once, verified by what their registry publishes of them, unpacked.

use std::path::PathBuf;

use semver::Version;

use super::error::SdkError;
use super::kept::{Package, PackageCache};
use super::registry::{failure, release};
use precall_support::directories::check_cache;
use precall_support::npm::Npm;

/// Finds builds: of OpenTok.js and of network-test modules.
#[derive(Debug, Clone)]
pub struct Resolver {
    /// Where packages are kept.
    pub cache: PathBuf,
    /// The npm that fetches them.
    pub npm: Npm,
}

impl Resolver {
    /// Finds a release of a package; fetches and verifies it when it is not in the cache.
    pub(super) async fn package(&self, name: &str, version: &str) -> Result<Package, SdkError> {
        check_cache(&self.cache).map_err(SdkError::ForeignCache)?;
        // An exact release that was fetched before needs no network. A tag may have moved.
        let kept = PackageCache::new(&self.cache);
        if let Some(package) = Version::parse(version).ok().and_then(|version| kept.find(name, &version)) {
            return Ok(package);
        }
        let release = release(&self.npm, name, version).await?;
        if let Some(package) = kept.find(name, &release.version) {
            return Ok(package);
        }
        let what = format!("{name}@{}", release.version);
        let archive = match self.npm.pack(name, &release.version).await {
            Ok(archive) => archive,
            // npm looks as well.
            Err(error) if error.is(&["EINTEGRITY"]) => {
                let (wanted, got) = (release.published.as_str().to_owned(), format!("another (npm says: {error})"));
                let registry = self.npm.settings().await.registry(name);
                return Err(SdkError::IntegrityMismatch { what, wanted, got, registry });
            }
            Err(error) => return Err(failure(&self.npm, error, name, &release.version.to_string()).await),
        };
        if let Some(got) = release.published.mismatch(&archive) {
            let wanted = release.published.as_str().to_owned();
            let registry = self.npm.settings().await.registry(name);
            return Err(SdkError::IntegrityMismatch { what, wanted, got, registry });
        }
        kept.keep(name, &release.version, &release.published, &archive, || {})?;
        kept.find(name, &release.version).ok_or_else(|| SdkError::Cache {
            path: self.cache.clone(),
            reason: format!("{what} is not there after it was written"),
        })
    }
}
