//! A whole local platform from one builder: the media router, the relay, the sessions and the listener that clients
//! reach them through, with a network, a firewall and faults on request.

mod access_point;
mod builder;
mod error;
mod firewall_counters;
mod media;
mod options;
mod platform;
mod signalling;

pub use access_point::{AccessOptions, AccessPoint};
pub use builder::LocalPlatformBuilder;
pub use error::StartError;
pub use firewall_counters::FirewallCounters;
pub use options::{ClientAccess, InterceptOptions, MediaOptions, RelayOptions};
pub use platform::{LocalPlatform, TOKEN_LIFETIME};

#[cfg(test)]
mod tests;
