//! The sockets of a relay (TURN), with a network's links between it and its clients.
//!
//! Each direction of the access link has one link for datagrams and one for streams. The link of streams loses nothing,
//! since a stream cannot: it applies the network's rate, delay and jitter, in order, and in an outage everything waits
//! for its end. When too much is in the link, the client's connection is not read, and packets of peers are dropped, as
//! by any relay whose send buffer is full. Rates hold for datagrams and for streams separately.

mod endpoint;
mod recorder;
mod relayed_sockets;
mod task;
mod tls;

pub use endpoint::{RelayEndpoint, RelayEndpointError, RelayEndpointOptions};

#[cfg(test)]
mod tests;
