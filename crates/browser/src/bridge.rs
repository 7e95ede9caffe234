//! Connects chromiumoxide with a browser's DevTools.
//!
//! chromiumoxide connects to a WebSocket over TCP and supports nothing else. The bridge therefore opens a socket on the
//! loopback interface until chromiumoxide has connected. Every user of the host can reach that socket, but only precall
//! knows its path, which has 244 random bits. The socket accepts one client that names the path, and no client after
//! it.

use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::json;
use subtle::ConstantTimeEq;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{StatusCode, header};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

use super::debugging_pipe::{DebuggingPipe, MAX_MESSAGE_BYTES, MessageReader, MessageWriter, PipeMessage};
use super::network_events::without_network_events;

/// How long the socket waits for its client, which normally connects at once.
const LIMIT: Duration = Duration::from_secs(20);

/// How long a client has to send its WebSocket handshake.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(2);

/// How long the socket accepts no connection after an error of the operating system.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many handshakes are in progress at the same time.
const MAX_HANDSHAKES: usize = 16;

/// A connection to a browser's DevTools, for one client.
#[derive(Debug)]
pub(super) struct DevToolsConnection {
    /// The URL at which the client connects: `ws://127.0.0.1:…/…`.
    pub address: String,
    /// Receives the reason if precall ended the connection. The sender is dropped without a reason if the browser ended
    /// it.
    pub ended: oneshot::Receiver<String>,
}

/// A socket on the loopback interface that accepts one client: the one that knows its path.
#[derive(Debug)]
pub(super) struct LoopbackSocket {
    listener: TcpListener,
    path: String,
}

impl LoopbackSocket {
    pub(crate) async fn open() -> Result<Self, String> {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .map_err(|error| format!("no socket could be opened on the loopback interface: {error}"))?;
        let path = format!("/{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
        Ok(Self { listener, path })
    }

    /// Returns the URL at which the client connects.
    pub(crate) fn address(&self) -> Result<String, String> {
        let here = self.listener.local_addr().map_err(|error| format!("a socket without an address: {error}"))?;
        Ok(format!("ws://{here}{}", self.path))
    }

    /// Waits for the client and turns away all others. Returns `None` if the client does not come. Afterwards the
    /// socket is closed.
    pub(crate) async fn admit(self) -> Option<WebSocketStream<TcpStream>> {
        let mut handshakes = FuturesUnordered::new();
        let late = tokio::time::sleep(LIMIT);
        tokio::pin!(late);
        loop {
            tokio::select! {
                accepted = self.listener.accept(), if handshakes.len() < MAX_HANDSHAKES => {
                    match accepted {
                        Ok((stream, _)) => {
                            handshakes.push(tokio::time::timeout(HANDSHAKE_LIMIT, handshake(stream, &self.path)));
                        }
                        // Too many files are open. The next attempt may succeed.
                        Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
                    }
                }
                Some(client) = handshakes.next() => {
                    if let Ok(Some(client)) = client {
                        return Some(client);
                    }
                }
                () = &mut late => return None,
            }
        }
    }
}

/// Accepts a WebSocket handshake that names the path, and refuses any other.
async fn handshake(stream: TcpStream, path: &str) -> Option<WebSocketStream<TcpStream>> {
    // Small messages must not wait for one another.
    stream.set_nodelay(true).ok()?;
    #[allow(clippy::result_large_err, reason = "the library's type")]
    let check = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        let is_known: bool = request.uri().path().as_bytes().ct_eq(path.as_bytes()).into();
        // A web page sends its origin in every handshake. precall's client sends none.
        if is_known && !request.headers().contains_key(header::ORIGIN) {
            return Ok(response);
        }
        let mut refusal = ErrorResponse::new(None);
        *refusal.status_mut() = StatusCode::FORBIDDEN;
        Err(refusal)
    };
    accept_hdr_async_with_config(stream, check, Some(config())).await.ok()
}

/// Returns the limits for the messages of a connection.
pub(super) fn config() -> WebSocketConfig {
    WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE_BYTES)).max_frame_size(Some(MAX_MESSAGE_BYTES))
}

/// An event for the client. It replaces a message about a page that was too long to be forwarded.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct MessageTooLong {
    /// The longest message that is accepted, in bytes.
    pub limit: usize,
}

impl MessageTooLong {
    /// The name of the event, in a domain that the DevTools Protocol does not have.
    const METHOD: &str = "Precall.messageTooLong";

    fn event(session: &str) -> String {
        let event = json!({ "method": Self::METHOD, "params": { "limit": MAX_MESSAGE_BYTES }, "sessionId": session });
        event.to_string()
    }
}

impl chromiumoxide::MethodType for MessageTooLong {
    fn method_id() -> chromiumoxide::types::MethodId {
        Self::METHOD.into()
    }
}

impl chromiumoxide::cdp::CustomEvent for MessageTooLong {}

/// Describes a browser's message that was too long.
pub(super) fn too_long() -> String {
    format!("a message of more than {} MB came from it", MAX_MESSAGE_BYTES / 1_048_576)
}

