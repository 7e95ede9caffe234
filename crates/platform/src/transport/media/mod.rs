//! The path of media: a socket that the browser sends to, a link each way, and the media router behind them. Where it is asked
//! for, browsers may also come by TCP (ICE-TCP, RFC 6544): their datagrams are frames of a stream, which has links of its own, as
//! with the relay.

mod endpoint;
mod task;
mod tcp_clients;

pub use endpoint::{MediaEndpoint, MediaEndpointError, MediaEndpointOptions};

#[cfg(test)]
mod tests;
