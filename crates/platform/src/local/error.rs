//! Why a local platform could not be started.

use crate::transport::{IdentityError, ListenError, MediaEndpointError, RelayEndpointError, SignallingEndpointError};

/// The part of a local platform that could not be started, and why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The media router has no socket.
    #[error(transparent)]
    Media(#[from] MediaEndpointError),
    /// The relay cannot listen.
    #[error(transparent)]
    Relay(#[from] RelayEndpointError),
    /// The listener for signalling has no socket.
    #[error(transparent)]
    Signalling(#[from] SignallingEndpointError),
    /// The listener of [`ClientAccess::Listener`](super::ClientAccess::Listener) cannot use its address.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// No certificate could be generated for TLS.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}
