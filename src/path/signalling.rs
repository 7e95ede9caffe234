//! The signalling path of one case: a listener of its own for everything that clients ask the platform, with the case's
//! network in its connections.

use axum::Router;
use tokio_util::task::AbortOnDropHandle;

use super::guard::{Allowed, Guard, guarded};
use super::listener::LinkedListener;
use super::stream::{Handshake, StreamPath};
use crate::network::{NetworkConfig, StreamCounters};
use crate::platform::Cut;

/// Why a path could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("could not listen for TCP on the loopback interface: {0}; check that the host allows it (`precall doctor`)")]
pub struct SignallingPathError(#[from] std::io::Error);

/// A running signalling path. Dropped, it ends with all its connections.
#[derive(Debug)]
pub struct SignallingPath {
    streams: StreamPath,
    _server: AbortOnDropHandle<()>,
}

impl SignallingPath {
    /// Serves `router` through this network to pages of one origin. The network begins with [`SignallingPath::begin`].
    ///
    /// # Errors
    ///
    /// When the loopback interface cannot be listened on.
    pub async fn open(
        network: &NetworkConfig,
        seed: u64,
        router: Router,
        page_origin: &str,
    ) -> Result<Self, SignallingPathError> {
        let (streams, ends) = StreamPath::open(network, seed, Handshake::Delayed).await?;
        let address = streams.address();
        let allowed = Allowed { origins: vec![page_origin.to_owned()], hosts: Vec::new() };
        let app = guarded(router, &Guard::new(address, &allowed));
        let server = tokio::spawn(async move {
            let app = app.into_make_service_with_connect_info::<Cut>();
            if let Err(error) = axum::serve(LinkedListener { ends, address }, app).await {
                tracing::error!(%error, "the signalling path broke");
            }
        });
        Ok(Self { streams, _server: AbortOnDropHandle::new(server) })
    }

    /// What clients are given as their proxy.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.streams.address())
    }

    /// The network begins now, and its timeline with it.
    pub fn begin(&self) {
        self.streams.begin();
    }

    /// What the network has done so far.
    pub async fn counters(&self) -> StreamCounters {
        self.streams.counters().await
    }
}

#[cfg(test)]
mod tests;
