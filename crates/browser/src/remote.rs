//! The address of a remote browser.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::redirect::Policy;
use serde::Deserialize;
use url::{Host, Url};

/// What to do where there is no connection over TLS.
pub(super) const TRUST_FIX: &str =
    "check its address, and that this host trusts its certificate (`SSL_CERT_FILE` names others)";

/// How long the browser has to return the URL of its DevTools.
const LIMIT: Duration = Duration::from_secs(10);

/// Chrome's answer at `/json/version`.
#[derive(Deserialize)]
struct Version {
    #[serde(rename = "webSocketDebuggerUrl")]
    web_socket: String,
}

/// Returns the `ws://` or `wss://` URL of a browser's DevTools. For `http://host:9222`, precall asks the browser for
/// it.
pub(super) async fn devtools_url(address: &str) -> Result<String, String> {
    let url = Url::parse(address).map_err(|error| format!("its address is not a URL: {error}"))?;
    let url = match url.scheme() {
        "ws" | "wss" => return Ok(address.to_owned()),
        // The server behind a certificate is known by its name.
        "https" => url,
        _ => with_ip_address(url).await?,
    };
    let has_tls = url.scheme() == "https";
    let unreachable = |error: reqwest::Error| {
        let reason = innermost(&error.without_url());
        match has_tls {
            true => format!("it does not answer ({reason}); {TRUST_FIX}"),
            false => format!(
                "it does not answer ({reason}); start it with --remote-debugging-port=9222 and \
                 --remote-debugging-address=0.0.0.0 or a forwarded port, and check that this host may reach it"
            ),
        }
    };
    // The host's HTTP proxy, if it has one, is not for browsers under test. A redirect would take a token to another
    // host.
    let client = reqwest::Client::builder().no_proxy().redirect(Policy::none()).timeout(LIMIT);
    let client = client.build().map_err(unreachable)?;
    let mut place = url.join("/json/version").map_err(|error| error.to_string())?;
    place.set_query(url.query());
    let answer = client.get(place).send().await.map_err(unreachable)?;
    if let Some(refusal) = refusal(answer.status()) {
        return Err(refusal);
    }
    if !answer.status().is_success() {
        let status = answer.status();
        return Err(format!("its answer to /json/version is {status}; give the address of a browser's DevTools"));
    }
    let text = answer.text().await.map_err(unreachable)?;
    let web_socket = serde_json::from_str(&text).ok().and_then(|version: Version| Url::parse(&version.web_socket).ok());
    let web_socket = web_socket.ok_or_else(|| {
        "something other than a browser answers there: /json/version has no webSocketDebuggerUrl".to_owned()
    })?;
    Ok(as_reached(web_socket, &url).into())
}

/// Explains the answer of a browser that does not know precall; `None` of any other answer.
pub(super) fn refusal(status: StatusCode) -> Option<String> {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN).then(|| {
        format!(
            "it refuses precall ({status}); check the token or the user in its address, as in \
             `wss://grid.example/?token=…`"
        )
    })
}

/// Replaces a host name by its IP address: Chrome refuses requests with a host name, as a protection from DNS
/// rebinding.
async fn with_ip_address(mut url: Url) -> Result<Url, String> {
    let port = url.port_or_known_default().unwrap_or(80);
    if let Some(Host::Domain(name)) = url.host() {
        let found = tokio::net::lookup_host((name, port)).await.map_err(|error| format!("{name}: {error}"))?;
        // Most services listen on IPv4 only.
        let found: Vec<_> = found.collect();
        let address = found.iter().find(|address| address.is_ipv4()).or(found.first());
        if let Some(address) = address {
            // An IP address is always a valid host.
            let _ = url.set_ip_host(address.ip());
        }
    }
    Ok(url)
}

/// Replaces the host and port that the browser reports by those that precall connects to: behind a forwarded port they
/// differ. TLS, a user and a token are those of the address that was asked.
fn as_reached(mut web_socket: Url, asked: &Url) -> Url {
    // Both URLs have a host and a scheme that the standard knows, so that nothing of this is refused.
    let _ = web_socket.set_scheme(if asked.scheme() == "https" { "wss" } else { "ws" });
    let _ = web_socket.set_host(asked.host_str());
    let _ = web_socket.set_port(asked.port_or_known_default());
    let _ = web_socket.set_username(asked.username());
    let _ = web_socket.set_password(asked.password());
    let query: Vec<_> = [web_socket.query(), asked.query()].into_iter().flatten().map(str::to_owned).collect();
    web_socket.set_query((!query.is_empty()).then(|| query.join("&")).as_deref());
    web_socket
}

/// Returns the reason behind an error: that of a library often says only what it was doing.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut reason = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}

/// Returns the address without its path and credentials, which may be secret.
pub(super) fn shown(address: &str) -> String {
    match Url::parse(address) {
        Ok(url) => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
        }
        Err(_) => "an address that is not a URL".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_behind_a_forwarded_port_is_reached_through_it() {
        let reported = Url::parse("ws://127.0.0.1:9222/devtools/browser/b-1").expect("a URL");
        let asked = Url::parse("http://192.0.2.7:30222").expect("a URL");
        assert_eq!(as_reached(reported, &asked).as_str(), "ws://192.0.2.7:30222/devtools/browser/b-1");
    }

    #[test]
    fn tls_a_user_and_a_token_are_kept() {
        let asked = Url::parse("https://me:pw@grid.example/?token=abc").expect("a URL");
        for (reported, query) in [("b-1", "token=abc"), ("b-1?session=2", "session=2&token=abc")] {
            let reported = Url::parse(&format!("ws://127.0.0.1:9222/devtools/browser/{reported}")).expect("a URL");
            let reached = format!("wss://me:pw@grid.example/devtools/browser/b-1?{query}");
            assert_eq!(as_reached(reported, &asked).as_str(), reached);
        }
    }

    #[test]
    fn secrets_of_an_address_are_not_shown() {
        assert_eq!(shown("ws://user:pw@grid.example:9222/x?token=abc"), "ws://grid.example:9222");
        assert_eq!(shown("nonsense"), "an address that is not a URL");
    }

    #[tokio::test]
    async fn host_names_are_resolved_and_addresses_kept() {
        let with_ip_address = |url: &str| with_ip_address(Url::parse(url).expect("a URL"));
        assert_eq!(with_ip_address("http://localhost:9222").await.expect("found").as_str(), "http://127.0.0.1:9222/");
        assert_eq!(with_ip_address("http://192.0.2.7").await.expect("found").as_str(), "http://192.0.2.7/");
    }
}
