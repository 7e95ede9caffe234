//! The errors of a measurement of fidelity.

use crate::runner::NoInterface;
use precall_browser::BrowserError;
use precall_platform::transport::{ListenError, MediaEndpointError};

/// Why there is no measurement.
#[derive(Debug, thiserror::Error)]
pub enum FidelityError {
    /// Firefox has no interface for media.
    #[error(transparent)]
    NoInterface(#[from] NoInterface),
    /// The browser failed.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// The listener of the page.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The sockets of the media.
    #[error(transparent)]
    Path(#[from] MediaEndpointError),
    /// The page said something that is no event of it.
    #[error("the page sent an event that precall does not know: {0}")]
    Event(#[from] serde_json::Error),
    /// The page or the router gave up.
    #[error("the peer connections could not be negotiated: {0}")]
    Negotiation(String),
    /// The page crashed or threw.
    #[error("the page of the peer connections broke: {0}")]
    Page(String),
    /// Nothing came for too long.
    #[error("{what} did not come within {seconds} s; is the host overloaded?")]
    Silence {
        /// The event that was waited for.
        what: &'static str,
        /// The time limit in seconds.
        seconds: u64,
    },
}
