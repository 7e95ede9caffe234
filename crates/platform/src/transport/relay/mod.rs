//! The sockets of a relay (TURN), with a network's links on its clients' access_link.
//!
//! Each side of the access_link passes a link of its own for datagrams and one for streams. A stream loses nothing, or it would
//! be none: of the network, its link has rate, delay and jitter, in order; in an outage everything waits for its end. When too
//! much is inside, the client's connection is read no further, and what peers send is dropped, as by any relay whose send
//! buffer is full. Rates hold for datagrams and for streams, each on their own.

mod endpoint;
mod recorder;
mod relayed_sockets;
mod task;
mod tls;

pub use endpoint::{RelayEndpoint, RelayEndpointError, RelayEndpointOptions};

#[cfg(test)]
mod tests;
