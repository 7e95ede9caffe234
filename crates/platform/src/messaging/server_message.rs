//! Requests of applications' servers, and their replies.

use serde_json::Value;

/// A request of an application's server, through the REST API.
#[derive(Debug, Clone, PartialEq)]
pub enum ServerRequest {
    /// Lists the streams.
    Streams,
    /// Describes one stream.
    Stream {
        /// The id of the stream.
        id: String,
    },
    /// Sets the layout classes of streams.
    SetLayoutClasses {
        /// Each stream's id with its classes.
        items: Vec<(String, Vec<String>)>,
    },
    /// Lists the connections.
    Connections,
    /// Disconnects a client.
    Disconnect {
        /// The id of its connection.
        connection: String,
    },
    /// Sends a signal.
    Signal {
        /// The connection that gets it; `None` for all connections.
        to: Option<String>,
        /// The type of the signal.
        kind: String,
        /// The data of the signal.
        data: String,
    },
    /// Mutes the audio of a stream.
    MuteStream {
        /// The id of the stream.
        id: String,
    },
    /// Mutes the audio of every stream, and of new streams as long as the session has clients; or ends that.
    MuteAll {
        /// Whether streams are muted from now on; false ends it.
        active: bool,
        /// The streams that are left as they are.
        except: Vec<String>,
    },
}

/// The reply to a server's request.
#[derive(Debug, Clone, PartialEq)]
pub enum ServerReply {
    /// The request was carried out.
    Done,
    /// A JSON object.
    One(Value),
    /// A list of JSON objects.
    Many(Vec<Value>),
    /// There is no such session, connection or stream.
    NotFound,
    /// A value exceeds its limit.
    TooLarge,
}
