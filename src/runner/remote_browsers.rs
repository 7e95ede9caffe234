//! Remote browsers: a case gets the one with the fewest pages. They are checked once, and connected to again when their
//! connection broke.

use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use super::leased_page::{Leased, open_harness};
use crate::page::{BrowserTraits, DENIED_CALL, Denial, GRANTED_CALL};
use precall_browser::{Browser, BrowserError, BrowserEvent, Chrome, ContextOptions, Device, PageEvents};

/// The time that the page has to load and to examine its browser.
const CHECK_LIMIT: Duration = Duration::from_secs(20);

/// Why a remote browser cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum RemoteBrowserError {
    /// The browser is missing or unsuitable, or does not start.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// The browser does not reach this host.
    #[error(transparent)]
    PageUnreachable(BrowserError),
}

/// Why a page did not report.
#[derive(Debug, thiserror::Error)]
enum NoAnswer {
    #[error("its page sends something else than a report: {0}")]
    Malformed(#[from] serde_json::Error),
    #[error("{0}")]
    Broken(String),
    #[error("it closed its page")]
    Closed,
    #[error("its page sent more than {0} bytes at once")]
    TooLong(usize),
    #[error("its page reports nothing for {} s", CHECK_LIMIT.as_secs())]
    Late,
}

/// Remote browsers that are connected.
pub(super) struct RemoteBrowsers {
    browsers: Mutex<Vec<Connected>>,
    version: String,
}

struct Connected {
    address: String,
    browser: Arc<dyn Browser>,
}

impl RemoteBrowsers {
    /// Connects to all of them, and checks that a page of `origin` finds there what it needs.
    pub async fn open(addresses: &[String], origin: &str) -> Result<Self, RemoteBrowserError> {
        let mut browsers = Vec::new();
        let mut versions: Vec<String> = Vec::new();
        for address in addresses {
            let browser = Chrome::connect(address).await?;
            let version = browser.product().await?;
            check(&browser, address, origin).await?;
            if !versions.contains(&version) {
                versions.push(version);
            }
            browsers.push(Connected { address: address.clone(), browser: Arc::new(browser) });
        }
        Ok(Self { browsers: Mutex::new(browsers), version: versions.join(", ") })
    }

    /// Returns the versions of the browsers, joined by commas.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Opens a page in the browser with the fewest pages.
    pub async fn new_page(&self, options: ContextOptions) -> Result<Leased, BrowserError> {
        let mut browsers = self.browsers.lock().await;
        let mut broken = None;
        for connected in browsers.iter_mut().filter(|connected| connected.browser.is_gone()) {
            match Chrome::connect(&connected.address).await {
                Ok(browser) => connected.browser = Arc::new(browser),
                Err(error) => broken = Some(error),
            }
        }
        let there = browsers.iter().map(|connected| &connected.browser).filter(|browser| !browser.is_gone());
        let Some(browser) = there.min_by_key(|browser| Arc::strong_count(browser)).cloned() else {
            return Err(broken.unwrap_or_else(|| BrowserError::Gone("there is none left".to_owned())));
        };
        drop(browsers);
        let page = open_harness(&*browser, options).await?;
        Ok(Leased { page, browser, _lease: None })
    }
}

/// Checks whether a case can run in a browser.
async fn check(browser: &dyn Browser, address: &str, origin: &str) -> Result<(), RemoteBrowserError> {
    let fail = |reason: String| RemoteBrowserError::Browser(BrowserError::remote(address, reason));
    let options = ContextOptions { origin: origin.to_owned(), camera: true, microphone: true, proxy: None };
    let unreachable = |why: &dyn std::error::Error| {
        let reason = format!("it does not load the page from {origin} ({why})");
        RemoteBrowserError::PageUnreachable(BrowserError::remote(address, reason))
    };
    let mut page = open_harness(browser, options).await.map_err(|error| unreachable(&error))?;
    let mut events = page.take_events();
    // The page reports that it is loaded.
    answer::<serde_json::Value>(&mut events).await.map_err(|error| unreachable(&error))?;
    page.evaluate(GRANTED_CALL).await?;
    let traits: BrowserTraits = answer(&mut events).await.map_err(|error| fail(error.to_string()))?;
    if let Some(lack) = traits.lack(origin) {
        return Err(fail(lack));
    }
    for device in [Device::Camera, Device::Microphone] {
        page.set_permission(device, origin, false).await?;
    }
    page.evaluate(DENIED_CALL).await?;
    let denial: Denial = answer(&mut events).await.map_err(|error| fail(error.to_string()))?;
    page.close().await;
    denial.lack().map_or(Ok(()), |lack| Err(fail(lack)))
}

/// Waits for the next report of the page.
async fn answer<T: DeserializeOwned>(events: &mut PageEvents) -> Result<T, NoAnswer> {
    let next = async {
        loop {
            match events.next().await {
                BrowserEvent::Binding { payload } => return Ok(serde_json::from_str(&payload)?),
                BrowserEvent::Crashed { reason } | BrowserEvent::Exception { text: reason } => {
                    return Err(NoAnswer::Broken(reason));
                }
                BrowserEvent::Closed => return Err(NoAnswer::Closed),
                BrowserEvent::TooLong { limit } => return Err(NoAnswer::TooLong(limit)),
                BrowserEvent::Console { .. } | BrowserEvent::Navigated { .. } => {}
            }
        }
    };
    tokio::time::timeout(CHECK_LIMIT, next).await.unwrap_or(Err(NoAnswer::Late))
}
