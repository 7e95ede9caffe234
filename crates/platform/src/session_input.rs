//! The inputs of the task that runs the sessions.

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::messaging::{Opening, ServerReply, ServerRequest, SocketId};
use super::session_registry::SessionRecord;
use super::socket_queue::SocketQueue;
use precall_netem::fault::Fault;

/// An input of the task.
pub(super) enum SessionInput {
    /// A client has opened a WebSocket.
    Opened(OpenedSocket),
    /// Something came on a socket.
    Socket(SocketId, SocketInput),
    /// An application's server makes a request about a session.
    Server { session_id: String, record: SessionRecord, request: ServerRequest, reply: oneshot::Sender<ServerReply> },
    /// A fault is active from now on.
    Fault(Fault),
    /// A request for the current numbers of sessions and sockets.
    Stats(oneshot::Sender<PlatformStats>),
}

/// An input from a client's WebSocket.
pub(super) enum SocketInput {
    /// A frame, with its share of the bytes that may wait for the task.
    Frame(Bytes, OwnedSemaphorePermit),
    /// The socket is closed. Its client may come back on another.
    Closed,
    /// The socket is closed, and its page is gone.
    Lost,
}

/// A WebSocket that a client has opened.
pub(super) struct OpenedSocket {
    pub session_id: String,
    pub record: SessionRecord,
    pub socket: SocketId,
    pub opening: Opening,
    pub queue: SocketQueue,
}

/// The activity of a platform at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlatformStats {
    /// The number of sessions with a client, or whose last client left less than a second ago.
    pub sessions: usize,
    /// The number of open messaging WebSockets.
    pub sockets: usize,
}
