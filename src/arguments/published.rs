//! How `precall platform` is reached from outside a container.

use std::net::IpAddr;

use clap::Args;

/// The ports and the address that a container publishes of a platform.
#[derive(Debug, Args)]
pub(crate) struct PublishedArguments {
    /// Receive media on this port instead of a free one, over UDP and with --ice-tcp over TCP: for a container that
    /// publishes it.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub media_port: u16,
    /// The address at which clients reach the platform, if it is not the one it listens on: for example in a container
    /// whose ports are published on 127.0.0.1. Runs no relay.
    #[arg(long, value_name = "ADDRESS")]
    pub announce: Option<IpAddr>,
}
