//! A context's HTTP proxy, and how a browser says who it is there.

use chromiumoxide::auth::Credentials;

use super::client::Health;
use super::error::BrowserError;
use precall_support::secrets::Secret;

/// An HTTP proxy.
#[derive(Debug, Clone)]
pub struct BrowserProxy {
    /// As in `http://127.0.0.1:3128`.
    pub url: String,
    /// What it is told when it asks who is there.
    pub login: Option<ProxyUser>,
}

/// A user of a proxy.
#[derive(Debug, Clone)]
pub struct ProxyUser {
    /// The name.
    pub name: String,
    /// The password.
    pub password: Secret,
    /// A page behind the proxy that is opened first, whatever it answers: who is asked there is known to the browser from then
    /// on. It asks for no preflight, for which there would be nobody to answer.
    pub first_page: String,
}

impl ProxyUser {
    /// Lets a page answer for this user, once for each request, and lets the proxy ask.
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
