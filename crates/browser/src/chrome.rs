//! A running Chrome.

use std::sync::Arc;

use chromiumoxide::cdp::browser_protocol::target::{
    CreateBrowserContextParams, CreateTargetParams, EventTargetCrashed,
};
use chromiumoxide::cdp::js_protocol::runtime::AddBindingParams;
use chromiumoxide::error::CdpError;
use chromiumoxide::handler::HandlerConfig;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};

use super::bridge::{DevToolsConnection, bridge};
use super::browser::{Browser, Page};
use super::cdp_filter::filtered_connection;
use super::chrome_page::{ChromePage, set_permission};
use super::context::{ContextOptions, Device};
use super::device_loss::remove_device;
use super::error::BrowserError;
use super::health::{COMMAND_LIMIT, Health};
use super::launch::LaunchOptions;
use super::process::BrowserProcess;
use super::remote::devtools_url;
use super::start::{Started, start};

/// A running Chrome. A Chrome that precall launched ends when this value is dropped. [`Chrome::close`] also waits for
/// its end.
pub struct Chrome {
    client: Arc<chromiumoxide::Browser>,
    /// The process of a Chrome that precall launched. `None` for a remote one.
    process: Option<BrowserProcess>,
    health: Health,
}

impl Chrome {
    /// Launches Chrome.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Launch`] if Chrome does not start within 30 s. The error has what Chrome printed and what helps.
    pub async fn launch(options: LaunchOptions) -> Result<Self, BrowserError> {
        let Started { pipe, supervisor, root, failure } = start(&options).await?;
        let process = Some(BrowserProcess::new(supervisor, root));
        let driven = match bridge(pipe).await {
            Ok(connection) => Self::drive(connection, process).await,
            Err(reason) => Err(reason),
        };
        driven.map_err(|reason| failure.without_answer(&reason))
    }

    /// Connects to a remote Chrome at `ws://…` or `http://host:9222`. precall creates its own browser contexts there,
    /// which end with the connection. It neither sees nor touches anything else.
    ///
    /// # Errors
    ///
    /// If the browser cannot be reached, or if something other than a browser answers.
    pub async fn connect(address: &str) -> Result<Self, BrowserError> {
        let fail = |reason| BrowserError::remote(address, reason);
        let url = devtools_url(address).await.map_err(fail)?;
        let connection = filtered_connection(&url).await.map_err(fail)?;
        Self::drive(connection, None).await.map_err(fail)
    }

    /// Connects to a browser's DevTools and keeps the connection running.
    async fn drive(connection: DevToolsConnection, process: Option<BrowserProcess>) -> Result<Self, String> {
        let config = HandlerConfig { request_timeout: COMMAND_LIMIT, viewport: None, ..HandlerConfig::default() };
        let (client, mut handler) = chromiumoxide::Browser::connect_with_config(connection.address, config)
            .await
            .map_err(|error| format!("its DevTools do not answer: {error}"))?;
        let (sender, health) = Health::new();
        tokio::spawn(async move {
            let reason = loop {
                match handler.next().await {
                    Some(Err(CdpError::Ws(error))) => break format!("its DevTools connection broke ({error})"),
                    // chromiumoxide could not decode a message of a newer protocol version. precall does not need such
                    // messages.
                    Some(_) => {}
                    None => break "it closed its DevTools connection".to_owned(),
                }
            };
            drop(handler);
            // If precall ended the connection, its own reason is more precise.
            let reason = connection.ended.await.unwrap_or(reason);
            // The receivers may be gone already.
            let _ = sender.send(Some(reason));
        });
        Ok(Self { client: Arc::new(client), process, health })
    }

    /// Returns the browser's product name and version: `Chrome/156.0.8078.79`.
    ///
    /// # Errors
    ///
    /// If the browser is gone or refuses.
    pub async fn product(&self) -> Result<String, BrowserError> {
        self.health.call("Browser.getVersion", self.client.version()).await.map(|version| version.product)
    }

