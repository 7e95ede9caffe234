//! The reasons that clients are given when a connection or a stream ends.

/// The client has left by itself.
pub(super) const CLIENT_DISCONNECTED: &str = "clientDisconnected";

/// A moderator, or an application's server, has disconnected the client.
pub(super) const FORCE_DISCONNECTED: &str = "forceDisconnected";

/// The client is gone without a Disconnect frame.
pub(super) const NETWORK_DISCONNECTED: &str = "networkDisconnected";

/// A moderator has taken the stream down.
pub(super) const FORCE_UNPUBLISHED: &str = "forceUnpublished";
