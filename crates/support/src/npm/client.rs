//! An npm client.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use semver::Version;
use serde_json::Value;
use tokio::process::Command;
use tokio::sync::OnceCell;

use super::age::Allowed;
use super::command;
use super::failure::{NpmError, failure, is_of_cache};
use super::place::Place;
use super::settings::Settings;
use crate::directories::{cache_directory, check_cache};
use crate::package::is_specifier;

/// How long npm has. It tries again by itself when a registry does not answer.
const LIMIT: Duration = Duration::from_secs(120);

/// What npm is asked its version with: it prints nothing else then, whatever its settings are.
const VERSION: &[&str] = &["--version"];

/// An npm client. Clones share what was learnt of its settings.
#[derive(Debug, Clone)]
pub struct Npm {
    /// Its program.
    pub program: PathBuf,
    /// Whether it asks a registry that does not answer once only.
    is_hasty: bool,
    learnt: Arc<Learnt>,
}

#[derive(Debug, Default)]
struct Learnt {
    settings: OnceCell<Settings>,
    /// The user's npm cache cannot be written, so precall's own is used.
    needs_own_cache: AtomicBool,
}

impl Default for Npm {
    /// `npm` on the `PATH`.
    fn default() -> Self {
        Self { program: PathBuf::from("npm"), is_hasty: false, learnt: Arc::default() }
    }
}

impl Npm {
    /// The same npm, which does not ask again when a registry does not answer.
    pub fn hasty(self) -> Self {
        Self { is_hasty: true, ..self }
    }

    /// npm's version.
    ///
    /// # Errors
    ///
    /// When npm cannot be run, or fails.
    pub async fn version(&self) -> Result<String, NpmError> {
        let place = Place::find()?;
        let version = text(&self.answer(VERSION, &place, place.directory()).await?);
        if version.trim().is_empty() {
            let reason = "`npm --version` prints nothing".to_owned();
            return Err(NpmError::Broken { directory: place.directory().to_owned(), reason });
        }
        Ok(version.trim().to_owned())
    }

    /// npm's settings where it runs; those of an npm that does not tell them are npm's defaults.
    pub async fn settings(&self) -> &Settings {
        self.learnt.settings.get_or_init(|| async { self.ask_settings().await.unwrap_or_default() }).await
    }

    async fn ask_settings(&self) -> Result<Settings, NpmError> {
        let place = Place::find()?;
        let ask = |subcommand: &'static [&str]| self.run(subcommand, &place, place.directory());
        let mut said = ask(&["config", "ls"]).await?;
        if !said.status.success() {
            // A project file may say `workspaces = true`, with which npm tells nothing.
            said = ask(&["config", "ls", "--no-workspaces"]).await?;
        }
        Ok(Settings::parse(&text(&said.stdout)))
    }

    /// What the registry knows of a package, in npm's words: `specifier` is `name`, `name@version`, `name@tag` or
    /// `name@range`, and `fields` are as `npm view` takes them. `Null` when npm answers nothing, as it does of a range
    /// without releases.
    ///
    /// # Errors
    ///
    /// When npm cannot be run, fails, or answers no JSON.
    pub async fn view(&self, specifier: &str, fields: &[&str]) -> Result<Value, NpmError> {
        check(specifier)?;
        let place = Place::find()?;
        let mut subcommand = vec!["view", specifier];
        subcommand.extend(fields);
        subcommand.push("--json");
        let said = text(&self.answer(&subcommand, &place, place.directory()).await?);
        if said.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&said).map_err(|error| NpmError::Refused {
            code: None,
            reason: format!("npm answered something else than JSON: {error}"),
        })
    }

    /// Which releases of a package npm's settings allow by their age; `None` when they allow all. `times` is what
    /// [`Npm::view`] answers to `time`.
    pub async fn allowed(&self, package: &str, times: &Value) -> Option<Allowed> {
        let limit = self.settings().await.age_limit(package)?;
        Some(Allowed::new(limit, times))
    }

    /// The archive of one release, as the registry serves it. It is not verified here.
    ///
    /// # Errors
    ///
    /// When npm cannot be run, fails, or leaves no archive.
    pub async fn pack(&self, package: &str, version: &Version) -> Result<Vec<u8>, NpmError> {
        let specifier = format!("{package}@{version}");
        check(&specifier)?;
        let place = Place::find()?;
        let destination = format!("--pack-destination={}", place.private_directory().display());
        let subcommand = ["pack", specifier.as_str(), destination.as_str(), "--json"];
        self.answer(&subcommand, &place, place.directory()).await?;
        let mut archive = archive_in(place.private_directory());
        if archive.is_none() {
            // npm 6 knows no other destination than the directory that it runs in.
            self.answer(&subcommand, &place, place.private_directory()).await?;
            archive = archive_in(place.private_directory());
        }
        let broken = |reason: String| NpmError::Refused { code: None, reason };
        let archive = archive.ok_or_else(|| broken("npm pack left no archive".to_owned()))?;
        tokio::fs::read(&archive).await.map_err(|error| broken(format!("the archive of npm pack: {error}")))
    }

    /// What npm prints to standard output, if it succeeds.
    async fn answer(&self, subcommand: &[&str], place: &Place, directory: &Path) -> Result<Vec<u8>, NpmError> {
        let mut output = self.run(subcommand, place, directory).await?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let error = failure(&output, directory.to_owned());
        if is_of_cache(&error, &output) && !self.learnt.needs_own_cache.swap(true, Ordering::Relaxed) {
            tracing::debug!(%error, "npm cannot write its cache and gets one of precall's");
            output = self.run(subcommand, place, directory).await?;
        }
        if output.status.success() { Ok(output.stdout) } else { Err(failure(&output, directory.to_owned())) }
    }

    async fn run(&self, subcommand: &[&str], place: &Place, directory: &Path) -> Result<Output, NpmError> {
        let mut command = Command::from(command::npm(&self.program, place));
        command.args(subcommand).current_dir(directory).kill_on_drop(true);
        if subcommand != VERSION {
            command.args(command::FLAGS);
            if place.looks_no_further() || directory == place.private_directory() {
                command.arg(command::NO_FURTHER);
            }
        }
        if self.is_hasty {
            command.arg("--fetch-retries=0");
        }
        if self.learnt.needs_own_cache.load(Ordering::Relaxed) {
            command.arg(format!("--cache={}", own_cache(place).display()));
        }
        match tokio::time::timeout(LIMIT, command.output()).await {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(error)) => Err(NpmError::Missing { program: self.program.clone(), reason: error.to_string() }),
            Err(_) => Err(NpmError::Timeout { seconds: LIMIT.as_secs() }),
        }
    }
}

/// Refuses what npm would take for something else than a package of its registry, whoever asks for it.
fn check(specifier: &str) -> Result<(), NpmError> {
    if is_specifier(specifier) {
        return Ok(());
    }
    let reason = format!("{specifier:?} is no package of a registry, so npm is not asked for it");
    Err(NpmError::Refused { code: None, reason })
}

/// A cache for an npm that cannot write the user's: in precall's own, or in the private directory.
fn own_cache(place: &Place) -> PathBuf {
    let cache = cache_directory();
    let own = cache.join("npm").join("client");
    let is_good = check_cache(&cache).is_ok() && std::fs::create_dir_all(&own).is_ok();
    // What exists may still be read-only.
    if is_good && tempfile::tempfile_in(&own).is_ok() { own } else { place.private_directory().join("client") }
}

/// The archive that npm wrote: its name is npm's choice, and there is no other.
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
