//! The source of connections for the HTTP server behind the proxy: the open tunnels.

use std::sync::Arc;

use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio_rustls::server::TlsStream;

use super::proxy::Tunnel;
use crate::transport::reset_handle::ResetHandle;
use crate::transport::resettable::ResettableStream;
use crate::transport::server::{Accepted, Incoming};

/// Takes tunnels; requests find their [`TunnelInfo`] in `ConnectInfo`.
pub(in crate::transport) struct TunnelListener(pub mpsc::UnboundedReceiver<Tunnel>);

/// The description of the tunnel that carries a request.
#[derive(Debug, Clone)]
pub(in crate::transport) struct TunnelInfo {
    /// The host that the tunnel was requested for.
    pub host: Arc<str>,
    /// Resets the connection.
    pub reset: ResetHandle,
}

impl Incoming<ResettableStream<TlsStream<DuplexStream>>, TunnelInfo> for TunnelListener {
    async fn next(&mut self) -> Accepted<ResettableStream<TlsStream<DuplexStream>>, TunnelInfo> {
        match self.0.recv().await {
            Some(Tunnel { host, stream, reset, address }) => {
                let stream = ResettableStream::new(stream, reset.clone());
                Accepted::Connection { stream, info: TunnelInfo { host, reset }, address }
            }
            None => Accepted::End,
        }
    }
}
