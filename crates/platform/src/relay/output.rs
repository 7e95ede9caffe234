//! Who the relay talks to, and what it wants done.

use std::net::SocketAddr;

use super::RelayedPort;
use crate::transport::{ClientAddr, ConnectionId};

/// An allocation; its relayed transport address is a UDP socket of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AllocationId(pub u64);

/// What the relay wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayOutput {
    /// Send this to a client: a datagram, or bytes that must not be torn from one another in its stream.
    ToClient {
        /// To whom.
        client: ClientAddr,
        /// One whole message.
        contents: Vec<u8>,
    },
    /// Send this from an allocation's socket.
    ToPeer {
        /// From whose.
        allocation: AllocationId,
        /// To whom.
        peer: SocketAddr,
        /// The datagram.
        contents: Vec<u8>,
    },
    /// Open a UDP socket on the relay's own IP address, and say by [`RelayServer::handle_opened`](super::RelayServer) which.
    Open {
        /// Whose it is.
        allocation: AllocationId,
        /// Which port it is to have.
        port: RelayedPort,
    },
    /// Keep the port next to an allocation's no longer.
    Release(AllocationId),
    /// Close an allocation's socket.
    Close(AllocationId),
    /// Close a client's TCP connection.
    Disconnect(ConnectionId),
}
