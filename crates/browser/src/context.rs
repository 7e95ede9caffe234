//! A page in a context of its own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::browser::{
    BrowserContextId, PermissionDescriptor, PermissionSetting, SetPermissionParams,
};
use chromiumoxide::cdp::browser_protocol::emulation::SetCpuThrottlingRateParams;
use chromiumoxide::cdp::browser_protocol::inspector;
use chromiumoxide::cdp::browser_protocol::network::{EmulateNetworkConditionsByRuleParams, EnableParams};
use chromiumoxide::cdp::browser_protocol::page::EventFrameNavigated;
use chromiumoxide::cdp::browser_protocol::target::EventTargetCrashed;
use chromiumoxide::cdp::js_protocol::runtime::{
    AddBindingParams, EvaluateParams, EventBindingCalled, EventConsoleApiCalled, EventExceptionThrown, RemoteObject,
};
use chromiumoxide::listeners::EventStream;
use futures::StreamExt;
use futures::stream::{BoxStream, select_all};

use super::bridge::MessageTooLong;
use super::client::Health;
use super::conditions::Conditions;
use super::error::BrowserError;
use super::proxy::BrowserProxy;

/// The most characters of a console line that are kept.
const MAX_CONSOLE_CHARS: usize = 4000;

/// What a page needs a permission for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// Cameras.
    Camera,
    /// Microphones.
    Microphone,
}

/// Grants a device to an origin in a context, or takes it back.
pub(super) async fn set_permission(
    client: &chromiumoxide::Browser,
    health: &Health,
    context: &BrowserContextId,
    device: Device,
    origin: &str,
    is_granted: bool,
) -> Result<(), BrowserError> {
    let name = match device {
        Device::Camera => "camera",
        Device::Microphone => "microphone",
    };
    let setting = if is_granted { PermissionSetting::Granted } else { PermissionSetting::Denied };
    let mut permission = SetPermissionParams::new(PermissionDescriptor::new(name), setting);
    permission.origin = Some(origin.to_owned());
    permission.browser_context_id = Some(context.clone());
    health.call("Browser.setPermission", client.execute(permission)).await.map(drop)
}

/// What a context allows.
#[derive(Debug, Clone)]
pub struct ContextOptions {
    /// To whom.
    pub origin: String,
    /// The camera. Without it `getUserMedia` is refused at once.
    pub camera: bool,
    /// The microphone.
    pub microphone: bool,
    /// The HTTP proxy of everything but the loopback interface.
    pub proxy: Option<BrowserProxy>,
}

/// Something that happened in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrowserEvent {
    /// The page called the binding.
    Binding {
        /// With this.
        payload: String,
    },
    /// The page wrote on its console.
    Console {
        /// `log`, `warning`, `error`, …
        level: String,
        /// What.
        text: String,
    },
    /// Nobody caught an exception.
    Exception {
        /// What it says.
        text: String,
    },
    /// The page went to another address, by its own will.
    Left {
        /// The address that it went to.
        url: String,
    },
    /// The page closed itself: nothing more will come.
    Closed,
    /// The page made the browser send a message of more than `limit` bytes, which was not taken.
    TooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The page or the whole browser is gone: nothing more will come.
    Crashed {
        /// Why.
        reason: String,
    },
}

/// What happens in a page, as it happens.
pub struct PageEvents {
    streams: futures::stream::SelectAll<BoxStream<'static, BrowserEvent>>,
    health: Health,
}

impl PageEvents {
    /// The next thing that happens. After [`BrowserEvent::Closed`] and [`BrowserEvent::Crashed`] nothing
    /// else does.
    pub async fn next(&mut self) -> BrowserEvent {
        let gone = tokio::select! {
            // What the page said before it went comes first.
            biased;
            event = self.streams.next() => match event {
                Some(event) => return event,
                // The streams end with the connection, a moment before it is known why that ended.
                None => match tokio::time::timeout(Duration::from_secs(1), self.health.clone().gone()).await {
                    Ok(gone) => gone,
                    Err(_) => return BrowserEvent::Closed,
                },
            },
            gone = self.health.clone().gone() => gone,
        };
        BrowserEvent::Crashed { reason: format!("the browser is gone: {gone}") }
    }
}

/// A page in a context of its own.
pub struct Page {
    client: Arc<chromiumoxide::Browser>,
    pub(super) page: chromiumoxide::Page,
    context: BrowserContextId,
    /// Only whoever has the page to himself reads it; the lock lets others call it meanwhile.
    events: Mutex<PageEvents>,
    pub(super) health: Health,
    is_closed: AtomicBool,
}

impl Page {
    pub(super) async fn new(
        client: Arc<chromiumoxide::Browser>,
        page: chromiumoxide::Page,
        context: BrowserContextId,
        crashes: EventStream<EventTargetCrashed>,
        health: Health,
    ) -> Result<Self, BrowserError> {
        let bindings = health.call("listen", page.event_listener::<EventBindingCalled>()).await?;
        let console = health.call("listen", page.event_listener::<EventConsoleApiCalled>()).await?;
        let exceptions = health.call("listen", page.event_listener::<EventExceptionThrown>()).await?;
        let too_long = health.call("listen", page.event_listener::<MessageTooLong>()).await?;
        let navigations = health.call("listen", page.event_listener::<EventFrameNavigated>()).await?;
        let inspector = health.call("listen", page.event_listener::<inspector::EventTargetCrashed>()).await?;
        health.call("Inspector.enable", page.execute(inspector::EnableParams::default())).await?;
        let target = page.target_id().clone();
        let events: Vec<BoxStream<'static, BrowserEvent>> = vec![
            bindings.map(|event| BrowserEvent::Binding { payload: event.payload.clone() }).boxed(),
            console.map(|event| console_event(&event)).boxed(),
            navigations.filter_map(|event| std::future::ready(left(&event))).boxed(),
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
        let events = PageEvents { streams: select_all(events), health: health.clone() };
        Ok(Self { client, page, context, events: Mutex::new(events), health, is_closed: AtomicBool::new(false) })
    }

