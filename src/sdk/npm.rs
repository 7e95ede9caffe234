//! The user's own npm client: its registry, proxy and credentials are npm's business.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use semver::Version;
use serde_json::Value;
use tokio::process::Command;

use super::error::SdkError;
use crate::credentials::remove_own_variables;

/// How long npm has. It retries by itself.
const LIMIT: Duration = Duration::from_secs(120);

/// An npm client.
#[derive(Debug, Clone)]
pub struct Npm {
    /// Its program.
    pub program: PathBuf,
}

impl Default for Npm {
    /// `npm` on the `PATH`.
    fn default() -> Self {
        Self { program: PathBuf::from("npm") }
    }
}

/// A release as the registry has it.
pub(super) struct Release {
    pub version: String,
    pub integrity: String,
}

impl Npm {
    /// What the registry knows of a package's version or tag.
    pub(super) async fn release(&self, package: &str, version: &str) -> Result<Release, SdkError> {
        let what = format!("{package}@{version}");
        let output = self.run(&what, &["view", &what, "version", "dist.integrity", "--json"], None).await?;
        if !output.status.success() {
            return Err(self.failure(&output, package, version, what).await);
        }
        if output.stdout.iter().all(u8::is_ascii_whitespace) {
            return Err(self.unknown_version(package, version).await);
        }
        let answer: Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| SdkError::UnexpectedAnswer { what: what.clone(), reason: error.to_string() })?;
        let text = |key: &str| answer.get(key).and_then(Value::as_str).map(str::to_owned);
        match (text("version"), text("dist.integrity")) {
            (Some(version), Some(integrity)) => Ok(Release { version, integrity }),
            _ => Err(SdkError::UnexpectedAnswer { what, reason: "it has no version or no integrity".to_owned() }),
        }
    }

    /// The releases of a package in a range, in npm's own syntax; previews are not among them.
    ///
    /// # Errors
    ///
    /// When npm cannot be run, cannot reach its registry, or knows no such package.
    pub async fn releases(&self, package: &str, range: &str) -> Result<BTreeSet<Version>, SdkError> {
        let what = format!("{package}@{range}");
        let output = self.run(&what, &["view", &what, "version", "--json"], None).await?;
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            let failure = self.failure(&output, package, range, what).await;
            // A range with nothing in it is an answer.
            return if matches!(failure, SdkError::UnknownVersion { .. }) { Ok(BTreeSet::new()) } else { Err(failure) };
        }
        // One is told as a text, several as a list, none as nothing.
        let answer = if said.trim().is_empty() { Ok(Value::Null) } else { serde_json::from_str(&said) };
        let answer = answer.map_err(|error| SdkError::UnexpectedAnswer { what, reason: error.to_string() })?;
        let texts = match answer {
            Value::Array(values) => values,
            other => vec![other],
        };
        let versions = texts.iter().filter_map(|text| Version::parse(text.as_str()?).ok());
        Ok(versions.filter(|version| version.pre.is_empty()).collect())
    }

    /// Fetches a release's archive.
    pub(super) async fn pack(&self, package: &str, version: &str) -> Result<Vec<u8>, SdkError> {
        let what = format!("{package}@{version}");
        let unexpected = |reason: String| SdkError::UnexpectedAnswer { what: what.clone(), reason };
        let directory = tempfile::tempdir().map_err(|error| unexpected(error.to_string()))?;
        let output = self.run(&what, &["pack", &what, "--json", "--silent"], Some(directory.path())).await?;
        if !output.status.success() {
            return Err(self.failure(&output, package, version, what).await);
        }
        // Its name is npm's choice; there is one file.
        let archive = std::fs::read_dir(directory.path())
            .ok()
            .and_then(|entries| {
                entries.flatten().map(|entry| entry.path()).find(|path| path.extension().is_some_and(|e| e == "tgz"))
            })
            .ok_or_else(|| unexpected("npm pack left no archive".to_owned()))?;
        tokio::fs::read(&archive).await.map_err(|error| unexpected(error.to_string()))
    }

    /// npm's version.
    ///
    /// # Errors
    ///
    /// When it cannot be run.
    pub async fn version(&self) -> Result<String, SdkError> {
        let output = self.run("its version", &["--version"], None).await?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    async fn failure(&self, output: &Output, package: &str, version: &str, what: String) -> SdkError {
        let said = format!("{}\n{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
        if ["E404", "ETARGET"].iter().any(|code| said.contains(code)) {
            return self.unknown_version(package, version).await;
        }
        SdkError::Unreachable { what, reason: without_credentials(first_error(&said)) }
    }

    /// An error that names some releases which do exist.
    async fn unknown_version(&self, package: &str, version: &str) -> SdkError {
        let newest = match self.run("its releases", &["view", package, "versions", "--json"], None).await {
            Ok(output) => serde_json::from_slice::<Vec<String>>(&output.stdout).unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        let newest: Vec<_> = newest.iter().rev().filter(|version| !version.contains('-')).take(5).cloned().collect();
        let newest = if newest.is_empty() { "not known either".to_owned() } else { newest.join(", ") };
        SdkError::UnknownVersion { package: package.to_owned(), version: version.to_owned(), newest }
    }

    async fn run(&self, what: &str, arguments: &[&str], directory: Option<&Path>) -> Result<Output, SdkError> {
        let mut command = Command::new(&self.program);
        command.args(arguments).stdin(Stdio::null()).kill_on_drop(true).env("NO_UPDATE_NOTIFIER", "1");
        remove_own_variables(command.as_std_mut());
        // In a directory of its own: a package.json in ours must not matter.
        command.current_dir(directory.unwrap_or(&std::env::temp_dir()));
        match tokio::time::timeout(LIMIT, command.output()).await {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(error)) => Err(SdkError::NoNpm(format!("{}: {error}", self.program.display()))),
            Err(_) => Err(SdkError::Unreachable {
                what: what.to_owned(),
                reason: format!("npm did not end within {} s", LIMIT.as_secs()),
            }),
        }
    }
}

/// The line of npm's output that says most.
fn first_error(said: &str) -> &str {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let error = |line: &&str| line.starts_with("npm error") || line.starts_with("npm ERR!");
    let telling = lines().filter(error).find(|line| !line.contains(" code "));
    telling.or_else(|| lines().find(error)).or_else(|| lines().next()).unwrap_or("it said nothing")
}

/// Takes credentials out of URLs and npm settings.
fn without_credentials(text: &str) -> String {
    let mut words = Vec::new();
    for word in text.split(' ') {
        let clean = match (word.find("://"), word.find('@')) {
            (Some(scheme), Some(at)) if scheme < at && !word[scheme + 3..at].contains('/') => {
                format!("{}{}", &word[..scheme + 3], &word[at + 1..])
            }
            _ if word.contains("_authToken") || word.contains("_auth=") => crate::credentials::REDACTED.to_owned(),
            _ => word.to_owned(),
        };
        words.push(clean);
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_telling_line_of_npm_is_found() {
        let said = "npm error code ECONNREFUSED\nnpm error network request failed\nnpm error more";
        assert_eq!(first_error(said), "npm error network request failed");
        assert_eq!(first_error("\n"), "it said nothing");
    }

    #[test]
    fn credentials_do_not_survive() {
        assert_eq!(
            without_credentials("request to https://user:pass@example.test/x failed, //h/:_authToken=abc"),
            "request to https://example.test/x failed, [redacted]"
        );
        assert_eq!(without_credentials("https://example.test/@opentok/client"), "https://example.test/@opentok/client");
    }
}
