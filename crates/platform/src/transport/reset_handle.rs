//! The handle by which a request can reset the TCP connection that carries it.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A handle that resets the TCP connection of a request. The listener puts it into the `ConnectInfo` of each request,
/// and closes the connection with RST once a reset was requested.
#[derive(Debug, Clone, Default)]
pub(crate) struct ResetHandle(Arc<AtomicBool>);

impl ResetHandle {
    /// Requests a reset of the connection.
    pub(crate) fn reset(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Returns whether a reset was requested.
    pub(crate) fn is_reset(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The remote IP address of a request's connection. The listener puts it into the extensions of each request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RemoteAddress(pub IpAddr);
