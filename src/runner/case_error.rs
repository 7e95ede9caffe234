//! Why an attempt at a case could not be made or finished: an `infrastructure` outcome, unless the builds under test
//! are to blame.

use std::error::Error;
use std::io;

use super::media_host::NoInterface;
use crate::cloud::CloudError;
use precall_browser::BrowserError;
use precall_platform::credentials::TokenError;

/// Why an attempt at a case could not be made or finished.
#[derive(Debug, thiserror::Error)]
pub(super) enum CaseError {
    /// A build that the case needs was not fetched before the run.
    #[error("the {0} of this case was not fetched; this is a fault of precall")]
    NotFetched(&'static str),
    /// The browser failed, or did not answer in time.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// A remote platform created no session.
    #[error(transparent)]
    Session(#[from] CloudError),
    /// The token of the case could not be signed.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The file for the case's packets could not be made.
    #[error("a capture could not be begun: {0}")]
    Capture(io::Error),
    /// The case needs IPv6, and this host has none.
    #[error(
        "this host has no IPv6 loopback address (::1), which `platform.ipVersion = \"ipv6\"` needs; enable IPv6 on its loopback interface, or \
         take the case out: {0}"
    )]
    NoIpV6(io::Error),
    /// Firefox has no interface for media.
    #[error(transparent)]
    NoInterface(#[from] NoInterface),
    /// A part of the case's own platform or network could not be started.
    #[error(transparent)]
    Platform(Box<dyn Error + Send + Sync>),
}

impl CaseError {
    /// A part of the case's own platform or network could not be started, for this reason.
    pub fn platform(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Platform(Box::new(error))
    }

    /// Whether the browser did not answer in time.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Browser(BrowserError::Timeout { .. }))
    }
}
