//! Turns events of WebDriver BiDi into [`BrowserEvent`]s.

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use serde_json::Value;
use tokio::sync::mpsc;

use super::connection::Event;
use crate::events::{BrowserEvent, MAX_CONSOLE_CHARS};

/// The URL to which Firefox navigates a page whose process has crashed.
const CRASH_URL: &str = "about:tabcrashed";

/// Returns the events of a page. The calls of its binding arrive on this channel.
pub(super) fn page_events(
    events: mpsc::UnboundedReceiver<Event>,
    channel: &'static str,
) -> BoxStream<'static, BrowserEvent> {
    let received = stream::unfold(events, async |mut events| Some((events.recv().await?, events)));
    received.filter_map(move |event| std::future::ready(page_event(&event, channel))).boxed()
}

fn page_event(Event { method, params }: &Event, channel: &str) -> Option<BrowserEvent> {
    let text = |value: &Value| clip(value.as_str().unwrap_or_default());
    match method.as_str() {
        "script.message" if params["channel"] == channel => {
            Some(BrowserEvent::Binding { payload: params["data"]["value"].as_str().unwrap_or_default().to_owned() })
        }
        "log.entryAdded" if params["type"] == "console" => {
            let arguments = params["args"].as_array();
            let shown = arguments.map(|all| all.iter().map(shown).collect::<Vec<_>>().join(" ")).unwrap_or_default();
            let level = match params["method"].as_str().unwrap_or("log") {
                // As Chrome calls it.
                "warn" => "warning",
                other => other,
            };
            Some(BrowserEvent::Console { level: level.to_owned(), text: clip(&shown) })
        }
        "log.entryAdded" if params["type"] == "javascript" && params["level"] == "error" => {
            Some(BrowserEvent::Exception { text: text(&params["text"]) })
        }
        "browsingContext.navigationCommitted" => match params["url"].as_str().unwrap_or_default() {
            crashed if crashed.starts_with(CRASH_URL) => {
                Some(BrowserEvent::Crashed { reason: "the page crashed".to_owned() })
            }
            url => Some(BrowserEvent::Navigated { url: clip(url) }),
        },
        "browsingContext.contextDestroyed" => Some(BrowserEvent::Closed),
        "browsingContext.userPromptOpened" => {
            let (kind, message) = (&params["type"], &params["message"]);
            let text = format!("a dialog opened ({}): {}", text(kind), text(message));
            Some(BrowserEvent::Console { level: "info".to_owned(), text })
        }
        _ => None,
    }
}

/// Returns a value of JavaScript as text.
fn shown(value: &Value) -> String {
    match (&value["value"], value["type"].as_str()) {
        (Value::String(text), _) => text.clone(),
        (Value::Null, Some(kind)) => kind.to_owned(),
        (other, _) => other.to_string(),
    }
}

fn clip(text: &str) -> String {
    text.chars().take(MAX_CONSOLE_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(method: &str, params: Value) -> Option<BrowserEvent> {
        page_event(&Event { method: method.to_owned(), params }, "precall")
    }

    #[test]
    fn events_of_firefox_are_those_of_any_browser() {
        let call = json!({ "channel": "precall", "data": { "type": "string", "value": "{}" } });
        assert_eq!(event("script.message", call), Some(BrowserEvent::Binding { payload: "{}".to_owned() }));
        assert_eq!(event("script.message", json!({ "channel": "another", "data": { "value": "{}" } })), None);
        let args = json!([{ "type": "string", "value": "a" }, { "type": "number", "value": 1 }, { "type": "null" }]);
        let line = json!({ "type": "console", "method": "warn", "args": args });
        let expected = BrowserEvent::Console { level: "warning".to_owned(), text: "a 1 null".to_owned() };
        assert_eq!(event("log.entryAdded", line), Some(expected));
        let thrown = json!({ "type": "javascript", "level": "error", "text": "Error: no" });
        let expected = BrowserEvent::Exception { text: "Error: no".to_owned() };
        assert_eq!(event("log.entryAdded", thrown), Some(expected));
        let crash = json!({ "url": "about:tabcrashed?e=tabcrashed&u=http%3A//127.0.0.1/" });
        let expected = BrowserEvent::Crashed { reason: "the page crashed".to_owned() };
        assert_eq!(event("browsingContext.navigationCommitted", crash), Some(expected));
        assert_eq!(event("browsingContext.contextDestroyed", json!({})), Some(BrowserEvent::Closed));
        assert_eq!(event("browsingContext.load", json!({})), None);
    }
}
