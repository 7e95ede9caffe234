//! The outputs of a session, and the events that it reports.

use bytes::Bytes;

use super::socket_id::SocketId;
use crate::media::{AccessId, FallbackChange, MediaRequest, PeerId};

/// Why and how the server closes a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// Nothing came for too long.
    Idle,
    /// Its client has another socket now.
    Replaced,
    /// The client sent bytes that are not a frame.
    BadFrame,
    /// Its client has shown no token in time.
    NoToken,
    /// Its client does not read its messages, and others need the memory.
    Overloaded,
}

/// An output of a session, for its caller to carry out.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Send a frame.
    Send {
        /// The socket to send it on.
        socket: SocketId,
        /// The frame to send.
        frame: Bytes,
    },
    /// Close a socket.
    Close {
        /// The socket to close.
        socket: SocketId,
        /// The reason for closing it.
        close: Close,
    },
    /// Make a request to the media router.
    Media(MediaRequest),
    /// Report an event to the operator of the platform.
    Activity(Activity),
}

/// The media of a stream that are on. A stream without audio or video has it off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveMedia {
    /// Whether audio is sent.
    pub audio: bool,
    /// Whether video is sent.
    pub video: bool,
}

/// An event of a session that its operator sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Activity {
    /// A client connected.
    Connected {
        /// The id of the connection.
        connection: String,
        /// The access point by which the client reaches the platform.
        access: AccessId,
    },
    /// A client that had lost its socket resumed its connection on another.
    Resumed {
        /// The id of the connection.
        connection: String,
    },
    /// A client left, or was given up.
    Disconnected {
        /// The id of the connection.
        connection: String,
        /// `clientDisconnected`, `networkDisconnected` or `forceDisconnected`.
        reason: &'static str,
    },
    /// A stream's media flows.
    Published {
        /// The id of the stream.
        stream: String,
        /// The id of the connection that publishes it.
        connection: String,
        /// The name that its publisher gave it; empty without one.
        name: String,
        /// The media of the stream that are on.
        media: ActiveMedia,
    },
    /// A publisher has turned audio or video of its stream on or off.
    MediaChanged {
        /// The id of the stream.
        stream: String,
        /// The media of the stream that are on now.
        media: ActiveMedia,
    },
    /// A stream ended.
    Unpublished {
        /// The id of the stream.
        stream: String,
    },
    /// A client subscribes to a stream: it was sent its first offer.
    Subscribing {
        /// The id of the subscriber.
        subscriber: String,
        /// The id of the connection that subscribes.
        connection: String,
        /// The id of the stream.
        stream: String,
        /// The ids of the stream's tracks in the client's page (`msid`, RFC 8830).
        tracks: Vec<String>,
    },
    /// A subscription ended.
    Unsubscribed {
        /// The id of the subscriber.
        subscriber: String,
    },
    /// A subscriber's media flows.
    Subscribed {
        /// The id of the subscriber.
        subscriber: String,
    },
    /// Audio fallback has changed a subscriber's video.
    Fallback {
        /// The id of the subscriber.
        subscriber: String,
        /// The change of the subscriber's video.
        change: FallbackChange,
    },
    /// A request that this platform does not know; it was answered with success.
    UnknownRequest {
        /// The method of the request.
        method: String,
        /// The URI of the request.
        uri: String,
    },
    /// A peer's media could not be set up.
    MediaFailed {
        /// The peer whose connection failed.
        peer: PeerId,
        /// The reason of the failure, for people.
        reason: String,
    },
}
