//! The sockets of allocations.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::relay::{AllocationId, MAX_MESSAGE_BYTES, RelayPeers, RelayedPort};
use crate::transport::media_firewall::MediaFirewall;

/// How many datagrams of all peers wait to be taken; what comes on top waits in the sockets' own buffers.
const MAX_WAITING: usize = 256;

/// How many ports are tried before none is found that is even and has a free next one.
const MAX_PORT_ATTEMPTS: usize = 64;

/// How many errors in a row are taken for those of earlier datagrams.
const MAX_ERRORS: usize = 1000;

/// A datagram of a peer.
pub(super) struct FromPeer {
    pub allocation: AllocationId,
    pub peer: SocketAddr,
    pub contents: Vec<u8>,
}

/// The sockets that are open. Dropped, they are closed.
pub(super) struct RelayedSockets {
    /// The IP address that clients receive.
    host: IpAddr,
    bind: IpAddr,
    open: HashMap<AllocationId, (Arc<UdpSocket>, AbortOnDropHandle<()>)>,
    /// The sockets on the next port of allocations, for clients that request them later.
    kept: HashMap<AllocationId, std::net::UdpSocket>,
    /// The firewall in front of the relay and its peers.
    firewall: Option<MediaFirewall>,
    received: mpsc::Receiver<FromPeer>,
    sender: mpsc::Sender<FromPeer>,
}

impl RelayedSockets {
    /// Returns an empty set of sockets, which will be opened on this address, or on every address of this host where
    /// every peer is allowed: no single address reaches both the loopback interface and the internet.
    pub(super) fn new(host: IpAddr, peers: &RelayPeers, firewall: Option<MediaFirewall>) -> Self {
        let bind = match (peers, host) {
            (RelayPeers::Platform(_), host) => host,
            (RelayPeers::All, IpAddr::V4(_)) => Ipv4Addr::UNSPECIFIED.into(),
            (RelayPeers::All, IpAddr::V6(_)) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let (sender, received) = mpsc::channel(MAX_WAITING);
        Self { host, bind, open: HashMap::new(), kept: HashMap::new(), firewall, received, sender }
    }

    /// Opens a socket on such a port, and returns its address.
    pub(super) fn open(&mut self, allocation: AllocationId, port: RelayedPort) -> io::Result<SocketAddr> {
        let socket = match port {
            RelayedPort::Any => std::net::UdpSocket::bind((self.bind, 0))?,
            RelayedPort::Even => even(self.bind, false)?.0,
            RelayedPort::EvenAndNext => {
                let (socket, next) = even(self.bind, true)?;
                self.kept.extend(next.map(|next| (allocation, next)));
                socket
            }
            RelayedPort::NextTo(other) => self.kept.remove(&other).ok_or(io::ErrorKind::AddrNotAvailable)?,
        };
        socket.set_nonblocking(true)?;
        let socket = Arc::new(UdpSocket::from_std(socket)?);
        let address = SocketAddr::new(self.host, socket.local_addr()?.port());
        if let Some(firewall) = &self.firewall {
            firewall.add_relayed(address);
        }
        let reader = tokio::spawn(read_all(allocation, Arc::clone(&socket), self.sender.clone()));
        self.open.insert(allocation, (socket, AbortOnDropHandle::new(reader)));
        Ok(address)
    }

    /// Closes the socket that was kept next to an allocation's.
    pub(super) fn release(&mut self, allocation: AllocationId) {
        self.kept.remove(&allocation);
    }

    pub(super) fn close(&mut self, allocation: AllocationId) {
        let Some((socket, _)) = self.open.remove(&allocation) else { return };
        if let (Some(firewall), Ok(address)) = (&self.firewall, socket.local_addr()) {
            firewall.remove_relayed(SocketAddr::new(self.host, address.port()));
        }
    }

    /// Sends from one. A full buffer or a peer that is gone loses packets, as networks do.
    pub(super) fn send(&self, allocation: AllocationId, peer: SocketAddr, contents: &[u8]) {
        if let Some((socket, _)) = self.open.get(&allocation) {
            let _ = socket.try_send_to(contents, peer);
        }
    }

    /// Returns the next datagram of a peer. Cancel safe.
    pub(super) async fn next(&mut self) -> FromPeer {
        match self.received.recv().await {
            Some(datagram) => datagram,
            // We hold a sender ourselves.
            None => std::future::pending().await,
        }
    }

    /// Returns the next datagram of a peer that has been read already; `None` when there is none.
    pub(super) fn try_next(&mut self) -> Option<FromPeer> {
        self.received.try_recv().ok()
    }
}

/// Returns a socket on an even port; on request, with one on the next.
fn even(ip: IpAddr, with_next: bool) -> io::Result<(std::net::UdpSocket, Option<std::net::UdpSocket>)> {
    // They stay open until one is found: the kernel would give the same port again.
    let mut odd = Vec::new();
    for _ in 0..MAX_PORT_ATTEMPTS {
        let socket = std::net::UdpSocket::bind((ip, 0))?;
        let port = socket.local_addr()?.port();
        let next = match (port.is_multiple_of(2), with_next) {
            (true, false) => Some(None),
            // Even, so there is a next one.
            (true, true) => std::net::UdpSocket::bind((ip, port + 1)).ok().map(Some),
            (false, _) => None,
        };
        match next {
            Some(next) => return Ok((socket, next)),
            None => odd.push(socket),
        }
    }
    Err(io::ErrorKind::AddrNotAvailable.into())
}

async fn read_all(allocation: AllocationId, socket: Arc<UdpSocket>, sender: mpsc::Sender<FromPeer>) {
    let mut buffer = [0; MAX_MESSAGE_BYTES];
    let mut errors = 0;
    // An ICMP error for an earlier datagram shows up here as well, and takes itself away; others stay.
    while errors < MAX_ERRORS {
        let Ok((length, peer)) = socket.recv_from(&mut buffer).await else {
            errors += 1;
            continue;
        };
        errors = 0;
        if sender.send(FromPeer { allocation, peer, contents: buffer[..length].to_vec() }).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_port_has_a_free_next_one() {
        let ip = IpAddr::from(Ipv4Addr::LOCALHOST);
        let port = |socket: &std::net::UdpSocket| socket.local_addr().expect("an address").port();
        let (socket, next) = even(ip, true).expect("a pair");
        assert_eq!((port(&socket) % 2, next.as_ref().map(port)), (0, Some(port(&socket) + 1)));
        let (socket, next) = even(ip, false).expect("one");
        assert!(port(&socket) % 2 == 0 && next.is_none());
    }
}
