//! A running browser.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::target::{
    CreateBrowserContextParams, CreateTargetParams, EventTargetCrashed,
};
use chromiumoxide::cdp::js_protocol::runtime::AddBindingParams;
use chromiumoxide::error::CdpError;
use chromiumoxide::handler::HandlerConfig;
use futures::StreamExt;
use tokio::process::Child;
use tokio::sync::watch;

use super::bridge::{Link, bridge};
use super::context::{ContextOptions, Device, Page, set_permission};
use super::elsewhere::{devtools_url, shown};
use super::error::BrowserError;
use super::launch::LaunchOptions;
use super::lose::lose;
use super::own_view::own_view;
use super::start::{Started, start};
use super::supervisor::clean_up_after;

/// How long a command has. Nothing that is asked here takes long on a host that works.
const COMMAND_LIMIT: Duration = Duration::from_secs(20);

/// How long the supervisor has to clean up: its own grace, and some.
const CLOSE_LIMIT: Duration = Duration::from_secs(10);

/// A running browser. One that was launched ends when it is dropped; [`Browser::close`] also waits for its end.
pub struct Browser {
    client: Arc<chromiumoxide::Browser>,
    /// What was launched; nothing of a browser elsewhere.
    process: Option<Process>,
    health: Health,
}

struct Process {
    supervisor: Child,
    /// The directory of all that is the browser's own.
    root: PathBuf,
}

/// Whether the browser is still there; clones watch the same one.
#[derive(Clone)]
pub(super) struct Health {
    gone: watch::Receiver<Option<String>>,
}

impl Browser {
    /// Launches a browser.
    ///
    /// # Errors
    ///
    /// When it does not start within 30 s: [`BrowserError::Launch`], with what it said and what helps.
    pub async fn launch(options: LaunchOptions) -> Result<Self, BrowserError> {
        let Started { pipe, supervisor, root, failure } = start(&options).await?;
        let process = Some(Process { supervisor, root });
        let driven = match bridge(pipe).await {
            Ok(link) => Self::drive(link, process).await,
            Err(reason) => Err(reason),
        };
        driven.map_err(|reason| failure.without_answer(&reason))
    }

    /// Connects to a browser that runs elsewhere: `ws://…`, or `http://host:9222`. Contexts are made there and end with the
    /// connection; nothing else of it is touched, seen or ended.
    ///
    /// # Errors
    ///
    /// When it cannot be reached, or is no browser.
    pub async fn connect(address: &str) -> Result<Self, BrowserError> {
        let fail = |reason| Self::unusable(address, reason);
        let whole = devtools_url(address).await.map_err(fail)?;
        let own = own_view(&whole).await.map_err(fail)?;
        Self::drive(own, None).await.map_err(fail)
    }

    /// That a browser elsewhere lacks something.
    pub fn unusable(address: &str, reason: String) -> BrowserError {
        BrowserError::Elsewhere { address: shown(address), reason }
    }

    /// Connects to a browser's DevTools and keeps the connection going.
    async fn drive(link: Link, process: Option<Process>) -> Result<Self, String> {
        let config = HandlerConfig { request_timeout: COMMAND_LIMIT, viewport: None, ..HandlerConfig::default() };
        let (client, mut handler) = chromiumoxide::Browser::connect_with_config(link.address, config)
            .await
            .map_err(|error| format!("its DevTools do not answer: {error}"))?;
        let (sender, gone) = watch::channel(None);
        tokio::spawn(async move {
            let reason = loop {
                match handler.next().await {
                    Some(Err(CdpError::Ws(error))) => break format!("its DevTools connection broke ({error})"),
                    // A message of a newer protocol that chromiumoxide does not know is of no use to us either.
                    Some(_) => {}
                    None => break "it closed its DevTools connection".to_owned(),
                }
            };
            drop(handler);
            // What ended the connection from this side says more.
            let reason = link.ended.await.unwrap_or(reason);
            // Nobody may be interested any more.
            let _ = sender.send(Some(reason));
        });
        Ok(Self { client: Arc::new(client), process, health: Health { gone } })
    }

    /// What it says it is: `Chrome/156.0.8078.79`.
    ///
    /// # Errors
    ///
    /// When it is gone or refuses.
    pub async fn product(&self) -> Result<String, BrowserError> {
        self.health.call("Browser.getVersion", self.client.version()).await.map(|version| version.product)
    }

    /// Whether it died.
    pub fn is_gone(&self) -> bool {
        self.health.gone.borrow().is_some()
    }

    /// Takes a device away while it is in use; all pages lose it.
    ///
    /// # Errors
    ///
    /// When nothing uses it, or this is not Linux.
    pub fn lose(&self, device: Device) -> Result<(), BrowserError> {
        match &self.process {
            Some(process) => lose(&process.root, device),
            None => {
                let reason = "the browser runs elsewhere, and its processes are not precall's to end".to_owned();
                Err(BrowserError::Refused { command: "losing a device", reason })
            }
        }
    }

    /// A page in a context of its own: no cookie, cache or permission is shared with any other.
    ///
    /// # Errors
    ///
    /// When the browser is gone or refuses.
    pub async fn new_page(&self, options: ContextOptions) -> Result<Page, BrowserError> {
        let (proxy_server, login) = options.proxy.map(|proxy| (proxy.url, proxy.login)).unzip();
        // Should precall be killed, nobody else would end it in a browser that goes on.
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
        Page::new(Arc::clone(&self.client), page, context, crashes, self.health.clone()).await
    }

    /// As [`Browser::new_page`], at a URL, with a function in the page that sends a text to us:
    /// [`BrowserEvent::Binding`](super::BrowserEvent::Binding).
    ///
    /// # Errors
    ///
    /// When the browser is gone or refuses.
    pub async fn open(&self, options: ContextOptions, binding: &str, url: &str) -> Result<Page, BrowserError> {
        let page = self.new_page(options).await?;
        // A page's events can only be read in one place, so that it is not borrowed where this may be waited for in another.
        let inner = page.page.clone();
        self.health.call("Runtime.addBinding", inner.execute(AddBindingParams::new(binding))).await?;
        self.health.call("Page.navigate", inner.goto(url)).await?;
        Ok(page)
    }

    /// Ends the browser and waits until nothing of it is left; one elsewhere is only left alone.
    pub async fn close(self) {
        let Some(Process { mut supervisor, root }) = self.process else { return };
        drop(supervisor.stdin.take());
        if tokio::time::timeout(CLOSE_LIMIT, supervisor.wait()).await.is_err() {
            tracing::warn!("the browser's supervisor did not end within {} s", CLOSE_LIMIT.as_secs());
        }
        if root.exists() {
            // Somebody killed the supervisor itself.
            clean_up_after(&root);
        }
    }
}

impl Health {
    /// Waits for an answer, but not for one that cannot come.
    pub async fn call<T>(
        &self,
        command: &'static str,
        answer: impl Future<Output = Result<T, CdpError>>,
    ) -> Result<T, BrowserError> {
        tokio::select! {
            answer = answer => answer.map_err(|error| BrowserError::Refused { command, reason: error.to_string() }),
            reason = self.clone().gone() => Err(BrowserError::Gone(reason)),
            () = tokio::time::sleep(COMMAND_LIMIT) => Err(BrowserError::Timeout { command, limit: COMMAND_LIMIT }),
        }
    }

    /// Waits until the browser is gone; gives the reason.
    pub async fn gone(mut self) -> String {
        match self.gone.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone().unwrap_or_default(),
            Err(_) => "its connection ended".to_owned(),
        }
    }
}
