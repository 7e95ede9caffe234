//! Listeners whose connections can be reset from inside a request.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::acceptor::Acceptor;
use super::server::{Accepted, Incoming};
use super::stream::ServerEnd;
use crate::transport::reset_handle::ResetHandle;

/// Accepts connections that can be reset; requests find the handle in their `ConnectInfo<ResetHandle>`.
pub(super) struct ResettableListener(Acceptor);

impl ResettableListener {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self(Acceptor::new(listener))
    }
}

impl Incoming<ResettableStream<TcpStream>, ResetHandle> for ResettableListener {
    async fn next(&mut self) -> Accepted<ResettableStream<TcpStream>, ResetHandle> {
        let Ok((stream, address)) = self.0.accept().await else { return Accepted::NoRoom };
        let info = ResetHandle::default();
        Accepted::Connection { stream: ResettableStream::new(stream, info.clone()), info, address: address.ip() }
    }
}

/// Takes the servers' ends of connections that pass through a network.
pub(super) struct LinkedListener(pub mpsc::UnboundedReceiver<ServerEnd>);

impl Incoming<ResettableStream<DuplexStream>, ResetHandle> for LinkedListener {
    async fn next(&mut self) -> Accepted<ResettableStream<DuplexStream>, ResetHandle> {
        match self.0.recv().await {
            Some(ServerEnd { stream, reset, address }) => {
                Accepted::Connection { stream: ResettableStream::new(stream, reset.clone()), info: reset, address }
            }
            None => Accepted::End,
        }
    }
}

/// A stream that can be ended by a reset.
pub(super) trait ResetOnClose {
    /// Makes the stream end by a reset when it is closed.
    fn reset_at_close(&self);
}

impl ResetOnClose for TcpStream {
    fn reset_at_close(&self) {
        // Closing a socket that must not linger resets it, where otherwise it would end in good order.
        let _ = socket2::SockRef::from(self).set_linger(Some(std::time::Duration::ZERO));
    }
}

impl ResetOnClose for DuplexStream {
    /// Does nothing: the task that carries the other end checks the reset handle itself.
    fn reset_at_close(&self) {}
}

/// A connection that is reset at the next read or write after its handle has requested that.
pub(super) struct ResettableStream<S> {
    stream: S,
    reset: ResetHandle,
}

impl<S: ResetOnClose> ResettableStream<S> {
    pub(super) fn new(stream: S, reset: ResetHandle) -> Self {
        Self { stream, reset }
    }

    fn check(&self) -> io::Result<()> {
        if !self.reset.is_reset() {
            return Ok(());
        }
        self.stream.reset_at_close();
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

impl<S: AsyncRead + ResetOnClose + Unpin> AsyncRead for ResettableStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + ResetOnClose + Unpin> AsyncWrite for ResettableStream<S> {
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
