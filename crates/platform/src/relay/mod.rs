//! The relay: a TURN server (RFC 8656, over RFC 8489's STUN) for clients that cannot reach the platform directly.
//!
//! [`RelayServer`] is sans-I/O: datagrams, stream bytes and times are its inputs; messages and requests for sockets are
//! its outputs. `transport` connects it to real sockets, with a network's link between it and its clients. Credentials
//! are long-term ones whose user names hold their expiry, as TURN services issue them (`credentials`). A client without
//! credentials cannot make the relay's state grow: nonces are stateless (`nonce`), and a TCP connection without an
//! allocation is closed.
//!
//! Messages are read and written by `turn-types`. Its server, `turn-server-proto` 0.7.3, was evaluated and not used:
//! users can only be added to it, and never removed; it has no rule for which peers are allowed; it has no limit on
//! allocations; and its answer to a Binding request goes to its own address.

mod allocation;
mod auth;
mod carried;
mod credentials;
mod even_port;
mod message_stream;
mod nonce;
mod output;
mod peers;
mod port;
mod reply;
mod requests;
mod server;

pub use allocation::AllocationId;
pub use credentials::{RelayCredentials, RelaySecret};
pub use even_port::RelayedPort;
pub use message_stream::MAX_MESSAGE_BYTES;
pub(crate) use message_stream::MessageStream;
pub use output::RelayOutput;
pub use peers::RelayPeers;
pub use port::{IceServer, RelayPort, RelayRequest, TurnTransport};
pub use server::{RelayConfig, RelayServer};
