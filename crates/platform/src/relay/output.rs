//! The ids of the relay's clients and allocations, and its outputs.

use std::net::SocketAddr;

use super::{AllocationId, RelayedPort};
use crate::transport::{ClientAddr, ConnectionId};

/// An output of the relay, for its caller to carry out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayOutput {
    /// Send this to a client: a datagram, or bytes that must not be torn from one another in its stream.
    ToClient {
        /// The client to send to.
        client: ClientAddr,
        /// One whole message.
        contents: Vec<u8>,
    },
    /// Send this from an allocation's socket.
    ToPeer {
        /// The allocation whose socket sends the datagram.
        allocation: AllocationId,
        /// The peer to send to.
        peer: SocketAddr,
        /// The content of the datagram.
        contents: Vec<u8>,
    },
    /// Requests a UDP socket on the relay's own IP address. [`RelayServer::handle_opened`](super::RelayServer) reports
    /// its address.
    Open {
        /// The allocation that the socket is for.
        allocation: AllocationId,
        /// The port that the socket must have.
        port: RelayedPort,
    },
    /// Keep the port next to an allocation's no longer.
    Release(AllocationId),
    /// Close an allocation's socket.
    Close(AllocationId),
    /// Close a client's TCP connection.
    Disconnect(ConnectionId),
}
