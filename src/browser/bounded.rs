//! The DevTools connection passes through here, so that no message of the browser's is longer than precall takes: chromiumoxide
//! has no limit, and needs four times the bytes of whatever it reads. A page writes console lines and calls bindings of any length.

use std::sync::{Arc, OnceLock};

use futures::{SinkExt, StreamExt};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{accept_async_with_config, connect_async_with_config};

/// The longest message of a browser. The longest that precall asks for are statistics, far below; an event of a page takes six
/// times its bytes when all of them are escaped.
pub(super) const MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// A DevTools connection whose messages are bounded.
pub(super) struct Bounded {
    /// `ws://`, for one connection.
    pub address: String,
    /// How long the message was that ended it, if one did.
    pub too_long: Arc<OnceLock<usize>>,
}

/// Connects to a browser's DevTools, and gives a `ws://` address on the loopback interface, for one connection. A message that is
/// too long ends it: it is not read, so that it takes no memory.
pub(super) async fn bounded(address: &str) -> Result<Bounded, String> {
    let config =
        WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE_BYTES)).max_frame_size(Some(MAX_MESSAGE_BYTES));
    let (browser, _) = connect_async_with_config(address, Some(config), true)
        .await
        .map_err(|error| format!("its DevTools port does not answer: {error}"))?;
    let failed = |error: std::io::Error| format!("no socket could be opened on the loopback interface: {error}");
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(failed)?;
    let here = listener.local_addr().map_err(failed)?;
    let too_long = Arc::new(OnceLock::new());
    let bytes = Arc::clone(&too_long);
    tokio::spawn(async move {
        let Ok((stream, _)) = listener.accept().await else { return };
        let Ok(client) = accept_async_with_config(stream, Some(WebSocketConfig::default())).await else { return };
        let ((mut to_browser, mut from_browser), (mut to_client, mut from_client)) = (browser.split(), client.split());
        let down = async {
            while let Some(message) = from_browser.next().await {
                match message {
                    Ok(Message::Close(_)) => break,
                    Ok(message) => {
                        if to_client.send(message).await.is_err() {
                            break;
                        }
                    }
                    Err(Error::Capacity(CapacityError::MessageTooLong { size, .. })) => {
                        // Only the first one is ever seen.
                        let _ = bytes.set(size);
                        break;
                    }
                    Err(_) => break,
                }
            }
            // Without a farewell: of one that ends politely chromiumoxide takes no notice.
        };
        let up = async {
            while let Some(Ok(message)) = from_client.next().await {
                if to_browser.send(message).await.is_err() {
                    break;
                }
            }
            let _ = to_browser.send(Message::Close(None)).await;
        };
        // Once either end is gone, so is the other.
        tokio::select! {
            () = down => {}
            () = up => {}
        }
    });
    Ok(Bounded { address: format!("ws://{here}/"), too_long })
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::connect_async;

    use super::*;

    /// A browser that sends two messages of these lengths; gives what comes through, and what ended it.
    async fn sent(lengths: [usize; 2]) -> (Vec<usize>, Option<usize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let address = format!("ws://{}/", listener.local_addr().expect("an address"));
        let browser = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("a connection");
            let mut socket = accept_async_with_config(stream, None).await.expect("a handshake");
            for length in lengths {
                // The far end hangs up on what is too long.
                let _ = socket.send(Message::text("x".repeat(length))).await;
            }
            let _ = socket.close(None).await;
        });
        let Bounded { address, too_long } = bounded(&address).await.expect("a view");
        let (mut client, _) = connect_async(address).await.expect("a client");
        let mut came = Vec::new();
        while let Some(Ok(Message::Text(text))) = client.next().await {
            came.push(text.len());
        }
        browser.abort();
        (came, too_long.get().copied())
    }

    #[tokio::test]
    async fn a_message_that_is_too_long_ends_the_connection() {
        let most = MAX_MESSAGE_BYTES;
        assert_eq!(sent([most, 5]).await, (vec![most, 5], None));
        assert_eq!(sent([5, 25 * most]).await, (vec![5], Some(25 * most)));
    }
}
