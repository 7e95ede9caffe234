//! The media endpoint: sockets that browsers send to, a link in each direction, and the media router behind them. Each
//! access point has its own sockets and its own links.
//! On request, browsers may also connect by TCP (ICE-TCP, RFC 6544): their datagrams are frames of a stream, which has
//! links of its own, as with the relay.

mod access;
mod endpoint;
mod task;
mod tcp_clients;

pub(crate) use endpoint::MediaEndpointOptions;
pub use endpoint::{MediaEndpoint, MediaEndpointError};

#[cfg(test)]
mod tests;
