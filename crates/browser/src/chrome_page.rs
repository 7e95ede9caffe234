//! A page of Chrome.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chromiumoxide::cdp::browser_protocol::browser::{
    BrowserContextId, PermissionDescriptor, PermissionSetting, SetPermissionParams,
};
use chromiumoxide::cdp::browser_protocol::emulation::SetCpuThrottlingRateParams;
use chromiumoxide::cdp::browser_protocol::network::EmulateNetworkConditionsByRuleParams;
use chromiumoxide::cdp::browser_protocol::target::EventTargetCrashed;
use chromiumoxide::cdp::js_protocol::heap_profiler::CollectGarbageParams;
use chromiumoxide::cdp::js_protocol::runtime::{AddBindingParams, EvaluateParams};
use chromiumoxide::listeners::EventStream;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::browser::{Page, PageMeter, PageUsage};
use super::chrome_events::page_events;
use super::conditions::Conditions;
use super::context::Device;
use super::error::BrowserError;
use super::events::{BrowserEvent, PageEvents};
use super::health::Health;
use super::network_events;
use super::usage::ChromeMeter;

/// Grants an origin the permission for a device in a browser context, or denies it.
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

/// A page of Chrome in a browser context of its own.
pub struct ChromePage {
    client: Arc<chromiumoxide::Browser>,
    pub(super) page: chromiumoxide::Page,
    context: BrowserContextId,
    /// Only a caller with exclusive access reads the events. The lock makes the page `Sync`, so that other calls can
    /// run meanwhile.
    events: Mutex<PageEvents>,
    pub(super) health: Health,
    is_closed: AtomicBool,
}

impl ChromePage {
    pub(super) async fn new(
        client: Arc<chromiumoxide::Browser>,
        page: chromiumoxide::Page,
        context: BrowserContextId,
        crashes: EventStream<EventTargetCrashed>,
        health: Health,
    ) -> Result<Self, BrowserError> {
        let events = page_events(&page, crashes, &health).await?;
        Ok(Self { client, page, context, events: Mutex::new(events), health, is_closed: AtomicBool::new(false) })
    }

    /// Adds a function to the page whose calls arrive as [`BrowserEvent::Binding`].
    ///
    /// # Errors
    ///
    /// Like every command: if the browser is gone, does not answer, or refuses.
    pub async fn add_binding(&self, name: &str) -> Result<(), BrowserError> {
        let call = self.page.execute(AddBindingParams::new(name));
        self.health.call("Runtime.addBinding", call).await.map(drop)
    }

    /// Hides all microphones from scripts that run from now on, in this document and in later ones. Chrome cannot be
    /// launched without its fake microphone.
    ///
    /// # Errors
    ///
    /// Like every command.
    pub async fn hide_microphones(&self) -> Result<(), BrowserError> {
        const SCRIPT: &str = include_str!("hide_microphones.js");
        self.run_first(SCRIPT).await?;
        self.evaluate(SCRIPT).await
    }

    /// Slows the page's scripts down by this factor. Media is processed in threads of its own and is not slowed down.
    ///
    /// # Errors
    ///
    /// Like every command.
    pub async fn slow_scripts(&self, factor: u32) -> Result<(), BrowserError> {
        let call = self.page.execute(SetCpuThrottlingRateParams::new(f64::from(factor)));
        self.health.call("Emulation.setCPUThrottlingRate", call).await.map(drop)
    }

    /// Navigates the page to a URL.
    ///
    /// # Errors
    ///
    /// Like every command.
    pub async fn goto(&self, url: &str) -> Result<(), BrowserError> {
        self.health.call("Page.navigate", self.page.goto(url)).await.map(drop)
    }

    /// Grants the permission for a device, or denies it.
    ///
    /// # Errors
    ///
    /// Like every command.
    pub async fn set_permission(&self, device: Device, origin: &str, is_granted: bool) -> Result<(), BrowserError> {
        set_permission(&self.client, &self.health, &self.context, device, origin, is_granted).await
    }

    /// Evaluates a JavaScript expression without waiting for a promise that it returns.
    ///
    /// # Errors
    ///
    /// Like every command, and if the expression throws.
    pub async fn evaluate(&self, expression: &str) -> Result<(), BrowserError> {
        self.evaluated(EvaluateParams::new(expression)).await
    }

    /// Evaluates an expression as [`ChromePage::evaluate`] does, as if the user had just clicked.
    ///
    /// # Errors
    ///
    /// Like [`ChromePage::evaluate`].
    pub async fn act(&self, expression: &str) -> Result<(), BrowserError> {
        self.evaluated(EvaluateParams { user_gesture: Some(true), ..EvaluateParams::new(expression) }).await
    }