    /// Adds a function to the page that sends a text to us: [`BrowserEvent::Binding`].
    ///
    /// # Errors
    ///
    /// As of every command: the browser is gone, does not answer, or refuses.
    pub async fn add_binding(&self, name: &str) -> Result<(), BrowserError> {
        let call = self.page.execute(AddBindingParams::new(name));
        self.health.call("Runtime.addBinding", call).await.map(drop)
    }

    /// Hides microphones from what the page does from now on: Chrome has no way to be without its fake one.
    ///
    /// # Errors
    ///
    /// As of every command.
    pub async fn hide_microphones(&self) -> Result<(), BrowserError> {
        self.evaluate(include_str!("hide_microphones.js")).await
    }

    /// Makes the page's scripts take so many times longer. Its media, which has threads of its own, is not slowed.
    ///
    /// # Errors
    ///
    /// As of every command.
    pub async fn slow_scripts(&self, times: u32) -> Result<(), BrowserError> {
        let call = self.page.execute(SetCpuThrottlingRateParams::new(f64::from(times)));
        self.health.call("Emulation.setCPUThrottlingRate", call).await.map(drop)
    }

    /// Opens a URL.
    ///
    /// # Errors
    ///
    /// As of every command.
    pub async fn goto(&self, url: &str) -> Result<(), BrowserError> {
        self.health.call("Page.navigate", self.page.goto(url)).await.map(drop)
    }

    /// Grants a device, or takes it back.
    ///
    /// # Errors
    ///
    /// As of every command.
    pub async fn set_permission(&self, device: Device, origin: &str, is_granted: bool) -> Result<(), BrowserError> {
        set_permission(&self.client, &self.health, &self.context, device, origin, is_granted).await
    }

    /// Runs an expression; its value is not waited for.
    ///
    /// # Errors
    ///
    /// As of every command; also when the expression throws.
    pub async fn evaluate(&self, expression: &str) -> Result<(), BrowserError> {
        let call = self.page.execute(EvaluateParams::new(expression));
        let answer = self.health.call("Runtime.evaluate", call).await?;
        match &answer.result.exception_details {
            None => Ok(()),
            Some(details) => Err(BrowserError::Refused { command: "Runtime.evaluate", reason: details.text.clone() }),
        }
    }

    /// Puts the page on a network of Chrome's own making. Of media, only connections made later are on it: one must be set, if
    /// only a wide one, before the first.
    ///
    /// # Errors
    ///
    /// As of every command; also when this browser knows no conditions by rule.
    pub async fn emulate(&self, conditions: &[Conditions]) -> Result<(), BrowserError> {
        let rules = conditions.iter().flat_map(Conditions::rules).collect();
        self.health.call("Network.enable", self.page.execute(EnableParams::default())).await?;
        let call = self.page.execute(EmulateNetworkConditionsByRuleParams::new(false, rules));
        self.health.call("Network.emulateNetworkConditionsByRule", call).await.map(drop)
    }

    /// The next thing that happens: see [`PageEvents::next`].
    pub async fn next_event(&mut self) -> BrowserEvent {
        self.events.get_mut().unwrap_or_else(PoisonError::into_inner).next().await
    }

    /// Hands over what happens from now on, to be listened to in another task. What nobody listens to is not kept.
    pub fn take_events(&mut self) -> PageEvents {
        let none = PageEvents { streams: select_all([]), health: self.health.clone() };
        std::mem::replace(self.events.get_mut().unwrap_or_else(PoisonError::into_inner), none)
    }

    /// Ends the page and its context.
    pub async fn close(&self) {
        if !self.is_closed.swap(true, Ordering::Relaxed) {
            dispose(&self.client, &self.health, self.context.clone()).await;
        }
    }
}

impl Drop for Page {
    /// A page that was given up half-way ends too, a little later.
    fn drop(&mut self) {
        if *self.is_closed.get_mut() {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (client, health, context) = (Arc::clone(&self.client), self.health.clone(), self.context.clone());
            runtime.spawn(async move { dispose(&client, &health, context).await });
        }
    }
}

async fn dispose(client: &chromiumoxide::Browser, health: &Health, context: BrowserContextId) {
    let dispose = client.dispose_browser_context(context);
    if let Err(error) = health.call("Target.disposeBrowserContext", dispose).await {
        tracing::debug!(%error, "the context ends with its browser");
    }
}

/// That the page, not a frame in it, went to another address.
fn left(event: &EventFrameNavigated) -> Option<BrowserEvent> {
    let is_page = event.frame.parent_id.is_none();
    is_page.then(|| BrowserEvent::Left { url: clip(&event.frame.url) })
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
