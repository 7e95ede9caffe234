//! A remote browser may have pages of other users. chromiumoxide attaches to every page that the browser announces, and
//! closes those that do not answer. Its connection therefore passes through this filter, which drops the announcements
//! of pages outside precall's own contexts.

use std::collections::HashSet;

use futures::{SinkExt, StreamExt, future};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::bridge::{DevToolsConnection, LoopbackSocket, config, too_long};
use super::network_events::without_network_events;
use super::remote_socket::connect;

/// Connects to a remote browser's DevTools, and returns a connection that shows only precall's own pages.
pub(super) async fn filtered_connection(address: &str) -> Result<DevToolsConnection, String> {
    let browser = connect(address, config()).await?;
    let socket = LoopbackSocket::open().await?;
    let address = socket.address()?;
    let (end, ended) = oneshot::channel();
    tokio::spawn(async move {
        let Some(client) = socket.admit().await else { return };
        let ((mut to_browser, mut from_browser), (mut to_client, from_client)) = (browser.split(), client.split());
        let mut own = OwnContexts::default();
        let down = async {
            // Like a bridge, this sends no WebSocket close frame to the client.
            loop {
                let message = match from_browser.next().await {
                    Some(Ok(message)) => message,
                    Some(Err(Error::Capacity(_))) => break Some(too_long()),
                    Some(Err(_)) | None => break None,
                };
                let is_visible = message.to_text().map_or(true, |text| !message.is_text() || own.is_visible(text));
                if is_visible && to_client.send(message).await.is_err() {
                    break None;
                }
            }
        };
        let up = async {
            let mut commands = from_client.take_while(|message| future::ready(message.is_ok()));
            while let Some(Ok(message)) = commands.next().await {
                let message = match message {
                    Message::Text(text) => Message::text(without_network_events(&text).into_owned()),
                    other => other,
                };
                if to_browser.send(message).await.is_err() {
                    break;
                }
            }
            // The browser keeps running, so its connection is closed properly.
            let _ = to_browser.send(Message::Close(None)).await;
        };
        // When one end is gone, the other is closed as well.
        tokio::select! {
            reason = down => {
                // The receiver may be gone already.
                let _ = reason.map(|reason| end.send(reason));
            }
            () = up => {}
        }
    });
    Ok(DevToolsConnection { address, ended })
}

/// The browser contexts that precall created in this browser.
#[derive(Debug, Default)]
struct OwnContexts {
    contexts: HashSet<String>,
}

impl OwnContexts {
    /// Returns whether the client may see a message of the browser: every message except the announcement of a page in
    /// another context.
    fn is_visible(&mut self, text: &str) -> bool {
        // Most messages have neither text, and need no parsing.
        let announces_page = text.contains("\"Target.targetCreated\"");
        if !announces_page && !text.contains("\"browserContextId\"") {
            return true;
        }
        let Ok(message) = serde_json::from_str::<Value>(text) else { return true };
        // Only the answer to `Target.createBrowserContext` has a context id in its result.
        if let Some(made) = message["result"]["browserContextId"].as_str() {
            self.contexts.insert(made.to_owned());
        }
        if message["method"] != "Target.targetCreated" {
            return true;
        }
        let context = message["params"]["targetInfo"]["browserContextId"].as_str();
        context.is_some_and(|context| self.contexts.contains(context))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_pages_of_own_contexts_are_announced() {
        let mut own = OwnContexts::default();
        let created = |context: &str| json!({ "method": "Target.targetCreated", "params": { "targetInfo": { "browserContextId": context } } });
        assert!(!own.is_visible(&created("theirs").to_string()));
        assert!(own.is_visible(&json!({ "id": 7, "result": { "browserContextId": "ours" } }).to_string()));
        assert!(own.is_visible(&created("ours").to_string()));
        assert!(!own.is_visible(&created("theirs").to_string()));
        let without = json!({ "method": "Target.targetCreated", "params": { "targetInfo": {} } });
        assert!(!own.is_visible(&without.to_string()), "the browser itself, a worker");
        for other in [json!({ "method": "Target.targetDestroyed", "params": { "targetId": "x" } }), json!({ "id": 8 })]
        {
            assert!(own.is_visible(&other.to_string()));
        }
        assert!(own.is_visible("no JSON \"browserContextId\""), "it is forwarded unchanged");
    }
}
