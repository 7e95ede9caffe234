//! Network-test modules: the one inside precall, releases from npm, builds on disk.

use std::path::{Path, PathBuf};

use super::error::SdkError;
use super::local_script::local_script;
use super::manifest::Manifest;
use super::store::Resolver;
use precall_scenario::ModuleSpec;
use precall_support::files::RootedDirectory;

/// A network-test module, ready to be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkTestModule {
    /// Its version; `local` for a build on disk that does not say.
    pub version: String,
    /// Where it came from, in words.
    pub source: String,
    /// The published integrity that it was checked against; only of npm's.
    pub integrity: Option<String>,
    /// The directory it is in, since a module may import others beside it, and its entry below that; `None` for the one
    /// inside precall.
    pub files: Option<ModuleFiles>,
}

/// Where a module is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleFiles {
    /// Everything below it may be loaded.
    pub directory: PathBuf,
    /// The file that the page loads first, relative to the directory.
    pub entry: PathBuf,
}

impl Resolver {
    /// Finds a network-test module; fetches and checks it when it is not in the cache.
    ///
    /// # Errors
    ///
    /// When it does not exist, cannot be fetched, or is not what was published.
    pub async fn network_test(&self, spec: &ModuleSpec) -> Result<NetworkTestModule, SdkError> {
        match spec {
            ModuleSpec::BuiltIn => Ok(NetworkTestModule {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                source: "built-in".to_owned(),
                integrity: None,
                files: None,
            }),
            ModuleSpec::Npm { package: name, version } => {
                let package = self.package(name, version).await?;
                let what = format!("{name}@{}", package.version);
                Ok(NetworkTestModule {
                    version: package.version,
                    source: format!("npm {name}"),
                    integrity: Some(package.integrity),
                    files: Some(files_in(&package.directory, &what)?),
                })
            }
            ModuleSpec::Path(path) => local(path),
        }
    }
}

/// Returns the file of a package that a browser loads: an ES module if it has one, or else its `main`, which is then a
/// script.
fn files_in(directory: &Path, what: &str) -> Result<ModuleFiles, SdkError> {
    let none = |looked_for: &str| SdkError::NoBundle { what: what.to_owned(), looked_for: looked_for.to_owned() };
    let root = RootedDirectory::open(directory)
        .map_err(|error| SdkError::NoFile { path: directory.to_owned(), reason: error.to_string() })?;
    let manifest = Manifest::of(&root).ok_or_else(|| none("package.json"))?;
    let named = [manifest.import(), manifest.text("module"), manifest.text("browser"), manifest.text("main")];
    let entry = named
        .into_iter()
        .flatten()
        .map(|entry| PathBuf::from(entry.trim_start_matches("./")))
        .find(|entry| root.file(entry).is_ok())
        .ok_or_else(|| {
            none("what exports, module, browser and main of its package.json name below it; is it built?")
        })?;
    Ok(ModuleFiles { directory: root.path().to_owned(), entry })
}

fn local(path: &Path) -> Result<NetworkTestModule, SdkError> {
    let missing = |reason: String| SdkError::NoFile { path: path.to_owned(), reason };
    let metadata = std::fs::metadata(path).map_err(|error| missing(error.to_string()))?;
    let files = if metadata.is_dir() {
        files_in(path, &path.display().to_string())?
    } else {
        let full = local_script(path)?;
        match (full.parent(), full.file_name()) {
            (Some(directory), Some(entry)) => ModuleFiles { directory: directory.to_owned(), entry: entry.into() },
            _ => return Err(missing("it is no file".to_owned())),
        }
    };
    let version = Manifest::read(&files.directory).and_then(|manifest| manifest.text("version").map(str::to_owned));
    Ok(NetworkTestModule {
        version: version.unwrap_or_else(|| "local".to_owned()),
        source: path.display().to_string(),
        integrity: None,
        files: Some(files),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(manifest: &str, files: &[&str]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join("package.json"), manifest).expect("written");
        for file in files {
            let path = directory.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, "").expect("written");
        }
        directory
    }

    #[test]
    fn es_module_precedes_script() {
        let manifest =
            r#"{"version":"1.2.3","main":"dist/cjs.js","exports":{".":{"import":{"default":"./dist/esm.js"}}}}"#;
        let directory = package(manifest, &["dist/cjs.js", "dist/esm.js"]);
        let module = local(directory.path()).expect("a module");
        assert_eq!(module.version, "1.2.3");
        assert_eq!(module.files.map(|files| files.entry), Some(PathBuf::from("dist/esm.js")));
    }

    #[test]
    fn unbuilt_package_is_refused() {
        let directory = package(r#"{"main":"dist/index.js"}"#, &[]);
        let error = local(directory.path()).expect_err("not built").to_string();
        assert!(error.contains("is it built?"), "{error}");
        assert!(matches!(local(Path::new("no-such-file.js")), Err(SdkError::NoFile { .. })));
    }

    #[test]
    fn entry_outside_the_package_is_refused() {
        let outside = package("{}", &["secret.js"]);
        let secret = outside.path().join("secret.js");
        let secret = secret.to_str().expect("UTF-8");
        for named in [secret, "./link.js", "../secret.js", "/proc/self/environ"] {
            let manifest = serde_json::json!({ "main": named, "module": named, "exports": { "import": named } });
            let directory = package(&manifest.to_string(), &[]);
            std::os::unix::fs::symlink(secret, directory.path().join("link.js")).expect("linked");
            assert!(matches!(local(directory.path()), Err(SdkError::NoBundle { .. })), "{named}");
        }
    }

    #[test]
    fn module_file_serves_its_directory() {
        let directory = package("{}", &["test.js"]);
        let files = local(&directory.path().join("test.js")).expect("a module").files.expect("files");
        let real = directory.path().canonicalize().expect("there");
        assert_eq!((files.directory.as_path(), files.entry.as_path()), (real.as_path(), Path::new("test.js")));
    }
}
