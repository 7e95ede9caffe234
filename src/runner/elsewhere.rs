//! Browsers that run elsewhere: cases go to whichever has the fewest pages. They are checked once, and connected to again when
//! their connection broke.

use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use super::browsers::{Leased, open_harness};
use crate::page::{BrowserTraits, DENIED_CALL, Denial, GRANTED_CALL};
use precall_browser::{Browser, BrowserError, BrowserEvent, Chrome, ContextOptions, Device, PageEvents};

/// How long the page has to load and to look about.
const CHECK_LIMIT: Duration = Duration::from_secs(20);

/// Browsers that run elsewhere.
pub(super) struct Elsewhere {
    browsers: Mutex<Vec<Connected>>,
    version: String,
}

struct Connected {
    address: String,
    browser: Arc<dyn Browser>,
}

impl Elsewhere {
    /// Connects to all of them, and looks whether a page of `origin` finds there what it needs.
    pub async fn open(addresses: &[String], origin: &str) -> Result<Self, BrowserError> {
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

    /// What they say they are.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// A page of its own in the browser with the fewest.
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

/// Looks whether a case can run in a browser.
async fn check(browser: &dyn Browser, address: &str, origin: &str) -> Result<(), BrowserError> {
    let fail = |reason: String| BrowserError::remote(address, reason);
    let options = ContextOptions { origin: origin.to_owned(), camera: true, microphone: true, proxy: None };
    let unreached = |why: &str| {
        fail(format!(
            "it does not load the page from {origin} ({why}); give --listen an address of this host that it reaches"
        ))
    };
    let mut page = open_harness(browser, options).await.map_err(|error| unreached(&error.to_string()))?;
    let mut events = page.take_events();
    // The page says that it is loaded.
    answer::<serde_json::Value>(&mut events).await.map_err(|why| unreached(&why))?;
    page.evaluate(GRANTED_CALL).await?;
    let traits: BrowserTraits = answer(&mut events).await.map_err(fail)?;
    if let Some(lack) = traits.lack(origin) {
        return Err(fail(lack));
    }
    for device in [Device::Camera, Device::Microphone] {
        page.set_permission(device, origin, false).await?;
    }
    page.evaluate(DENIED_CALL).await?;
    let denial: Denial = answer(&mut events).await.map_err(fail)?;
    page.close().await;
    denial.lack().map_or(Ok(()), |lack| Err(fail(lack)))
}

/// The next thing that the page says.
async fn answer<T: DeserializeOwned>(events: &mut PageEvents) -> Result<T, String> {
    let next = async {
        loop {
            match events.next().await {
                BrowserEvent::Binding { payload } => {
                    return serde_json::from_str(&payload).map_err(|error| format!("its page says nonsense: {error}"));
                }
                BrowserEvent::Crashed { reason } | BrowserEvent::Exception { text: reason } => return Err(reason),
                BrowserEvent::Closed => return Err("it closed its page".to_owned()),
                BrowserEvent::TooLong { limit } => {
                    return Err(format!("its page sent more than {limit} bytes at once"));
                }
                BrowserEvent::Console { .. } | BrowserEvent::Navigated { .. } => {}
            }
        }
    };
    let late = format!("its page says nothing for {} s", CHECK_LIMIT.as_secs());
    tokio::time::timeout(CHECK_LIMIT, next).await.unwrap_or(Err(late))
}
