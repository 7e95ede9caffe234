//! Listeners whose connections can be reset from inside a request.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::stream::ServerEnd;
use crate::platform::Cut;

/// Accepts connections that can be cut; requests find the handle in their `ConnectInfo<Cut>`.
pub(super) struct CuttableListener(pub TcpListener);

impl Listener for CuttableListener {
    type Io = CuttableStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // axum's own listener knows which errors of `accept` pass by waiting.
        let (stream, address) = Listener::accept(&mut self.0).await;
        (CuttableStream::new(stream, Cut::default()), address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, CuttableListener>> for Cut {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Self {
        stream.io().cut.clone()
    }
}

/// Takes the servers' ends of connections that pass through a network.
pub(super) struct LinkedListener {
    pub ends: mpsc::UnboundedReceiver<ServerEnd>,
    pub address: SocketAddr,
}

impl Listener for LinkedListener {
    type Io = CuttableStream<DuplexStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ends.recv().await {
            Some(ServerEnd { stream, cut }) => (CuttableStream::new(stream, cut), self.address),
            // The path has ended, and this listener with it in a moment.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, LinkedListener>> for Cut {
    fn connect_info(stream: IncomingStream<'_, LinkedListener>) -> Self {
        stream.io().cut.clone()
    }
}

/// A stream that can be told to end without good order.
pub(super) trait Resettable {
    /// Closed from now on, it is reset.
    fn reset_at_close(&self);
}

impl Resettable for TcpStream {
    fn reset_at_close(&self) {
        // Closing a socket that must not linger resets it, where otherwise it would end in good order.
        let _ = socket2::SockRef::from(self).set_linger(Some(std::time::Duration::ZERO));
    }
}

impl Resettable for DuplexStream {
    /// Whoever carries the other end sees the cut itself.
    fn reset_at_close(&self) {}
}

/// A connection that is reset at the next read or write after its cut.
pub(super) struct CuttableStream<S> {
    stream: S,
    pub cut: Cut,
}

impl<S: Resettable> CuttableStream<S> {
    pub fn new(stream: S, cut: Cut) -> Self {
        Self { stream, cut }
    }

    fn check(&self) -> io::Result<()> {
        if !self.cut.is_cut() {
            return Ok(());
        }
        self.stream.reset_at_close();
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

impl<S: AsyncRead + Resettable + Unpin> AsyncRead for CuttableStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Resettable + Unpin> AsyncWrite for CuttableStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