/// Opens a connection to Chrome's debugging pipe.
pub(super) async fn bridge(pipe: DebuggingPipe) -> Result<DevToolsConnection, String> {
    let socket = LoopbackSocket::open().await?;
    let address = socket.address()?;
    let (end, ended) = oneshot::channel();
    tokio::spawn(async move {
        let Some(client) = socket.admit().await else { return };
        let (to_client, from_client) = client.split();
        // When one end is gone, the other is closed as well.
        tokio::select! {
            reason = down(pipe.reader, to_client) => {
                // The receiver may be gone already.
                let _ = reason.map(|reason| end.send(reason));
            }
            () = up(from_client, pipe.writer) => {}
        }
    });
    Ok(DevToolsConnection { address, ended })
}

/// Forwards the browser's messages to the client. Returns the reason if precall ended the connection. The client gets
/// no WebSocket close frame: chromiumoxide ignores a WebSocket that closes, but notices one that breaks.
async fn down<R, W>(mut browser: MessageReader<R>, mut client: W) -> Option<String>
where
    R: tokio::io::AsyncRead + Unpin,
    W: futures::Sink<Message> + Unpin,
{
    let mut reason = None;
    while let Ok(Some(received)) = browser.next().await {
        let message = match received {
            PipeMessage::Message(text) => text,
            PipeMessage::TooLong { session: Some(session) } => MessageTooLong::event(&session),
            PipeMessage::TooLong { session: None } => {
                reason = Some(too_long());
                break;
            }
        };
        if client.send(Message::text(message)).await.is_err() {
            break;
        }
    }
    reason
}

/// Forwards the client's messages to the browser.
async fn up<R, W>(mut client: R, mut browser: MessageWriter<W>)
where
    R: futures::Stream<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin,
    W: tokio::io::AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = client.next().await {
        if let Message::Text(text) = message
            && browser.write(&without_network_events(&text)).await.is_err()
        {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_tungstenite::connect_async;
    use tokio_tungstenite::tungstenite::client::IntoClientRequest;

    use super::*;

    /// Returns the HTTP status with which a client is turned away.
    async fn refusal(request: impl IntoClientRequest + Unpin) -> u16 {
        match connect_async(request).await {
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => answer.status().as_u16(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_client_without_the_path_is_refused_and_delays_nobody() {
        let socket = LoopbackSocket::open().await.expect("a socket");
        let address = socket.address().expect("an address");
        let (place, path) = (address.replacen("ws://", "", 1), socket.path.clone());
        let place = place.strip_suffix(&path).expect("the path at its end").to_owned();
        let admitted = tokio::spawn(socket.admit());
        let silent = TcpStream::connect(&place).await.expect("connected");
        for guess in ["/".to_owned(), path[..path.len() - 1].to_owned(), format!("{path}0"), "/json/version".to_owned()]
        {
            assert_eq!(refusal(format!("ws://{place}{guess}")).await, 403, "{guess}");
        }
        let mut from_page = address.as_str().into_client_request().expect("a request");
        from_page.headers_mut().insert(header::ORIGIN, "https://example.com".parse().expect("a header"));
        assert_eq!(refusal(from_page).await, 403);
        let client = connect_async(&address).await.expect("the path is right").0;
        assert!(admitted.await.expect("ended").is_some());
        assert!(TcpStream::connect(&place).await.is_err(), "no client is accepted after the first");
        drop((silent, client));
    }

    #[tokio::test]
    async fn every_socket_has_a_path_of_its_own() {
        let (one, other) =
            (LoopbackSocket::open().await.expect("a socket"), LoopbackSocket::open().await.expect("a socket"));
        assert_ne!(one.path, other.path);
        assert_eq!(one.path.len(), 1 + 64);
    }

    #[tokio::test]
    async fn messages_pass_both_ways_and_an_event_replaces_one_that_is_too_long() {
        let (pipe, browser) = DebuggingPipe::new().expect("a pipe");
        browser.set_nonblocking(true).expect("set");
        let mut browser = tokio::net::UnixStream::from_std(browser).expect("a socket");
        let connection = bridge(pipe).await.expect("a bridge");
        let mut client = connect_async(&connection.address).await.expect("connected").0;
        client.send(Message::text("{\"id\":0}")).await.expect("sent");
        let mut command = [0; 9];
        browser.read_exact(&mut command).await.expect("read");
        assert_eq!(&command, b"{\"id\":0}\0");
        let long = "x".repeat(MAX_MESSAGE_BYTES);
        let sent = [
            "{\"id\":0,\"result\":{}}\0",
            &format!("{{\"params\":\"{long}\",\"sessionId\":\"S1\"}}\0"),
            "{\"method\":\"x\"}\0",
            &format!("{{\"params\":\"{long}\"}}\0"),
        ]
        .concat();
        let write = async {
            browser.write_all(sent.as_bytes()).await.expect("written");
        };
        let read = async {
            let mut received = Vec::new();
            loop {
                match client.next().await {
                    Some(Ok(Message::Text(text))) => received.push(text.to_string()),
                    end => break (received, end),
                }
            }
        };
        let ((received, end), ()) = tokio::join!(read, write);
        assert!(matches!(end, Some(Err(_))), "chromiumoxide would not notice: {end:?}");
        let expected = ["{\"id\":0,\"result\":{}}", &MessageTooLong::event("S1"), "{\"method\":\"x\"}"];
        assert_eq!(received, expected);
        assert_eq!(connection.ended.await.as_deref(), Ok("a message of more than 4 MB came from it"));
    }
}
