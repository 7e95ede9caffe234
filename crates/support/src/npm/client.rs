//! A client of npm's command line.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use semver::Version;
use serde_json::Value;
use tokio::process::Command;
use tokio::sync::OnceCell;

use super::age::AllowedReleases;
use super::command;
use super::failure::{NpmError, failure, is_of_cache};
use super::settings::Settings;
use super::working_directory::WorkingDirectory;
use crate::directories::{cache_directory, check_cache};
use crate::package::is_specifier;

/// The time limit of one call. npm itself retries when a registry does not answer.
const LIMIT: Duration = Duration::from_secs(120);

/// The arguments that print npm's version, and nothing else, whatever its settings are.
const VERSION: &[&str] = &["--version"];

/// An npm client. Clones share what is known about its settings.
#[derive(Debug, Clone)]
pub struct Npm {
    /// The path or the name of the program.
    pub program: PathBuf,
    /// Whether npm does not retry when a registry does not answer.
    has_no_retries: bool,
    shared: Arc<SharedState>,
}

#[derive(Debug, Default)]
struct SharedState {
    settings: OnceCell<Settings>,
    /// Whether the user's npm cache cannot be written, so that precall's own is used.
    needs_own_cache: AtomicBool,
}

impl Default for Npm {
    /// Returns the `npm` on the `PATH`.
    fn default() -> Self {
        Self { program: PathBuf::from("npm"), has_no_retries: false, shared: Arc::default() }
    }
}

impl Npm {
    /// Returns the same npm without retries.
    pub fn without_retries(self) -> Self {
        Self { has_no_retries: true, ..self }
    }

    /// Returns npm's version.
    ///
    /// # Errors
    ///
    /// Returns an error if npm cannot be run, or fails.
    pub async fn version(&self) -> Result<String, NpmError> {
        let place = WorkingDirectory::find()?;
        let version = text(&self.answer(VERSION, &place, place.directory()).await?);
        if version.trim().is_empty() {
            let reason = "`npm --version` prints nothing".to_owned();
            return Err(NpmError::Broken { directory: place.directory().to_owned(), reason });
        }
        Ok(version.trim().to_owned())
    }

    /// Returns npm's settings in its working directory, or npm's defaults if npm does not print them.
    pub async fn settings(&self) -> &Settings {
        self.shared.settings.get_or_init(|| async { self.ask_settings().await.unwrap_or_default() }).await
    }

    async fn ask_settings(&self) -> Result<Settings, NpmError> {
        let place = WorkingDirectory::find()?;
        let ask = |subcommand: &'static [&str]| self.run(subcommand, &place, place.directory());
        let mut output = ask(&["config", "ls"]).await?;
        if !output.status.success() {
            // A project file may set `workspaces = true`, and npm then prints no settings.
            output = ask(&["config", "ls", "--no-workspaces"]).await?;
        }
        Ok(Settings::parse(&text(&output.stdout)))
    }

