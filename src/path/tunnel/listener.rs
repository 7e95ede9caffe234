//! The clients that are in, as axum takes them.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio_rustls::server::TlsStream;

use super::door::Tunnel;
use crate::path::listener::CuttableStream;
use crate::platform::Cut;

/// Takes tunnels; requests find their [`TunnelInfo`] in `ConnectInfo`.
pub(in crate::path) struct TunnelListener {
    pub tunnels: mpsc::UnboundedReceiver<Tunnel>,
    pub address: SocketAddr,
}

/// What a request's connection is.
#[derive(Debug, Clone)]
pub(in crate::path) struct TunnelInfo {
    /// The host that the tunnel was asked for.
    pub host: Arc<str>,
    /// Cuts the connection.
    pub cut: Cut,
}

impl Listener for TunnelListener {
    type Io = CuttableStream<TlsStream<DuplexStream>>;
    type Addr = Arc<str>;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.tunnels.recv().await {
            Some(Tunnel { host, stream }) => (stream, host),
            // The path has ended, and this listener with it in a moment.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address.to_string().into())
    }
}

impl Connected<IncomingStream<'_, TunnelListener>> for TunnelInfo {
    fn connect_info(stream: IncomingStream<'_, TunnelListener>) -> Self {
        Self { host: Arc::clone(stream.remote_addr()), cut: stream.io().cut.clone() }
    }
}
