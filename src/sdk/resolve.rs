//! From what a scenario asks for to a bundle on disk.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::archive;
use super::error::SdkError;
use super::integrity;
use super::npm::{Npm, PACKAGE};
use crate::scenario::SdkSpec;

/// Where a package has its bundle for browsers: the one that applications load.
const BUNDLE: &str = "dist/js/opentok.min.js";

/// An OpenTok.js build, ready to be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sdk {
    /// Its version, or `local`.
    pub version: String,
    /// The bundle.
    pub bundle_path: PathBuf,
    /// Where it came from, in words.
    pub source: String,
    /// The published integrity that it was checked against; a local build has none.
    pub integrity: Option<String>,
}

/// Finds SDK builds.
#[derive(Debug, Clone)]
pub struct Resolver {
    /// Where packages are kept.
    pub cache: PathBuf,
    /// By whom they are fetched.
    pub npm: Npm,
}

impl Resolver {
    /// Finds a build; fetches and checks it when it is not in the cache.
    ///
    /// # Errors
    ///
    /// When it does not exist, cannot be fetched, or is not what was published.
    pub async fn resolve(&self, spec: &SdkSpec) -> Result<Sdk, SdkError> {
        match spec {
            SdkSpec::Npm(version) => self.release(version).await,
            SdkSpec::Path(path) => local(path),
        }
    }

    async fn release(&self, version: &str) -> Result<Sdk, SdkError> {
        // An exact release that was fetched before needs no network. A tag may have moved.
        if let Some(sdk) = self.cached(version) {
            return Ok(sdk);
        }
        let release = self.npm.release(version).await?;
        if let Some(sdk) = self.cached(&release.version) {
            return Ok(sdk);
        }
        let what = format!("{PACKAGE}@{}", release.version);
        let archive = self.npm.pack(&release.version).await?;
        integrity::check(&archive, &release.integrity).map_err(|got| SdkError::IntegrityMismatch {
            what: what.clone(),
            wanted: release.integrity.clone(),
            got,
        })?;
        self.keep(&release.version, &release.integrity, &archive, &what)?;
        self.cached(&release.version).ok_or_else(|| SdkError::NoBundle { what, looked_for: BUNDLE.to_owned() })
    }

    /// A release in the cache: a directory named after its integrity, found by a file named after its version.
    fn cached(&self, version: &str) -> Option<Sdk> {
        let version = semver::Version::parse(version).ok()?.to_string();
        let integrity = std::fs::read_to_string(self.versions().join(&version)).ok()?;
        let directory = self.packages().join(integrity::directory_name(&integrity));
        let bundle_path = bundle_in(&directory)?;
        Some(Sdk { version, bundle_path, source: format!("npm {PACKAGE}"), integrity: Some(integrity) })
    }

    /// Puts a checked package into the cache. Two processes may do so at once: what is there is always whole.
    fn keep(&self, version: &str, published: &str, archive: &[u8], what: &str) -> Result<(), SdkError> {
        let fail = |path: &Path| {
            let path = path.to_owned();
            move |error: std::io::Error| SdkError::Cache { path, reason: error.to_string() }
        };
        let (packages, versions) = (self.packages(), self.versions());
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
        self.cache.join("opentok-client").join("packages")
    }

    fn versions(&self) -> PathBuf {
        self.cache.join("opentok-client").join("versions")
    }
}

/// The bundle in an unpacked package: the usual one, else what its `package.json` names.
fn bundle_in(directory: &Path) -> Option<PathBuf> {
    let usual = directory.join(BUNDLE);
    if usual.is_file() {
        return Some(usual);
    }
    let manifest: Value = serde_json::from_slice(&std::fs::read(directory.join("package.json")).ok()?).ok()?;
    let named = ["browser", "main"].iter().filter_map(|key| manifest.get(*key)?.as_str());
    named.map(|name| directory.join(name)).find(|path| path.is_file())
}

fn local(path: &Path) -> Result<Sdk, SdkError> {
    let missing = |reason: String| SdkError::NoFile { path: path.to_owned(), reason };
    let metadata = std::fs::metadata(path).map_err(|error| missing(error.to_string()))?;
    let bundle_path = if metadata.is_dir() {
        bundle_in(path).ok_or_else(|| SdkError::NoBundle {
            what: path.display().to_string(),
            looked_for: format!("{BUNDLE}, and what package.json names"),
        })?
    } else {
        path.to_owned()
    };
    // Absolute, since it is served while the working directory may change.
    let bundle_path = std::path::absolute(&bundle_path).map_err(|error| missing(error.to_string()))?;
    let version = bundle_path
        .ancestors()
        .skip(1)
        .take(4)
        .find_map(|directory| {
            let manifest: Value = serde_json::from_slice(&std::fs::read(directory.join("package.json")).ok()?).ok()?;
            let is_opentok = manifest.get("name").and_then(Value::as_str) == Some(PACKAGE);
            is_opentok.then(|| manifest.get("version")?.as_str().map(str::to_owned)).flatten()
        })
        .unwrap_or_else(|| "local".to_owned());
    Ok(Sdk { version, bundle_path, source: path.display().to_string(), integrity: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_build_is_a_file_or_a_package_directory() {
        let directory = tempfile::tempdir().expect("a directory");
        let bundle = directory.path().join(BUNDLE);
        std::fs::create_dir_all(bundle.parent().expect("a parent")).expect("made");
        std::fs::write(&bundle, "").expect("written");
        assert_eq!(local(&bundle).expect("a build").version, "local");
        let manifest = r#"{"name":"@opentok/client","version":"2.99.0"}"#;
        std::fs::write(directory.path().join("package.json"), manifest).expect("written");
        for path in [directory.path(), &bundle] {
            let sdk = local(path).expect("a build");
            assert_eq!((sdk.version.as_str(), &sdk.bundle_path), ("2.99.0", &bundle));
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        let directory = tempfile::tempdir().expect("a directory");
        assert!(matches!(local(&directory.path().join("no.js")), Err(SdkError::NoFile { .. })));
        assert!(matches!(local(directory.path()), Err(SdkError::NoBundle { .. })));
    }
}
