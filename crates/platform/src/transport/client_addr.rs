//! The address of a client, as a server sees it.

use std::net::SocketAddr;

/// A TCP connection of a client, numbered by the listener that accepted it. A number is never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

/// A client of a server that has one address: the client's half of what RFC 8656 calls the 5-tuple.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClientAddr {
    /// A client that sends datagrams from this address.
    Udp(SocketAddr),
    /// A client that has opened this connection from this address.
    Tcp(ConnectionId, SocketAddr),
}

impl ClientAddr {
    /// Returns the remote address of the client.
    pub fn address(self) -> SocketAddr {
        match self {
            Self::Udp(address) | Self::Tcp(_, address) => address,
        }
    }
}
