//! How `precall platform` is reached from outside a container.

use std::net::IpAddr;

use clap::Args;

/// What a container publishes of a platform.
#[derive(Debug, Args)]
pub(super) struct PublishedArguments {
    /// Take media on this port instead of a free one, by UDP and with --ice-tcp by TCP: to be published by a container.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub media_port: u16,
    /// The address that clients reach the platform at, when it is not the one it listens on: as in a container, whose ports
    /// are published on 127.0.0.1. Goes without the relay.
    #[arg(long, value_name = "ADDRESS")]
    pub announce: Option<IpAddr>,
}