    /// Returns whether the connection to the browser has ended.
    pub fn is_gone(&self) -> bool {
        self.health.is_gone()
    }

    /// Takes a device away while it is in use, from all pages of the browser.
    ///
    /// # Errors
    ///
    /// If no page uses the device, if the browser is remote, or if the host does not run Linux.
    pub fn remove_device(&self, device: Device) -> Result<(), BrowserError> {
        match &self.process {
            Some(process) => remove_device(process.root(), device),
            None => {
                let reason = "the browser is remote, and precall must not end its processes".to_owned();
                Err(BrowserError::Refused { command: "removing a device", reason })
            }
        }
    }

    /// Opens a page in a browser context of its own, which shares no cookie, cache or permission with another.
    ///
    /// # Errors
    ///
    /// If the browser is gone or refuses.
    pub async fn new_page(&self, options: ContextOptions) -> Result<ChromePage, BrowserError> {
        let (proxy_server, login) = options.proxy.map(|proxy| (proxy.url, proxy.login)).unzip();
        // If precall is killed, a remote browser keeps running, and only this option disposes of the context.
        let context = CreateBrowserContextParams { dispose_on_detach: Some(true), proxy_server, ..Default::default() };
        let context =
            self.health.call("Target.createBrowserContext", self.client.create_browser_context(context)).await?;
        for (device, is_granted) in [(Device::Camera, options.camera), (Device::Microphone, options.microphone)] {
            set_permission(&self.client, &self.health, &context, device, &options.origin, is_granted).await?;
        }
        let target = CreateTargetParams::builder()
            .url("about:blank")
            .browser_context_id(context.clone())
            .build()
            .map_err(|reason| BrowserError::Refused { command: "Target.createTarget", reason })?;
        let crashes = self.client.event_listener::<EventTargetCrashed>();
        let crashes = self.health.call("listen", crashes).await?;
        let page = self.health.call("Target.createTarget", self.client.new_page(target)).await?;
        if let Some(user) = login.flatten() {
            user.log_in(&page, &self.health).await?;
        }
        ChromePage::new(Arc::clone(&self.client), page, context, crashes, self.health.clone()).await
    }

    /// Opens a page as [`Chrome::new_page`] does, navigates it to a URL, and adds a function to it whose calls arrive
    /// as [`BrowserEvent::Binding`](super::BrowserEvent::Binding).
    ///
    /// # Errors
    ///
    /// If the browser is gone or refuses.
    pub async fn open(&self, options: ContextOptions, binding: &str, url: &str) -> Result<ChromePage, BrowserError> {
        let page = self.new_page(options).await?;
        // The events of a page cannot be shared between tasks, so this future must not borrow the page.
        let inner = page.page.clone();
        self.health.call("Runtime.addBinding", inner.execute(AddBindingParams::new(binding))).await?;
        self.health.call("Page.navigate", inner.goto(url)).await?;
        Ok(page)
    }

    /// Ends Chrome and waits until no process and no file of it is left. A remote one keeps running.
    pub async fn close(&self) {
        if let Some(process) = &self.process {
            process.close().await;
        }
    }
}

impl Browser for Chrome {
    fn is_gone(&self) -> bool {
        self.is_gone()
    }

    fn product(&self) -> BoxFuture<'_, Result<String, BrowserError>> {
        self.product().boxed()
    }

    fn open<'a>(
        &'a self,
        options: ContextOptions,
        binding: &'a str,
        url: &'a str,
    ) -> BoxFuture<'a, Result<Box<dyn Page>, BrowserError>> {
        async move { Ok(Box::new(self.open(options, binding, url).await?) as Box<dyn Page>) }.boxed()
    }

    fn remove_device(&self, device: Device) -> Result<(), BrowserError> {
        self.remove_device(device)
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.close().boxed()
    }
}
