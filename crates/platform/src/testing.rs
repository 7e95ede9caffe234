//! A platform without media or listener, and clients on it that talk the messaging protocol, for tests.

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::event_queue::PlatformEvents;
use super::handle::PlatformHandle;
use super::media::{MediaEvent, MediaRequest};
use super::media_port::MediaPort;
use super::messaging::{Frame, FrameKind, Opening, SocketId};
use super::session_registry::{MediaMode, SessionOptions};
use super::socket_queue::{SocketOutput, SocketOutputs, socket_queue};
use crate::credentials::{Project, SessionId};

/// Held, so that the platform's channels stay open.
pub(super) struct MediaEnds {
    _requests: mpsc::Receiver<MediaRequest>,
    _events: mpsc::UnboundedSender<MediaEvent>,
    /// The events of the platform.
    pub happened: PlatformEvents,
}

/// A platform with these projects.
pub(super) fn platform_of(projects: Vec<Project>) -> (PlatformHandle, MediaEnds) {
    let (requests, _requests) = mpsc::channel(64);
    let (_events, events) = mpsc::unbounded_channel();
    let (platform, happened) =
        PlatformHandle::start(projects, SessionOptions::default(), MediaPort { requests, events });
    (platform, MediaEnds { _requests, _events, happened })
}

/// Options of a session in which a stream is announced without any media.
pub(super) fn relayed() -> SessionOptions {
    SessionOptions { media_mode: MediaMode::Relayed, ..SessionOptions::default() }
}

/// A client on a socket of its own.
pub(super) struct Client {
    platform: PlatformHandle,
    pub socket: SocketId,
    outputs: SocketOutputs,
    /// The session, as the protocol addresses it.
    uri: String,
    /// How many requests it has made.
    requests: u32,
}

impl Client {
    /// Opens a socket in a session, which is to take up the connection of this id that was made with this token.
    pub(crate) async fn reopen(platform: &PlatformHandle, session: &SessionId, token: &str, id: &str) -> Self {
        Self::open(platform, session, token, id, true).await
    }

    /// Opens a socket in a session, as the client does that makes the connection of this id with this token.
    pub(crate) async fn open(
        platform: &PlatformHandle,
        session: &SessionId,
        token: &str,
        id: &str,
        reconnect: bool,
    ) -> Self {
        let (queue, outputs) = socket_queue();
        let ticket = Some(platform.ticket(session.as_str(), id, token));
        let opening = Opening { client_socket: Some("its name".to_owned()), ticket, reconnect, ..Opening::default() };
        let socket = platform.open_socket(session.as_str(), opening, queue).await.expect("a session");
        let key = platform.session(session.as_str()).expect("a session").project.api_key;
        Self {
            platform: platform.clone(),
            socket,
            outputs,
            uri: format!("/v2/partner/{key}/session/{session}"),
            requests: 0,
        }
    }

    /// Opens a socket, and connects with this token under this id.
    pub(crate) async fn connect(platform: &PlatformHandle, session: &SessionId, token: &str, id: &str) -> Self {
        let mut client = Self::open(platform, session, token, id, false).await;
        client.request(platform, "create", &format!("/connection/{id}"), json!({}), token).await;
        assert_eq!(client.next("created").await["content"]["id"], id);
        client
    }

    /// Publishes a stream under this id. In a relayed session others hear of it at once.
    pub(crate) async fn publish(&mut self, platform: &PlatformHandle, id: &str) {
        let content = json!({ "name": "", "channel": [{ "id": "video1", "type": "video", "source": "camera" }] });
        self.request(platform, "create", &format!("/stream/{id}"), content, "").await;
        self.next("created").await;
    }

    async fn request(&mut self, platform: &PlatformHandle, method: &str, uri: &str, content: Value, token: &str) {
        self.requests += 1;
        let message = json!({ "method": method, "uri": format!("{}{uri}", self.uri), "content": content });
        let frame = Frame::new(FrameKind::Message)
            .header("TRANSACTION-ID", self.requests.to_string())
            .header("X-TB-TOKEN-AUTH", token)
            .payload(message.to_string());
        platform.socket_frame(self.socket, frame.encode().into()).await;
    }

    /// The next message from the platform, which is acknowledged; `None` when the socket was closed.
    pub(crate) async fn next_message(&mut self) -> Option<Value> {
        loop {
            let SocketOutput::Frame(bytes) = self.outputs.next().await? else { continue };
            let frame = Frame::decode(&bytes).expect("a frame");
            if frame.kind == FrameKind::Message {
                let transaction = frame.find_header("TRANSACTION-ID").expect("every message has one");
                let status = Frame::new(FrameKind::Status).header("TRANSACTION-ID", transaction);
                self.platform.socket_frame(self.socket, status.encode().into()).await;
                return Some(serde_json::from_slice(&frame.payload).expect("JSON"));
            }
        }
    }

    /// The next message with this method.
    pub(crate) async fn next(&mut self, method: &str) -> Value {
        loop {
            let message = self.next_message().await.expect("an open socket");
            if message["method"] == method {
                return message;
            }
        }
    }
}
