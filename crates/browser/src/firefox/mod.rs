//! Firefox, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/).
//!
//! Firefox has no command to set the permission for a camera or a microphone, takes no file for a fake camera, and its
//! fake devices cannot be unplugged. A script in the page does these things instead (`devices.js`).

mod connection;
mod page;
mod page_events;
mod places;
mod preferences;
mod start;

use std::path::PathBuf;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;

use super::browser::{Browser, Page};
use super::context::{ContextOptions, Device};
use super::error::BrowserError;
use super::fake_devices::FakeDevices;
use super::health::Health;
use super::launch::LaunchOptions;
use super::locate::InstalledBrowser;
use super::process::BrowserProcess;
use connection::{BidiConnection, Login, text};
use page::FirefoxPage;
pub(crate) use places::FIREFOX_PLACES;
use start::{StartedFirefox, start};

/// The events that precall reads.
const EVENTS: [&str; 6] = [
    "browsingContext.contextDestroyed",
    "browsingContext.navigationCommitted",
    "browsingContext.userPromptOpened",
    "log.entryAdded",
    "network.authRequired",
    "script.message",
];

/// The first version of Firefox in which a page can have a proxy (Mozilla's release notes: `proxy` of
/// `browser.createUserContext`).
pub const OLDEST_MAJOR: u32 = 141;

/// The hosts that are reached without a proxy.
const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "::1"];

/// A running Firefox. It ends when this value is dropped. [`Browser::close`] also waits for its end.
pub(crate) struct Firefox {
    connection: Arc<BidiConnection>,
    product: String,
    devices: FakeDevices,
    process: BrowserProcess,
}

impl Firefox {
    /// Launches Firefox with a profile of its own, and begins the one session that it accepts.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Launch`] if Firefox does not start within 30 s. The error has the end of what Firefox printed.
    pub(crate) async fn launch(options: LaunchOptions) -> Result<Self, BrowserError> {
        let StartedFirefox { socket, supervisor, root, failure } = start(&options).await?;
        let connection = Arc::new(BidiConnection::new(socket));
        let begun = begin(&connection, options.trusted_key.is_some()).await;
        let product = begun.map_err(|error| failure.explain(&error.to_string()))?;
        Ok(Self { connection, product, devices: options.devices, process: BrowserProcess::new(supervisor, root) })
    }

    fn health(&self) -> &Health {
        self.connection.health()
    }

    /// Opens a page in a user context of its own.
    async fn open_page(&self, options: ContextOptions, binding: &str, url: &str) -> Result<FirefoxPage, BrowserError> {
        let mut context = json!({});
        let (mut login, mut first_page) = (None, None);
        let has_proxy = options.proxy.is_some();
        if let Some(proxy) = options.proxy {
            check_proxies(&self.product)?;
            let server = proxy.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
            context["proxy"] =
                json!({ "proxyType": "manual", "httpProxy": server, "sslProxy": server, "noProxy": LOOPBACK });
            if let Some(user) = proxy.login {
                first_page = Some(user.first_page);
                login = Some(Login { name: user.name, password: user.password });
            }
        }
        let made = self.connection.call("browser.createUserContext", context).await?;
        let user_context = text(&made, "userContext");
        let page = FirefoxPage::open(&self.connection, user_context, has_proxy, login).await?;
        page.bind(binding).await?;
        page.set_up_devices(self.devices, options.camera, options.microphone).await?;
        if let Some(url) = first_page {
            // A proxy that does not know the user refuses the page.
            match page.navigate(&url).await {
                Ok(()) | Err(BrowserError::Refused { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        page.navigate(url).await?;
        Ok(page)
    }
}

/// Refuses a page with a proxy in a Firefox that would ignore the proxy: the page would be judged on a network that it
/// never met. `product` is the name and the version.
fn check_proxies(product: &str) -> Result<(), BrowserError> {
    check_page_proxies(&InstalledBrowser { path: PathBuf::new(), version: product.replace('/', " ") })
}

/// Checks that a Firefox can give a page a proxy, which is known before it is launched.
///
/// # Errors
///
/// [`BrowserError::NoProxy`] of a Firefox older than [`OLDEST_MAJOR`]. A version without a number passes.
pub fn check_page_proxies(firefox: &InstalledBrowser) -> Result<(), BrowserError> {
    match firefox.major() {
        Some(major) if major < OLDEST_MAJOR => {
            Err(BrowserError::NoProxy { product: firefox.version.clone(), oldest: OLDEST_MAJOR })
        }
        _ => Ok(()),
    }
}

/// Begins the session, and returns the product's name and version.
async fn begin(connection: &BidiConnection, accepts_certificates: bool) -> Result<String, BrowserError> {
    let capabilities = json!({
        "acceptInsecureCerts": accepts_certificates,
        // A dialog stays open, unless `Page::accept_dialogs` was called.
        "unhandledPromptBehavior": { "default": "ignore" },
    });
    let session = connection.call("session.new", json!({ "capabilities": { "alwaysMatch": capabilities } })).await?;
    connection.call("session.subscribe", json!({ "events": EVENTS })).await?;
    let version = session["capabilities"]["browserVersion"].as_str().unwrap_or("?").to_owned();
    Ok(format!("Firefox/{version}"))
}

impl Browser for Firefox {
    fn is_gone(&self) -> bool {
        self.health().is_gone()
    }

    fn product(&self) -> BoxFuture<'_, Result<String, BrowserError>> {
        async { Ok(self.product.clone()) }.boxed()
    }

    fn open<'a>(
        &'a self,
        options: ContextOptions,
        binding: &'a str,
        url: &'a str,
    ) -> BoxFuture<'a, Result<Box<dyn Page>, BrowserError>> {
        async move { Ok(Box::new(self.open_page(options, binding, url).await?) as Box<dyn Page>) }.boxed()
    }

    fn remove_device(&self, device: Device) -> Result<(), BrowserError> {
        let pages = self.connection.open_pages();
        let (connection, script) = (Arc::clone(&self.connection), page::device_script("remove", device, None));
        tokio::spawn(async move {
            for id in &pages {
                // The page may have been closed.
                let _ = page::evaluate(&connection, id, &script, false).await;
            }
        });
        Ok(())
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.process.close().boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_firefox_gets_no_page_with_a_proxy() {
        assert!(check_proxies("Firefox/140.10.2").is_err_and(|error| error.to_string().contains("Firefox 141")));
        assert!(check_proxies("Firefox/141.0").is_ok() && check_proxies("Firefox/?").is_ok());
    }
}
