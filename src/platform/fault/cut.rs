//! Cutting a TCP connection from inside a request.

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
