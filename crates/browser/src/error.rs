//! What can go wrong with a browser.

use std::path::PathBuf;
use std::time::Duration;

/// What went wrong, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// There is none.
    #[error(
        "no Chrome or Chromium found (looked for {looked_for}); run `precall browser install`, or give its path with --chrome or PRECALL_CHROME"
    )]
    NotFound {
        /// Where it was looked for.
        looked_for: String,
    },
    /// The one that was named is none.
    #[error("{} is not a usable browser: {reason}; give another with --chrome or PRECALL_CHROME, or run `precall browser install`", path.display())]
    Unusable {
        /// The one that was named.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It did not start.
    #[error("Chrome did not start: {reason}; {fix}")]
    Launch {
        /// What happened instead, with the line of what Chrome said that tells it.
        reason: String,
        /// What to do about it.
        fix: String,
    },
    /// One that runs elsewhere cannot be used.
    #[error("the browser at {address} cannot be used: {reason}")]
    Elsewhere {
        /// Where it is.
        address: String,
        /// Why, and what to do about it.
        reason: String,
    },
    /// It is gone.
    #[error("the browser is gone: {0}")]
    Gone(String),
    /// The page is gone.
    #[error("the page crashed: {0}")]
    Crashed(String),
    /// It does not answer.
    #[error("the browser did not answer `{command}` within {} s", limit.as_secs())]
    Timeout {
        /// What it was asked.
        command: &'static str,
        /// How long it had.
        limit: Duration,
    },
    /// It answered with an error.
    #[error("the browser refused `{command}`: {reason}")]
    Refused {
        /// What it was asked.
        command: &'static str,
        /// What it said.
        reason: String,
    },
    /// No browser could be installed.
    #[error("could not install a browser: {0}")]
    Install(String),
}

impl BrowserError {
    /// What went wrong, and what to do about it where that can be told apart.
    pub fn parts(&self) -> (String, Option<&str>) {
        match self {
            Self::Launch { reason, fix } => (format!("Chrome did not start: {reason}"), Some(fix)),
            other => (other.to_string(), None),
        }
    }
}
