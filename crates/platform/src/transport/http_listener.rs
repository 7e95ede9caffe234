//! A listener for HTTP and WebSockets as the host has it: for a run's pages, and for a platform alone.

use std::net::SocketAddr;

use axum::Router;
use tokio::net::TcpListener;

use super::guard::{AllowedClients, Guard, guarded};
use super::resettable::ResettableListener;
use super::server::serve;
use crate::task::{PartEnded, Task};

/// Why the listener could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Another process has the port.
    #[error("port {0} is taken; stop what listens there, or give another with --listen (port 0 takes a free one)")]
    PortTaken(SocketAddr),
    /// Any other error of the system.
    #[error("could not listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
}

/// A listener. Dropped, it ends.
pub struct HttpListener {
    address: SocketAddr,
    task: Task,
}

impl HttpListener {
    /// Listens on `address`.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on.
    pub async fn listen(address: SocketAddr, router: Router) -> Result<Self, ListenError> {
        Self::listen_for(address, router, &AllowedClients::default()).await
    }

    /// Listens as [`HttpListener::listen`] does, and also allows clients besides the pages of its own origin.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on.
    pub async fn listen_for(
        address: SocketAddr,
        router: Router,
        allowed: &AllowedClients,
    ) -> Result<Self, ListenError> {
        let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => ListenError::PortTaken(address),
            _ => ListenError::Listen(address, error),
        })?;
        let address = listener.local_addr().map_err(|error| ListenError::Listen(address, error))?;
        let app = guarded(router, &Guard::new(address, allowed));
        let task = Task::spawn("the HTTP listener", serve(ResettableListener::new(listener), app));
        Ok(Self { address, task })
    }

    /// Waits until the listener ends without having been stopped.
    pub async fn ended(&self) -> PartEnded {
        self.task.ended().await
    }

    /// Returns where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the origin of everything served here; a secure context to browsers, as it is on the loopback interface.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_reported() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let first = HttpListener::listen(any, Router::new()).await.expect("a free port");
        let second = HttpListener::listen(first.address(), Router::new()).await;
        assert!(matches!(second, Err(ListenError::PortTaken(address)) if address == first.address()));
    }
}
