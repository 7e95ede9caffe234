//! OpenTok.js builds.

use std::iter;
use std::path::{Path, PathBuf};

use super::error::SdkError;
use super::local_script::local_script;
use super::manifest::Manifest;
use super::store::Resolver;
use precall_scenario::SdkSpec;
use precall_support::files::RootedDirectory;

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
    /// The path of the bundle.
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
        let directory = RootedDirectory::open(&package.directory);
        let bundle_path = directory.ok().as_ref().and_then(bundle_in).ok_or_else(|| SdkError::NoBundle {
            what: format!("{name}@{}", package.version),
            looked_for: BUNDLE.to_owned(),
        })?;
        let source = format!("npm {name}");
        Ok(Sdk { version: package.version, bundle_path, source, integrity: Some(package.integrity) })
    }
}

/// The bundle in an unpacked package: the usual one, else what its `package.json` names.
fn bundle_in(directory: &RootedDirectory) -> Option<PathBuf> {
    let manifest = Manifest::of(directory);
    let named = ["browser", "main"].iter().filter_map(|key| manifest.as_ref()?.text(key));
    let found = iter::once(BUNDLE).chain(named).find(|path| directory.file(Path::new(path)).is_ok())?;
    // Without the links in it, it is still below the directory. What is served is looked at again.
    let path = directory.path().join(found).canonicalize().ok()?;
    path.starts_with(directory.path()).then_some(path)
}

fn local(path: &Path) -> Result<Sdk, SdkError> {
    let missing = |reason: String| SdkError::NoFile { path: path.to_owned(), reason };
    let opened = |directory: &Path| RootedDirectory::open(directory).map_err(|error| missing(error.to_string()));
    let metadata = std::fs::metadata(path).map_err(|error| missing(error.to_string()))?;
    let bundle_path = if metadata.is_dir() {
        bundle_in(&opened(path)?).ok_or_else(|| SdkError::NoBundle {
            what: path.display().to_string(),
            looked_for: format!("{BUNDLE}, and what package.json names, below that directory"),
        })?
    } else {
        local_script(path)?
    };
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
    fn local_build_is_a_file_or_a_package() {
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
    fn bundle_outside_the_package_is_refused() {
        let outside = tempfile::tempdir().expect("a directory");
        let secret = outside.path().join("secret.js");
        std::fs::write(&secret, "").expect("written");
        let absolute = secret.to_str().expect("UTF-8").to_owned();
        let up = format!("../{}/secret.js", outside.path().file_name().expect("a name").display());
        for named in [absolute.as_str(), &up, "link.js", "up/secret.js", "/proc/self/environ", "no.js", "pipe"] {
            let package = tempfile::tempdir().expect("a directory");
            let at = |name: &str| package.path().join(name);
            std::os::unix::fs::symlink(&secret, at("link.js")).expect("linked");
            std::os::unix::fs::symlink(outside.path(), at("up")).expect("linked");
            nix::unistd::mkfifo(&at("pipe"), nix::sys::stat::Mode::S_IRWXU).expect("made");
            for key in ["main", "browser"] {
                let manifest = serde_json::json!({ key: named }).to_string();
                std::fs::write(at("package.json"), manifest).expect("written");
                assert!(matches!(local(package.path()), Err(SdkError::NoBundle { .. })), "{key} {named}");
            }
            std::fs::create_dir_all(at("dist/js")).expect("made");
            std::os::unix::fs::symlink(&secret, at(BUNDLE)).expect("linked");
            assert!(matches!(local(package.path()), Err(SdkError::NoBundle { .. })), "the usual one is a link");
        }
    }

    #[test]
    fn missing_bundle_is_reported() {
        let directory = tempfile::tempdir().expect("a directory");
        assert!(matches!(local(&directory.path().join("no.js")), Err(SdkError::NoFile { .. })));
        assert!(matches!(local(directory.path()), Err(SdkError::NoBundle { .. })));
    }
}