    async fn evaluated(&self, params: EvaluateParams) -> Result<(), BrowserError> {
        let call = self.page.execute(params);
        let answer = self.health.call("Runtime.evaluate", call).await?;
        match &answer.result.exception_details {
            None => Ok(()),
            Some(details) => Err(BrowserError::Refused { command: "Runtime.evaluate", reason: details.text.clone() }),
        }
    }

    /// Applies Chrome's own network emulation to the page. A media connection is emulated only if conditions were set
    /// before it began, so set at least wide ones first.
    ///
    /// # Errors
    ///
    /// Like every command, and if this version of Chrome does not support conditions by rule.
    pub async fn emulate(&self, conditions: &[Conditions]) -> Result<(), BrowserError> {
        let rules = conditions.iter().flat_map(Conditions::rules).collect();
        self.health.call("Network.enable", self.page.execute(network_events::needed())).await?;
        let call = self.page.execute(EmulateNetworkConditionsByRuleParams::new(false, rules));
        self.health.call("Network.emulateNetworkConditionsByRule", call).await.map(drop)
    }

    /// Collects garbage, and returns the memory and the CPU time that the page uses.
    ///
    /// # Errors
    ///
    /// Like every command, and if this version of Chrome does not report one of them.
    pub async fn usage(&self) -> Result<PageUsage, BrowserError> {
        let collect = self.page.execute(CollectGarbageParams::default());
        self.health.call("HeapProfiler.collectGarbage", collect).await?;
        ChromeMeter::new(self.page.clone(), self.health.clone()).usage().await
    }

    /// Waits for the next event, as [`PageEvents::next`] does.
    pub async fn next_event(&mut self) -> BrowserEvent {
        self.events.get_mut().unwrap_or_else(PoisonError::into_inner).next().await
    }

    /// Hands over the events from now on, so that another task can read them. Events that no task reads are dropped.
    pub fn take_events(&mut self) -> PageEvents {
        self.events.get_mut().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Closes the page and disposes of its browser context.
    pub async fn close(&self) {
        if !self.is_closed.swap(true, Ordering::Relaxed) {
            dispose(&self.client, &self.health, self.context.clone()).await;
        }
    }
}

impl Page for ChromePage {
    fn take_events(&mut self) -> PageEvents {
        self.take_events()
    }

    fn evaluate<'a>(&'a self, expression: &'a str) -> BoxFuture<'a, Result<(), BrowserError>> {
        self.evaluate(expression).boxed()
    }

    fn act<'a>(&'a self, expression: &'a str) -> BoxFuture<'a, Result<(), BrowserError>> {
        self.act(expression).boxed()
    }

    fn run_first<'a>(&'a self, script: &'a str) -> BoxFuture<'a, Result<(), BrowserError>> {
        self.run_first(script).boxed()
    }

    fn accept_dialogs(&self) -> BoxFuture<'_, Result<(), BrowserError>> {
        self.accept_dialogs().boxed()
    }

    fn goto<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<(), BrowserError>> {
        self.goto(url).boxed()
    }

    fn accessibility_tree(&self) -> BoxFuture<'_, Result<String, BrowserError>> {
        self.accessibility_tree().boxed()
    }

    fn emulate<'a>(&'a self, conditions: &'a [Conditions]) -> BoxFuture<'a, Result<(), BrowserError>> {
        self.emulate(conditions).boxed()
    }

    fn set_permission<'a>(
        &'a self,
        device: Device,
        origin: &'a str,
        is_granted: bool,
    ) -> BoxFuture<'a, Result<(), BrowserError>> {
        self.set_permission(device, origin, is_granted).boxed()
    }

    fn hide_microphones(&self) -> BoxFuture<'_, Result<(), BrowserError>> {
        self.hide_microphones().boxed()
    }

    fn slow_scripts(&self, factor: u32) -> BoxFuture<'_, Result<(), BrowserError>> {
        self.slow_scripts(factor).boxed()
    }

    fn usage(&self) -> BoxFuture<'_, Result<PageUsage, BrowserError>> {
        self.usage().boxed()
    }

    fn meter(&self) -> Box<dyn PageMeter> {
        Box::new(ChromeMeter::new(self.page.clone(), self.health.clone()))
    }

    fn screenshot(&self) -> BoxFuture<'_, Result<Vec<u8>, BrowserError>> {
        self.picture(false).boxed()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.close().boxed()
    }
}

impl Drop for ChromePage {
    /// Closes a page whose case was aborted, a little later.
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