    /// Returns the registry's data on a package in npm's format. `specifier` is `name`, `name@version`, `name@tag` or
    /// `name@range`, and `fields` are those of `npm view`. Returns `Null` if npm prints nothing, as for a range
    /// without releases.
    ///
    /// # Errors
    ///
    /// Returns an error if npm cannot be run, fails, or does not print JSON.
    pub async fn view(&self, specifier: &str, fields: &[&str]) -> Result<Value, NpmError> {
        check(specifier)?;
        let place = WorkingDirectory::find()?;
        let mut subcommand = vec!["view", specifier];
        subcommand.extend(fields);
        subcommand.push("--json");
        let output = text(&self.answer(&subcommand, &place, place.directory()).await?);
        if output.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&output).map_err(|error| NpmError::Refused {
            code: None,
            reason: format!("npm answered something else than JSON: {error}"),
        })
    }

    /// Returns the releases of a package that npm's settings allow by their age; `None` if they allow all. `times` is
    /// the result of [`Npm::view`] for `time`.
    pub async fn allowed(&self, package: &str, times: &Value) -> Option<AllowedReleases> {
        let limit = self.settings().await.age_limit(package)?;
        Some(AllowedReleases::new(limit, times))
    }

    /// Returns the archive of one release, as the registry serves it. It is not verified here.
    ///
    /// # Errors
    ///
    /// Returns an error if npm cannot be run, fails, or leaves no archive.
    pub async fn pack(&self, package: &str, version: &Version) -> Result<Vec<u8>, NpmError> {
        let specifier = format!("{package}@{version}");
        check(&specifier)?;
        let place = WorkingDirectory::find()?;
        let destination = format!("--pack-destination={}", place.private_directory().display());
        let subcommand = ["pack", specifier.as_str(), destination.as_str(), "--json"];
        self.answer(&subcommand, &place, place.directory()).await?;
        let mut archive = archive_in(place.private_directory());
        if archive.is_none() {
            // npm 6 writes only into its working directory.
            self.answer(&subcommand, &place, place.private_directory()).await?;
            archive = archive_in(place.private_directory());
        }
        let broken = |reason: String| NpmError::Refused { code: None, reason };
        let archive = archive.ok_or_else(|| broken("npm pack left no archive".to_owned()))?;
        tokio::fs::read(&archive).await.map_err(|error| broken(format!("the archive of npm pack: {error}")))
    }

    /// Returns npm's standard output if it succeeds.
    async fn answer(
        &self,
        subcommand: &[&str],
        place: &WorkingDirectory,
        directory: &Path,
    ) -> Result<Vec<u8>, NpmError> {
        let mut output = self.run(subcommand, place, directory).await?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let error = failure(&output, directory.to_owned());
        if is_of_cache(&error, &output) && !self.shared.needs_own_cache.swap(true, Ordering::Relaxed) {
            tracing::debug!(%error, "npm cannot write its cache and gets one of precall's");
            output = self.run(subcommand, place, directory).await?;
        }
        if output.status.success() { Ok(output.stdout) } else { Err(failure(&output, directory.to_owned())) }
    }

    async fn run(&self, subcommand: &[&str], place: &WorkingDirectory, directory: &Path) -> Result<Output, NpmError> {
        let mut command = Command::from(command::npm(&self.program, place));
        command.args(subcommand).current_dir(directory).kill_on_drop(true);
        if subcommand != VERSION {
            command.args(command::FLAGS);
            if place.must_not_look_further() || directory == place.private_directory() {
                command.arg(command::NO_PARENT_PROJECT);
            }
        }
        if self.has_no_retries {
            command.arg("--fetch-retries=0");
        }
        if self.shared.needs_own_cache.load(Ordering::Relaxed) {
            command.arg(format!("--cache={}", own_cache(place).display()));
        }
        match tokio::time::timeout(LIMIT, command.output()).await {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(error)) => Err(NpmError::Missing { program: self.program.clone(), reason: error.to_string() }),
            Err(_) => Err(NpmError::Timeout { seconds: LIMIT.as_secs() }),
        }
    }
}

/// Refuses specifiers that npm would not look up in its registry.
fn check(specifier: &str) -> Result<(), NpmError> {
    if is_specifier(specifier) {
        return Ok(());
    }
    let reason = format!("{specifier:?} is no package of a registry, so npm is not asked for it");
    Err(NpmError::Refused { code: None, reason })
}

/// Returns a cache for an npm that cannot write the user's: in precall's own cache, or in the private directory.
fn own_cache(place: &WorkingDirectory) -> PathBuf {
    let cache = cache_directory();
    let own = cache.join("npm").join("client");
    let is_good = check_cache(&cache).is_ok() && std::fs::create_dir_all(&own).is_ok();
    // An existing directory may be read-only.
    if is_good && tempfile::tempfile_in(&own).is_ok() { own } else { place.private_directory().join("client") }
}

/// Returns the archive that npm wrote. npm chooses its name, and there is no other archive.
fn archive_in(directory: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(directory).ok()?.flatten().map(|entry| entry.path());
    entries.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn npm_is_never_asked_for_anything_but_a_package_of_a_registry() {
        let directory = tempfile::tempdir().expect("a directory");
        let mark = directory.path().join("ran");
        let program = directory.path().join("npm");
        std::fs::write(&program, format!("#!/bin/sh\ntouch {}\n", mark.display())).expect("written");
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("executable");
        let npm = Npm { program, ..Npm::default() };
        let version = |text: &str| Version::parse(text).expect("a version");
        for specifier in ["../x", "/abs", "file:x", "a@file:/x", "a/b", "a@1.0.0-x.tgz", "--registry=http://x"] {
            assert!(npm.view(specifier, &["version"]).await.is_err(), "{specifier}");
        }
        for (package, release) in [("../x", "1.0.0"), ("a", "1.0.0-x.tgz"), ("/tmp/x", "1.0.0-x.tgz")] {
            assert!(npm.pack(package, &version(release)).await.is_err(), "{package}");
        }
        assert!(!mark.exists(), "npm ran");
        let _ = npm.view("a@1.0.0", &["version"]).await;
        assert!(mark.exists(), "npm did not run for a package");
    }
}
