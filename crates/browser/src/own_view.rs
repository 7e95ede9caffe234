//! A browser elsewhere has pages of other people. chromiumoxide attaches to every page that it hears of, and closes those that do
//! not answer. So it hears of no page outside our own contexts: its connection goes through here.

use std::collections::HashSet;

use futures::{SinkExt, StreamExt, future};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio_tungstenite::connect_async_with_config;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::bridge::{Door, Link, config, too_long};

/// Connects to a browser's DevTools, and makes a link of the connection that shows no more than what is ours.
pub(super) async fn own_view(address: &str) -> Result<Link, String> {
    let (browser, _) = connect_async_with_config(address, Some(config()), true)
        .await
        .map_err(|error| format!("its DevTools cannot be connected to: {error}"))?;
    let door = Door::open().await?;
    let address = door.address()?;
    let (end, ended) = oneshot::channel();
    tokio::spawn(async move {
        let Some(client) = door.admit().await else { return };
        let ((mut to_browser, mut from_browser), (mut to_client, from_client)) = (browser.split(), client.split());
        let mut own = Own::default();
        let down = async {
            // As of a bridge, the client is not told goodbye.
            loop {
                let message = match from_browser.next().await {
                    Some(Ok(message)) => message,
                    Some(Err(Error::Capacity(_))) => break Some(too_long()),
                    Some(Err(_)) | None => break None,
                };
                let is_ours = message.to_text().map_or(true, |text| !message.is_text() || own.is_ours(text));
                if is_ours && to_client.send(message).await.is_err() {
                    break None;
                }
            }
        };
        let up = async {
            let mut commands = from_client.take_while(|message| future::ready(message.is_ok()));
            while let Some(Ok(message)) = commands.next().await {
                if to_browser.send(message).await.is_err() {
                    break;
                }
            }
            // A browser that was only left alone is told so.
            let _ = to_browser.send(Message::Close(None)).await;
        };
        // Once either end is gone, so is the other.
        tokio::select! {
            reason = down => {
                // Nobody may be interested any more.
                let _ = reason.map(|reason| end.send(reason));
            }
            () = up => {}
        }
    });
    Ok(Link { address, ended })
}

/// The contexts that were made here.
#[derive(Debug, Default)]
struct Own {
    contexts: HashSet<String>,
}

impl Own {
    /// Whether a message of the browser's concerns us: all but that there is a page in another's context.
    fn is_ours(&mut self, text: &str) -> bool {
        // Most messages say neither; they need not be read.
        let tells_of_page = text.contains("\"Target.targetCreated\"");
        if !tells_of_page && !text.contains("\"browserContextId\"") {
            return true;
        }
        let Ok(message) = serde_json::from_str::<Value>(text) else { return true };
        // The answer to `Target.createBrowserContext`; no other has it there.
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
    fn of_pages_only_those_in_contexts_that_were_made_here_are_told() {
        let mut own = Own::default();
        let created = |context: &str| json!({ "method": "Target.targetCreated", "params": { "targetInfo": { "browserContextId": context } } });
        assert!(!own.is_ours(&created("theirs").to_string()));
        assert!(own.is_ours(&json!({ "id": 7, "result": { "browserContextId": "ours" } }).to_string()));
        assert!(own.is_ours(&created("ours").to_string()));
        assert!(!own.is_ours(&created("theirs").to_string()));
        let without = json!({ "method": "Target.targetCreated", "params": { "targetInfo": {} } });
        assert!(!own.is_ours(&without.to_string()), "the browser itself, a worker");
        for other in [json!({ "method": "Target.targetDestroyed", "params": { "targetId": "x" } }), json!({ "id": 8 })]
        {
            assert!(own.is_ours(&other.to_string()));
        }
        assert!(own.is_ours("no JSON \"browserContextId\""), "not ours to judge");
    }
}
