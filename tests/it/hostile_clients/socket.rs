//! A messaging socket of `precall platform`, as clients open one.

use std::time::Duration;

use futures::{FutureExt, SinkExt, StreamExt};
use precall_platform::messaging::{Frame, FrameKind};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::common::platform::Running;

/// How long an answer may take, on a host that is busy with other tests.
const LIMIT: Duration = Duration::from_secs(20);

/// What session info tells a client.
pub struct Admitted {
    /// The path of its messaging sockets.
    pub path: String,
}

impl Admitted {
    /// Asks for session info with the token of the ready session, as the client that will have this connection.
    pub fn by_session_info(running: &Running, connection: &str) -> Self {
        let (session, token) = (running.text("sessionId"), running.text("token"));
        let headers = [("X-OPENTOK-AUTH", token.as_str()), ("X-TB-CONNECTIONID", connection)];
        let answer = running.ask(&format!("GET /anvil.opentok.com/session/{session}"), &headers);
        let body = answer.split_once("\r\n\r\n").expect("a body").1;
        let info: Value = serde_json::from_str(body).expect("JSON");
        let url = info[0]["messaging_url"].as_str().expect("a URL");
        Self { path: url.trim_start_matches("wss://").to_owned() }
    }

    /// The path that the session alone has.
    pub fn path_without_ticket(&self) -> String {
        let parts: Vec<_> = self.path.split('/').collect();
        format!("{}/{}/{}", parts[0], parts[1], parts[3])
    }
}

/// A socket.
pub struct Socket {
    pub stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    uri: String,
    token: String,
    transactions: u32,
}

impl Socket {
    /// Opens a socket that says nothing.
    pub async fn anonymous(running: &Running) -> Self {
        let path = format!("messaging.precall.test:443/{}/rumorwebsocketsv2", running.text("sessionId"));
        Self::open(running, &path, "anonymous", false).await
    }

    pub async fn open(running: &Running, path: &str, name: &str, reconnect: bool) -> Self {
        let base = running.text("apiUrl").replace("http://", "ws://");
        let (stream, _) = connect_async(format!("{base}/{path}?socketId={name}&reconnect={reconnect}"))
            .await
            .expect("it takes WebSockets");
        let uri = format!("/v2/partner/{}/session/{}", running.text("apiKey"), running.text("sessionId"));
        Self { stream, uri, token: running.text("token"), transactions: 0 }
    }

    /// Opens a socket, and makes a connection of this id.
    pub async fn connect(running: &Running, id: &str) -> Self {
        let mut socket = Self::open(running, &Admitted::by_session_info(running, id).path, id, false).await;
        socket.send_frame(Frame::new(FrameKind::Connect)).await;
        socket.ask("create", &format!("/connection/{id}"), json!({})).await;
        socket
    }

    pub async fn send_frame(&mut self, frame: Frame) {
        // A socket that was closed meanwhile takes nothing; who hangs on it sees that by the answer.
        let _ = self.stream.send(Message::binary(frame.encode())).await;
    }

    pub async fn send(&mut self, method: &str, resource: &str, content: Value) {
        self.transactions += 1;
        let message = json!({ "method": method, "uri": format!("{}{resource}", self.uri), "content": content });
        let frame = Frame::new(FrameKind::Message)
            .address("symphony")
            .header("TRANSACTION-ID", self.transactions.to_string())
            .header("X-TB-TOKEN-AUTH", self.token.clone())
            .payload(message.to_string());
        self.send_frame(frame).await;
    }

    /// Asks for something that is granted.
    pub async fn ask(&mut self, method: &str, resource: &str, content: Value) {
        self.send(method, resource, content).await;
        assert_eq!(self.status().await, Some(200), "{method} {resource}");
    }

    /// The code of the next answer; `None` when the socket was closed.
    pub async fn status(&mut self) -> Option<u16> {
        loop {
            let frame = self.next().await?;
            if frame.kind == FrameKind::Status {
                return frame.find_header("STATUS").and_then(|code| code.parse().ok());
            }
        }
    }

    /// Sends a signal to everybody, and waits until it comes to itself.
    pub async fn signal_to_itself(&mut self, data: &str) {
        self.send("signal", "/signal/own", json!({ "type": "own", "data": data })).await;
        loop {
            let frame = self.next().await.expect("an open socket");
            let message: Value = serde_json::from_slice(&frame.payload).unwrap_or_default();
            if frame.kind == FrameKind::Message && message["content"]["data"] == data {
                return;
            }
        }
    }

    /// The code by which the platform closes the socket; `None` when it is cut.
    pub async fn close_code(&mut self) -> Option<u16> {
        loop {
            match self.received().await? {
                Message::Close(close) => return close.map(|close| close.code.into()),
                _ => continue,
            }
        }
    }

    /// Takes what has come, and acknowledges nothing.
    pub fn drain(&mut self) {
        while let Some(Some(Ok(_))) = self.stream.next().now_or_never() {}
    }

    /// Takes what has come, and acknowledges it.
    pub async fn keep_up(&mut self) {
        while let Some(Some(frame)) = self.next().now_or_never() {
            drop(frame);
        }
    }

    /// The next frame, which is acknowledged.
    async fn next(&mut self) -> Option<Frame> {
        loop {
            let Message::Binary(bytes) = self.received().await? else { continue };
            let frame = Frame::decode(&bytes).expect("a frame");
            if frame.kind == FrameKind::Message {
                let transaction = frame.find_header("TRANSACTION-ID").expect("every message has one").to_owned();
                self.send_frame(Frame::new(FrameKind::Status).header("TRANSACTION-ID", transaction)).await;
            }
            return Some(frame);
        }
    }

    async fn received(&mut self) -> Option<Message> {
        tokio::time::timeout(LIMIT, self.stream.next()).await.expect("the platform says something")?.ok()
    }
}
