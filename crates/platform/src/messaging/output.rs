//! What a session wants done, and what it has to tell.

use bytes::Bytes;

use super::socket_id::SocketId;
use crate::media::{FallbackChange, MediaRequest, PeerId};

/// Why and how the server closes a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// Nothing came for too long.
    Idle,
    /// Its client has another socket now.
    Replaced,
    /// What came was no frame.
    BadFrame,
    /// Its client has shown no token in time.
    NoToken,
    /// Its client does not take what it is sent, and others need the state.
    Overloaded,
}

/// What a session wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Send a frame.
    Send {
        /// On this socket.
        socket: SocketId,
        /// The frame.
        frame: Bytes,
    },
    /// Close a socket.
    Close {
        /// This one.
        socket: SocketId,
        /// Why.
        close: Close,
    },
    /// Ask the media router for something.
    Media(MediaRequest),
    /// Something worth telling a person.
    Activity(Activity),
}

/// What people watching a platform see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Activity {
    /// A client connected.
    Connected {
        /// Its connection.
        connection: String,
    },
    /// A client left, or was given up.
    Disconnected {
        /// Its connection.
        connection: String,
        /// `clientDisconnected`, `networkDisconnected` or `forceDisconnected`.
        reason: &'static str,
    },
    /// A stream's media flows.
    Published {
        /// The stream.
        stream: String,
    },
    /// A stream ended.
    Unpublished {
        /// The stream.
        stream: String,
    },
    /// A subscriber's media flows.
    Subscribed {
        /// The subscriber.
        subscriber: String,
    },
    /// What a subscriber's way down means for its video has changed.
    Fallback {
        /// The subscriber.
        subscriber: String,
        /// What has changed.
        change: FallbackChange,
    },
    /// A request that this platform does not know; it was answered with success.
    UnknownRequest {
        /// Its method.
        method: String,
        /// Its URI.
        uri: String,
    },
    /// A peer's media could not be set up.
    MediaFailed {
        /// Which.
        peer: PeerId,
        /// Why.
        reason: String,
    },
}
