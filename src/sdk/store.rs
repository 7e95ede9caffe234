//! npm packages on disk: fetched once, checked against their published integrity, unpacked.

use std::path::{Path, PathBuf};

use super::archive;
use super::error::SdkError;
use super::integrity;
use super::npm::Npm;

/// Finds builds: of OpenTok.js and of network-test modules.
#[derive(Debug, Clone)]
pub struct Resolver {
    /// Where packages are kept.
    pub cache: PathBuf,
    /// By whom they are fetched.
    pub npm: Npm,
}

/// A package, unpacked.
pub(super) struct Package {
    pub version: String,
    pub integrity: String,
    pub directory: PathBuf,
}

impl Resolver {
    /// Finds a release of a package; fetches and checks it when it is not in the cache.
    pub(super) async fn package(&self, name: &str, version: &str) -> Result<Package, SdkError> {
        // An exact release that was fetched before needs no network. A tag may have moved.
        if let Some(package) = self.cached(name, version) {
            return Ok(package);
        }
        let release = self.npm.release(name, version).await?;
        if let Some(package) = self.cached(name, &release.version) {
            return Ok(package);
        }
        let what = format!("{name}@{}", release.version);
        let archive = self.npm.pack(name, &release.version).await?;
        integrity::check(&archive, &release.integrity).map_err(|got| SdkError::IntegrityMismatch {
            what: what.clone(),
            wanted: release.integrity.clone(),
            got,
        })?;
        self.keep(name, &release.version, &release.integrity, &archive, &what)?;
        self.cached(name, &release.version).ok_or_else(|| SdkError::Cache {
            path: self.packages(),
            reason: format!("{what} is not there after it was written"),
        })
    }

    /// A release in the cache: a directory named after its integrity, found by a file named after its version.
    fn cached(&self, name: &str, version: &str) -> Option<Package> {
        let version = semver::Version::parse(version).ok()?.to_string();
        let integrity = std::fs::read_to_string(self.versions(name).join(&version)).ok()?;
        let directory = self.packages().join(integrity::directory_name(&integrity));
        directory.is_dir().then_some(Package { version, integrity, directory })
    }

    /// Puts a checked package into the cache. Two processes may do so at once: what is there is always whole.
    fn keep(&self, name: &str, version: &str, published: &str, archive: &[u8], what: &str) -> Result<(), SdkError> {
        let fail = |path: &Path| {
            let path = path.to_owned();
            move |error: std::io::Error| SdkError::Cache { path, reason: error.to_string() }
        };
        let (packages, versions) = (self.packages(), self.versions(name));
        std::fs::create_dir_all(&packages).map_err(fail(&packages))?;
        std::fs::create_dir_all(&versions).map_err(fail(&versions))?;
        let target = packages.join(integrity::directory_name(published));
        if !target.exists() {
            let temporary = tempfile::tempdir_in(&packages).map_err(fail(&packages))?;
            archive::unpack(archive, temporary.path())
                .map_err(|reason| SdkError::Archive { what: what.to_owned(), reason })?;
            let renamed = std::fs::rename(temporary.path(), &target);
            // Another process was faster with the same content.
            if !target.exists() {
                renamed.map_err(fail(&target))?;
            }
        }
        let mut file = tempfile::NamedTempFile::new_in(&versions).map_err(fail(&versions))?;
        std::io::Write::write_all(&mut file, published.as_bytes()).map_err(fail(&versions))?;
        file.persist(versions.join(version)).map_err(|error| fail(&versions)(error.error))?;
        Ok(())
    }

    fn packages(&self) -> PathBuf {
        self.cache.join("npm").join("packages")
    }

    /// A scope's slash is no part of a file name.
    fn versions(&self, name: &str) -> PathBuf {
        self.cache.join("npm").join("versions").join(name.replace('/', "+"))
    }
}
