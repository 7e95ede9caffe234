//! The HTTP proxy of a browser context, and the browser's login at it.

use chromiumoxide::auth::Credentials;

use super::error::BrowserError;
use super::health::Health;
use precall_support::secrets::Secret;

/// An HTTP proxy.
#[derive(Debug, Clone)]
pub struct BrowserProxy {
    /// The URL of the proxy, as in `http://127.0.0.1:3128`.
    pub url: String,
    /// The credentials for the proxy. `None` if it requires none.
    pub login: Option<ProxyUser>,
}

/// Credentials for a proxy.
#[derive(Debug, Clone)]
pub struct ProxyUser {
    /// The user name for the proxy.
    pub name: String,
    /// The password for the proxy.
    pub password: Secret,
    /// The URL of a page behind the proxy that is opened first. Its response does not matter: when the proxy requests
    /// credentials for it, the browser stores them and sends them with later requests. It is opened by a navigation,
    /// which needs no CORS preflight request: a preflight request could not be answered with credentials.
    pub first_page: String,
}

impl ProxyUser {
    /// Makes the page answer the proxy's request for credentials, once for each request, and triggers such a request.
    pub(super) async fn log_in(self, page: &chromiumoxide::Page, health: &Health) -> Result<(), BrowserError> {
        let credentials = Credentials { username: self.name, password: self.password.expose().to_owned() };
        health.call("Fetch.enable", page.authenticate(credentials)).await?;
        match health.call("Page.navigate", page.goto(self.first_page)).await {
            // A proxy that does not know the user refuses the page.
            Ok(_) | Err(BrowserError::Refused { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
