//! HTTP clients for the systems that people name: a platform, a gateway of metrics, a webhook, a store of runs.

use std::error::Error;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use url::{Host, Url};

use precall_support::secrets::redact;
use precall_support::text::Printable;

/// The waits before the second and the third attempt.
const WAITS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];

/// Clients that trust the certificates that the system trusts, and follow no redirect: it would take secrets along to
/// another host.
#[derive(Debug, Clone)]
pub struct HttpClients {
    remote: Client,
    /// For this host: no proxy reaches it, and none has to hear its secrets.
    local: Client,
}

impl HttpClients {
    /// Returns clients that wait so long for an answer.
    ///
    /// # Errors
    ///
    /// The reason, when the system has no certificates.
    pub fn new(limit: Duration) -> Result<Self, String> {
        let builder = || {
            Client::builder()
                .timeout(limit)
                .user_agent(concat!("precall/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
        };
        let made = |client: Result<Client, reqwest::Error>| client.map_err(|error| causes(&error));
        Ok(Self { remote: made(builder().build())?, local: made(builder().no_proxy().build())? })
    }

    /// Sends a request, up to three times while the server does not answer or says that it is busy. `request` makes
    /// it anew each time.
    ///
    /// # Errors
    ///
    /// The reason, without the URL, when the server does not answer.
    pub async fn send(&self, request: impl Fn(&Self) -> RequestBuilder) -> Result<Response, String> {
        let mut waits = WAITS.iter();
        loop {
            let answer = request(self).send().await;
            let is_passing = answer.as_ref().map_or(true, |response| {
                response.status().is_server_error() || response.status() == StatusCode::TOO_MANY_REQUESTS
            });
            match waits.next().filter(|_| is_passing) {
                Some(wait) => tokio::time::sleep(*wait).await,
                None => return answer.map_err(|error| causes(&error.without_url())),
            }
        }
    }

    /// Returns the client for a URL: the one without a proxy for this host and for link-local addresses, where clouds
    /// have the services that give a machine its keys.
    pub fn client_for(&self, url: &str) -> &Client {
        if is_on_this_host(url) || is_link_local(url) { &self.local } else { &self.remote }
    }
}

/// Returns whether a URL names the loopback interface.
pub fn is_on_this_host(url: &str) -> bool {
    match Url::parse(url).ok().and_then(|url| url.host().map(|host| host.to_owned())) {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Returns whether a URL names an address that no router forwards (RFC 3927, RFC 4291), or one of `fd00:ec2::/32`,
/// where AWS has the same services for IPv6.
pub fn is_link_local(url: &str) -> bool {
    match Url::parse(url).ok().and_then(|url| url.host().map(|host| host.to_owned())) {
        Some(Host::Ipv4(address)) => address.is_link_local(),
        Some(Host::Ipv6(address)) => address.is_unicast_link_local() || address.segments()[..2] == [0xfd00, 0xec2],
        Some(Host::Domain(_)) | None => false,
    }
}

/// Returns an error with everything below it: the last one is the one that helps.
pub fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

/// The most bytes of a refusal that are read, and the most characters that are repeated.
const MOST_REFUSAL_BYTES: usize = 4096;
const MOST_REFUSAL_CHARS: usize = 200;

/// Returns the beginning of the text with which a server refused something: without secrets, on one line, with `: `
/// before it. Empty if there is none.
pub async fn refusal_text(mut response: Response) -> String {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_REFUSAL_BYTES {
            break;
        }
    }
    let text = redact(&String::from_utf8_lossy(&body));
    match text.trim() {
        "" => String::new(),
        text => format!(": {}", Printable::line_of(text, MOST_REFUSAL_CHARS)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_that_give_keys_are_reached_without_a_proxy() {
        for url in ["http://169.254.169.254/x", "http://[fd00:ec2::23]/x", "http://[fe80::1]:80/x"] {
            assert!(is_link_local(url), "{url}");
        }
        for url in ["http://169.253.1.1/x", "http://[fd00:ec3::1]/x", "http://169.254.169.254.example/x", "nonsense"] {
            assert!(!is_link_local(url), "{url}");
        }
    }

    #[test]
    fn loopback_urls_are_recognised() {
        for url in ["http://127.0.0.1:8080/x", "http://localhost/x", "https://[::1]:1/x"] {
            assert!(is_on_this_host(url), "{url}");
        }
        for url in ["https://api.opentok.com/x", "http://localhost.example/x", "http://10.0.0.1/x", "nonsense"] {
            assert!(!is_on_this_host(url), "{url}");
        }
    }
}
