//! npm packages on disk: fetched once, verified by what their registry publishes of them, unpacked.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use semver::Version;

use super::archive;
use super::error::SdkError;
use super::integrity::{self, Published};
use super::registry::{failure, release};
use crate::directories::check_cache;
use crate::npm::Npm;

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
    /// What it was verified by, as Subresource Integrity.
    pub integrity: String,
    pub directory: PathBuf,
}

impl Resolver {
    /// Finds a release of a package; fetches and verifies it when it is not in the cache.
    pub(super) async fn package(&self, name: &str, version: &str) -> Result<Package, SdkError> {
        check_cache(&self.cache).map_err(SdkError::ForeignCache)?;
        // An exact release that was fetched before needs no network. A tag may have moved.
        if let Some(package) = Version::parse(version).ok().and_then(|version| self.cached(name, &version)) {
            return Ok(package);
        }
        let release = release(&self.npm, name, version).await?;
        if let Some(package) = self.cached(name, &release.version) {
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
        if let Err(got) = release.published.check(&archive) {
            let wanted = release.published.as_str().to_owned();
            let registry = self.npm.settings().await.registry(name);
            return Err(SdkError::IntegrityMismatch { what, wanted, got, registry });
        }
        self.keep(name, &release.version, &release.published, &archive)?;
        self.cached(name, &release.version).ok_or_else(|| SdkError::Cache {
            path: self.packages(),
            reason: format!("{what} is not there after it was written"),
        })
    }

    /// A release in the cache: a directory named after its integrity, found by a file named after its version.
    fn cached(&self, name: &str, version: &Version) -> Option<Package> {
        let version = version.to_string();
        let integrity = std::fs::read_to_string(self.versions(name).join(&version)).ok()?;
        // What a crash of the system left of the file is none.
        let integrity = Published::parse(integrity)?.as_str().to_owned();
        let directory = self.packages().join(integrity::directory_name(&integrity));
        directory.is_dir().then_some(Package { version, integrity, directory })
    }

    /// Puts a verified package into the cache. Two processes may do so at once: what is there is always whole, after a
    /// crash of the system as well.
    fn keep(&self, name: &str, version: &Version, published: &Published, archive: &[u8]) -> Result<(), SdkError> {
        let fail = |path: &Path| {
            let path = path.to_owned();
            move |error: std::io::Error| SdkError::Cache { path, reason: error.to_string() }
        };
        let (packages, versions) = (self.packages(), self.versions(name));
        std::fs::create_dir_all(&packages).map_err(fail(&packages))?;
        std::fs::create_dir_all(&versions).map_err(fail(&versions))?;
        let target = packages.join(integrity::directory_name(published.as_str()));
        if !target.exists() {
            let temporary = tempfile::tempdir_in(&packages).map_err(fail(&packages))?;
            archive::unpack(archive, temporary.path())
                .map_err(|reason| SdkError::Archive { what: format!("{name}@{version}"), reason })?;
            let renamed = std::fs::rename(temporary.path(), &target);
            // Another process was faster with the same content.
            if !target.exists() {
                renamed.map_err(fail(&target))?;
            }
        }
        // The users of a machine may share a cache.
        let readable = Permissions::from_mode(0o644);
        let file = tempfile::Builder::new().permissions(readable).tempfile_in(&versions);
        let mut file = file.map_err(fail(&versions))?;
        std::io::Write::write_all(&mut file, published.as_str().as_bytes()).map_err(fail(&versions))?;
        file.as_file().sync_all().map_err(fail(&versions))?;
        file.persist(versions.join(version.to_string())).map_err(|error| fail(&versions)(error.error))?;
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
