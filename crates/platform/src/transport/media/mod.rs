//! The media endpoint: a socket that the browser sends to, a link in each direction, and the media router behind them.
//! On request, browsers may also connect by TCP (ICE-TCP, RFC 6544): their datagrams are frames of a stream, which has
//! links of its own, as with the relay.

mod endpoint;
mod task;
mod tcp_clients;

pub(crate) use endpoint::MediaEndpointOptions;
pub use endpoint::{MediaEndpoint, MediaEndpointError};

#[cfg(test)]
mod tests;
