//! Turns events of the DevTools Protocol into [`BrowserEvent`]s.

use chromiumoxide::cdp::browser_protocol::inspector;
use chromiumoxide::cdp::browser_protocol::page::EventFrameNavigated;
use chromiumoxide::cdp::browser_protocol::target::EventTargetCrashed;
use chromiumoxide::cdp::js_protocol::runtime::{
    EventBindingCalled, EventConsoleApiCalled, EventExceptionThrown, RemoteObject,
};
use chromiumoxide::listeners::EventStream;
use futures::StreamExt;
use futures::stream::BoxStream;

use super::bridge::MessageTooLong;
use super::error::BrowserError;
use super::events::{BrowserEvent, MAX_CONSOLE_CHARS, PageEvents};
use super::health::Health;

/// Subscribes to the events of a page. `crashes` are those of all pages of the browser.
pub(super) async fn page_events(
    page: &chromiumoxide::Page,
    crashes: EventStream<EventTargetCrashed>,
    health: &Health,
) -> Result<PageEvents, BrowserError> {
    let bindings = health.call("listen", page.event_listener::<EventBindingCalled>()).await?;
    let console = health.call("listen", page.event_listener::<EventConsoleApiCalled>()).await?;
    let exceptions = health.call("listen", page.event_listener::<EventExceptionThrown>()).await?;
    let too_long = health.call("listen", page.event_listener::<MessageTooLong>()).await?;
    let navigations = health.call("listen", page.event_listener::<EventFrameNavigated>()).await?;
    let inspector = health.call("listen", page.event_listener::<inspector::EventTargetCrashed>()).await?;
    health.call("Inspector.enable", page.execute(inspector::EnableParams::default())).await?;
    let target = page.target_id().clone();
    let streams: Vec<BoxStream<'static, BrowserEvent>> = vec![
        bindings.map(|event| BrowserEvent::Binding { payload: event.payload.clone() }).boxed(),
        console.map(|event| console_event(&event)).boxed(),
        navigations.filter_map(|event| std::future::ready(navigation(&event))).boxed(),
        exceptions.map(|event| BrowserEvent::Exception { text: exception_text(&event) }).boxed(),
        too_long.map(|event| BrowserEvent::TooLong { limit: event.limit }).boxed(),
        crashes
            .filter(move |event| std::future::ready(event.target_id == target))
            .map(|event| BrowserEvent::Crashed {
                reason: format!("the page crashed ({}, code {})", event.status, event.error_code),
            })
            .boxed(),
        inspector.map(|_| BrowserEvent::Crashed { reason: "the page crashed".to_owned() }).boxed(),
    ];
    Ok(PageEvents::new(streams, health.clone()))
}

/// Returns the event for a navigation of the page itself. A navigation of a frame in it is no event.
fn navigation(event: &EventFrameNavigated) -> Option<BrowserEvent> {
    let is_page = event.frame.parent_id.is_none();
    is_page.then(|| BrowserEvent::Navigated { url: clip(&event.frame.url) })
}

fn console_event(event: &EventConsoleApiCalled) -> BrowserEvent {
    let text = event.args.iter().map(argument_text).collect::<Vec<_>>().join(" ");
    BrowserEvent::Console { level: event.r#type.as_ref().to_owned(), text: clip(&text) }
}

fn argument_text(argument: &RemoteObject) -> String {
    match (&argument.value, &argument.description) {
        (Some(serde_json::Value::String(text)), _) => text.clone(),
        (Some(value), _) => value.to_string(),
        (None, Some(description)) => description.clone(),
        (None, None) => argument.r#type.as_ref().to_owned(),
    }
}

fn exception_text(event: &EventExceptionThrown) -> String {
    let details = &event.exception_details;
    let description = details.exception.as_ref().and_then(|exception| exception.description.clone());
    clip(&description.unwrap_or_else(|| details.text.clone()))
}

fn clip(text: &str) -> String {
    text.chars().take(MAX_CONSOLE_CHARS).collect()
}
