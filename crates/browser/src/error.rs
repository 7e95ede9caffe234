//! Errors of a browser.

use std::path::PathBuf;
use std::time::Duration;

use super::remote::shown;
use precall_support::browser_kind::BrowserKind;

/// An error of a browser, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// The host has no browser of the kind.
    #[error("no {} found (looked for {looked_for} on the PATH, and for one that precall installed); {}", family(*kind), fix(*kind, version.as_deref()))]
    NotFound {
        /// The kind of browser.
        kind: BrowserKind,
        /// The version that the scenario asks for; `None` for any.
        version: Option<String>,
        /// The names that were searched for.
        looked_for: String,
    },
    /// The host has no browser of the version that the scenario asks for.
    #[error("no {} {version} found, but {others}; {}", kind.name(), fix(*kind, Some(version)))]
    NoVersion {
        /// The kind of browser.
        kind: BrowserKind,
        /// The version, or its first parts.
        version: String,
        /// The browsers that were found, with their versions, and the programs that cannot be used, with the reasons.
        others: String,
    },
    /// The browser that was named has another version than the scenario asks for.
    #[error(
        "the scenario asks for {} {version}, and {} is {found}; name another one with --{} or PRECALL_{}, or name none, so \
         that an installed one is looked for",
        kind.name(), path.display(), kind.word(), kind.word().to_uppercase()
    )]
    NamedVersion {
        /// The kind of browser.
        kind: BrowserKind,
        /// The version, or its first parts.
        version: String,
        /// The path of the named program.
        path: PathBuf,
        /// The version that it prints.
        found: String,
    },
    /// The browser gives pages no proxy, and a case needs one.
    #[error(
        "{product} cannot give a page a proxy, as applications, the access `intercept` and some firewalls need; install \
         Firefox {oldest} or newer"
    )]
    NoProxy {
        /// The name and the version of the browser.
        product: String,
        /// The oldest major version that can.
        oldest: u32,
    },
    /// The browser that was found or named cannot be used.
    #[error("{} is not a usable {}: {reason}; {}", path.display(), family(*kind), fix(*kind, None))]
    Unusable {
        /// The kind of browser.
        kind: BrowserKind,
        /// The path of its program.
        path: PathBuf,
        /// Why it cannot be used.
        reason: String,
    },
    /// A browser did not start.
    #[error("{browser} did not start: {reason}; {fix}")]
    Launch {
        /// The name of the browser.
        browser: &'static str,
        /// The reason, with the line of the browser's log that explains it.
        reason: String,
        /// The steps that fix it.
        fix: String,
    },
    /// A remote browser cannot be used.
    #[error("the browser at {address} cannot be used: {reason}")]
    Remote {
        /// The address of the browser.
        address: String,
        /// Why it cannot be used, and what to do about it.
        reason: String,
    },
    /// The browser ended or its connection broke.
    #[error("the browser is gone: {0}")]
    Gone(String),
    /// The browser did not answer in time.
    #[error("the browser did not answer `{command}` within {} s", limit.as_secs())]
    Timeout {
        /// The command that was sent.
        command: &'static str,
        /// The time limit.
        limit: Duration,
    },
    /// The browser answered with an error.
    #[error("the browser refused `{command}`: {reason}")]
    Refused {
        /// The command that was sent.
        command: &'static str,
        /// The browser's error message.
        reason: String,
    },
    /// No browser could be installed.
    #[error("could not install a browser: {0}")]
    Install(String),
}

impl BrowserError {
    /// Returns the error for a remote browser that cannot be used. The address is reported without its secrets.
    pub fn remote(address: &str, reason: String) -> Self {
        Self::Remote { address: shown(address), reason }
    }

    /// Returns what happened, and separately what to do about it where the error has that.
    pub fn parts(&self) -> (String, Option<&str>) {
        match self {
            Self::Launch { browser, reason, fix } => (format!("{browser} did not start: {reason}"), Some(fix)),
            other => (other.to_string(), None),
        }
    }
}

/// Returns the name of a kind of browser, with those that are made from it.
fn family(kind: BrowserKind) -> &'static str {
    match kind {
        BrowserKind::Chrome => "Chrome or Chromium",
        BrowserKind::Firefox => "Firefox",
    }
}

/// Returns how to get another browser of a kind.
fn fix(kind: BrowserKind, version: Option<&str>) -> String {
    let target = match (kind, version) {
        (BrowserKind::Chrome, None) => String::new(),
        (kind, None) => format!(" {}", kind.word()),
        // The installer knows milestones and whole versions, but not what is between.
        (BrowserKind::Chrome, Some(version)) if version.split('.').count() == 2 => {
            format!(" chrome@{}", version.split('.').next().unwrap_or_default())
        }
        (kind, Some(version)) => format!(" {}@{version}", kind.word()),
    };
    let word = kind.word();
    format!(
        "run `precall browser install{target}`, or give the path of one with --{word} or PRECALL_{}",
        word.to_uppercase()
    )
}
