//! The TCP connection that a request came on: cutting it, and where it comes from.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A handle on the TCP connection that a request came on. Whoever listens puts it into each request's `ConnectInfo`, and
/// resets the connection once it is cut.
#[derive(Debug, Clone, Default)]
pub struct Cut(Arc<AtomicBool>);

impl Cut {
    /// Asks for the connection to be reset.
    pub fn cut(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether that was asked for.
    pub fn is_cut(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The address that a request's connection comes from. Whoever listens puts it into each request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct RemoteAddress(pub IpAddr);
