//! OpenTok.js builds.

use std::path::{Path, PathBuf};

use super::error::SdkError;
use super::manifest::Manifest;
use super::store::Resolver;
use crate::scenario::SdkSpec;

/// Where a package has its bundle for browsers: the one that applications load.
const BUNDLE: &str = "dist/js/opentok.min.js";

/// The npm packages that are OpenTok.js.
const PACKAGES: [&str; 2] = ["@opentok/client", "@vonage/client-sdk-video"];

/// Whether an npm package is OpenTok.js.
pub fn is_opentok(package: &str) -> bool {
    PACKAGES.contains(&package)
}

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

impl Resolver {
    /// Finds an OpenTok.js build; fetches and checks it when it is not in the cache.
    ///
    /// # Errors
    ///
    /// When it does not exist, cannot be fetched, or is not what was published.
    pub async fn sdk(&self, spec: &SdkSpec) -> Result<Sdk, SdkError> {
        let (name, version) = match spec {
            SdkSpec::Path(path) => return local(path),
            SdkSpec::Npm { package, version } => (package, version),
        };
        let package = self.package(name, version).await?;
        let bundle_path = bundle_in(&package.directory).ok_or_else(|| SdkError::NoBundle {
            what: format!("{name}@{}", package.version),
            looked_for: BUNDLE.to_owned(),
        })?;
        let source = format!("npm {name}");
        Ok(Sdk { version: package.version, bundle_path, source, integrity: Some(package.integrity) })
    }
}

/// The bundle in an unpacked package: the usual one, else what its `package.json` names.
fn bundle_in(directory: &Path) -> Option<PathBuf> {
    let usual = directory.join(BUNDLE);
    if usual.is_file() {
        return Some(usual);
    }
    let manifest = Manifest::read(directory)?;
    let named = ["browser", "main"].iter().filter_map(|key| manifest.text(key));
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
            let manifest = Manifest::read(directory)?;
            manifest.text("name").filter(|name| is_opentok(name))?;
            manifest.text("version").map(str::to_owned)
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
