//! The way from chromiumoxide to a browser's DevTools.
//!
//! chromiumoxide connects to a WebSocket by TCP and knows no other way. So there is a socket on the loopback interface for the
//! moment in which it connects. Every user of the host can reach that too; what they cannot know is its path, of 244 random bits.
//! Whoever names it is let in, and nobody after.

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

use super::debugging_pipe::{DebuggingPipe, Incoming, MAX_MESSAGE_BYTES, MessageReader, MessageWriter};

/// How long the client has to come. It comes at once.
const LIMIT: Duration = Duration::from_secs(20);

/// How long somebody who has connected has to say what they want.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(2);

/// How long nobody is let in after an error of the system.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many are listened to at once.
const MAX_HANDSHAKES: usize = 16;

/// A connection to a browser, for one client.
#[derive(Debug)]
pub(super) struct Link {
    /// Where the client connects: `ws://127.0.0.1:…/…`.
    pub address: String,
    /// Why the connection was ended from this side; it is dropped without a reason when the browser ended it.
    pub ended: oneshot::Receiver<String>,
}

/// A socket that lets in whoever knows its path, once.
#[derive(Debug)]
pub(super) struct Door {
    listener: TcpListener,
    path: String,
}

impl Door {
    pub async fn open() -> Result<Self, String> {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .map_err(|error| format!("no socket could be opened on the loopback interface: {error}"))?;
        let path = format!("/{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
        Ok(Self { listener, path })
    }

    /// Where the client connects.
    pub fn address(&self) -> Result<String, String> {
        let here = self.listener.local_addr().map_err(|error| format!("a socket without an address: {error}"))?;
        Ok(format!("ws://{here}{}", self.path))
    }

    /// Waits for the client, whoever else connects; `None` when it does not come. Nobody can connect any more afterwards.
    pub async fn admit(self) -> Option<WebSocketStream<TcpStream>> {
        let mut handshakes = FuturesUnordered::new();
        let late = tokio::time::sleep(LIMIT);
        tokio::pin!(late);
        loop {
            tokio::select! {
                accepted = self.listener.accept(), if handshakes.len() < MAX_HANDSHAKES => {
                    match accepted {
                        Ok((stream, _)) => {
                            handshakes.push(tokio::time::timeout(HANDSHAKE_LIMIT, greet(stream, &self.path)));
                        }
                        // Too many files are open, and will be at once again.
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

/// Asks somebody who has connected for the path.
async fn greet(stream: TcpStream, path: &str) -> Option<WebSocketStream<TcpStream>> {
    // Small messages are not to wait for one another.
    stream.set_nodelay(true).ok()?;
    #[allow(clippy::result_large_err, reason = "the library's type")]
    let check = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        let is_known: bool = request.uri().path().as_bytes().ct_eq(path.as_bytes()).into();
        // A page names its origin in every handshake, precall's client in none.
        if is_known && !request.headers().contains_key(header::ORIGIN) {
            return Ok(response);
        }
        let mut refusal = ErrorResponse::new(None);
        *refusal.status_mut() = StatusCode::FORBIDDEN;
        Err(refusal)
    };
    accept_hdr_async_with_config(stream, check, Some(config())).await.ok()
}

/// The limits of a connection's messages.
pub(super) fn config() -> WebSocketConfig {
    WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE_BYTES)).max_frame_size(Some(MAX_MESSAGE_BYTES))
}

/// Said to the client in place of a message about a page that was too long to be passed on.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct MessageTooLong {
    /// The longest message that is taken, in bytes.
    pub limit: usize,
}

impl MessageTooLong {
    /// The method's name, in a domain that the DevTools Protocol does not have.
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

/// What a browser said that did not fit.
pub(super) fn too_long() -> String {
    format!("a message of more than {} MB came from it", MAX_MESSAGE_BYTES / 1_048_576)
}

/// Makes a link of Chrome's debugging pipe.
pub(super) async fn bridge(pipe: DebuggingPipe) -> Result<Link, String> {
    let door = Door::open().await?;
    let address = door.address()?;
    let (end, ended) = oneshot::channel();
    tokio::spawn(async move {
        let Some(client) = door.admit().await else { return };
        let (to_client, from_client) = client.split();
        // Once either end is gone, so is the other.
        tokio::select! {
            reason = down(pipe.reader, to_client) => {
                // Nobody may be interested any more.
                let _ = reason.map(|reason| end.send(reason));
            }
            () = up(from_client, pipe.writer) => {}
        }
    });
    Ok(Link { address, ended })
}

/// Passes on what the browser says; gives the reason when that was ended from here. The client is not told goodbye: chromiumoxide
/// takes no notice of a WebSocket that closes, and of one that breaks it does.
async fn down<R, W>(mut browser: MessageReader<R>, mut client: W) -> Option<String>
where
    R: tokio::io::AsyncRead + Unpin,
    W: futures::Sink<Message> + Unpin,
{
    let mut reason = None;
    while let Ok(Some(incoming)) = browser.next().await {
        let message = match incoming {
            Incoming::Message(text) => text,
            Incoming::TooLong { session: Some(session) } => MessageTooLong::event(&session),
            Incoming::TooLong { session: None } => {
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

/// Passes on what the client says.
async fn up<R, W>(mut client: R, mut browser: MessageWriter<W>)
where
    R: futures::Stream<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin,
    W: tokio::io::AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = client.next().await {
        if let Message::Text(text) = message
            && browser.write(&text).await.is_err()
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

    /// The status with which somebody who connects is turned away.
    async fn refusal(request: impl IntoClientRequest + Unpin) -> u16 {
        match connect_async(request).await {
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => answer.status().as_u16(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn whoever_does_not_know_the_path_is_turned_away_and_keeps_nobody_waiting() {
        let door = Door::open().await.expect("a socket");
        let address = door.address().expect("an address");
        let (place, path) = (address.replacen("ws://", "", 1), door.path.clone());
        let place = place.strip_suffix(&path).expect("the path at its end").to_owned();
        let admitted = tokio::spawn(door.admit());
        let silent = TcpStream::connect(&place).await.expect("connected");
        for guess in ["/".to_owned(), path[..path.len() - 1].to_owned(), format!("{path}0"), "/json/version".to_owned()]
        {
            assert_eq!(refusal(format!("ws://{place}{guess}")).await, 403, "{guess}");
        }
        let mut of_a_page = address.as_str().into_client_request().expect("a request");
        of_a_page.headers_mut().insert(header::ORIGIN, "https://example.com".parse().expect("a header"));
        assert_eq!(refusal(of_a_page).await, 403);
        let client = connect_async(&address).await.expect("it knows the path").0;
        assert!(admitted.await.expect("ended").is_some());
        assert!(TcpStream::connect(&place).await.is_err(), "nobody comes after the client");
        drop((silent, client));
    }

    #[tokio::test]
    async fn no_two_doors_have_the_same_path() {
        let (one, other) = (Door::open().await.expect("a socket"), Door::open().await.expect("a socket"));
        assert_ne!(one.path, other.path);
        assert_eq!(one.path.len(), 1 + 64);
    }

    #[tokio::test]
    async fn messages_pass_both_ways_and_one_that_is_too_long_is_told_of_in_its_place() {
        let (pipe, browser) = DebuggingPipe::new().expect("a pipe");
        browser.set_nonblocking(true).expect("set");
        let mut browser = tokio::net::UnixStream::from_std(browser).expect("a socket");
        let link = bridge(pipe).await.expect("a bridge");
        let mut client = connect_async(&link.address).await.expect("connected").0;
        client.send(Message::text("{\"id\":0}")).await.expect("sent");
        let mut command = [0; 9];
        browser.read_exact(&mut command).await.expect("read");
        assert_eq!(&command, b"{\"id\":0}\0");
        let long = "x".repeat(MAX_MESSAGE_BYTES);
        let said = [
            "{\"id\":0,\"result\":{}}\0",
            &format!("{{\"params\":\"{long}\",\"sessionId\":\"S1\"}}\0"),
            "{\"method\":\"x\"}\0",
            &format!("{{\"params\":\"{long}\"}}\0"),
        ]
        .concat();
        let write = async {
            browser.write_all(said.as_bytes()).await.expect("written");
        };
        let read = async {
            let mut heard = Vec::new();
            loop {
                match client.next().await {
                    Some(Ok(Message::Text(text))) => heard.push(text.to_string()),
                    end => break (heard, end),
                }
            }
        };
        let ((heard, end), ()) = tokio::join!(read, write);
        assert!(matches!(end, Some(Err(_))), "chromiumoxide would take no notice: {end:?}");
        let expected = ["{\"id\":0,\"result\":{}}", &MessageTooLong::event("S1"), "{\"method\":\"x\"}"];
        assert_eq!(heard, expected);
        assert_eq!(link.ended.await.as_deref(), Ok("a message of more than 4 MB came from it"));
    }
}
