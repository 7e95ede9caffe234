//! The UDP socket of media: that of the media endpoint and of the peer bridge.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll};

use socket2::SockRef;
use tokio::net::UdpSocket;

use crate::media::MAX_DATAGRAM_BYTES;

/// The kernel's receive buffer in bytes: a tenth of a second of 100 Mbit/s, with the kernel's own bookkeeping.
const RECEIVE_BUFFER_BYTES: usize = 4 << 20;

/// How many datagrams are read in a row before timers and requests get their turn.
pub(super) const MAX_BURST: usize = 64;

/// A bound UDP socket with a large receive buffer.
#[derive(Debug)]
pub(super) struct Datagrams {
    socket: UdpSocket,
    buffer: Vec<u8>,
}

impl Datagrams {
    /// Binds a socket to this port of an address; with 0, to a free one.
    pub(super) async fn bind(host: IpAddr, port: u16) -> io::Result<Self> {
        let socket = UdpSocket::bind((host, port)).await?;
        // As much as the kernel grants: datagrams that arrive while precall waits for a CPU must not look like network
        // loss.
        let _ = SockRef::from(&socket).set_recv_buffer_size(RECEIVE_BUFFER_BYTES);
        Ok(Self { socket, buffer: vec![0; MAX_DATAGRAM_BYTES] })
    }

    /// Returns the address that the socket is bound to.
    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Waits until there is something to read.
    pub(super) async fn readable(&self) -> io::Result<()> {
        self.socket.readable().await
    }

    /// Returns whether there is something to read; if there is not, the task is woken once there is.
    pub(super) fn poll_readable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.poll_recv_ready(context)
    }

    /// Returns the next datagram that the kernel holds, with its source address; `None` when there is none.
    pub(super) fn try_receive(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        // An ICMP error for an earlier datagram shows up here as well: the browser closed a socket, nothing more.
        let (length, from) = self.socket.try_recv_from(&mut self.buffer).ok()?;
        Some((from, self.buffer[..length].to_vec()))
    }

    /// Sends a datagram. A full socket buffer or a peer that is gone loses it, as networks do.
    pub(super) fn send(&self, contents: &[u8], to: SocketAddr) {
        let _ = self.socket.try_send_to(contents, to);
    }
}
