//! The hosts that a platform stands for.

/// The host that session info names for messaging. It need not resolve: clients reach it through a proxy, of whichever
/// kind.
pub(crate) const MESSAGING_HOST: &str = "messaging.precall.test";

/// The hosts that a platform stands for.
pub const HOSTS: [&str; 4] = ["config.opentok.com", "anvil.opentok.com", "hlg.tokbox.com", MESSAGING_HOST];

/// The logical address of raptor messages to and from the platform.
pub(crate) const SYMPHONY_ADDRESS: &str = "symphony.precall.test";
