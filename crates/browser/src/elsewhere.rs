//! The address of a browser that runs elsewhere.

use std::time::Duration;

use serde::Deserialize;
use url::{Host, Url};

/// How long it has to say where its DevTools are.
const LIMIT: Duration = Duration::from_secs(10);

/// What Chrome says at `/json/version`.
#[derive(Deserialize)]
struct Version {
    #[serde(rename = "webSocketDebuggerUrl")]
    web_socket: String,
}

/// The `ws://` address of a browser's DevTools; of `http://host:9222` the browser is asked for it.
pub(super) async fn devtools_url(address: &str) -> Result<String, String> {
    let url = Url::parse(address).map_err(|error| format!("its address is no URL: {error}"))?;
    if url.scheme() == "ws" {
        return Ok(address.to_owned());
    }
    let url = by_number(url).await?;
    let unreachable = |error: reqwest::Error| {
        let error = error.without_url();
        format!(
            "it does not answer ({error}); start it with --remote-debugging-port=9222 and \
             --remote-debugging-address=0.0.0.0 or a forwarded port, and check that this host may reach it"
        )
    };
    // Whatever proxy the world is reached through, a browser under test is not behind it.
    let client = reqwest::Client::builder().no_proxy().timeout(LIMIT).build().map_err(unreachable)?;
    let place = url.join("/json/version").map_err(|error| error.to_string())?;
    let answer = client.get(place).send().await.and_then(reqwest::Response::error_for_status).map_err(unreachable)?;
    let text = answer.text().await.map_err(unreachable)?;
    let web_socket = serde_json::from_str(&text).ok().and_then(|version: Version| Url::parse(&version.web_socket).ok());
    let web_socket = web_socket
        .ok_or_else(|| "what answers there is no browser: /json/version names no webSocketDebuggerUrl".to_owned())?;
    Ok(seen_from_here(web_socket, &url).into())
}

/// Chrome answers only those who call it by an address: names that lead to it could be anybody's.
async fn by_number(mut url: Url) -> Result<Url, String> {
    let port = url.port_or_known_default().unwrap_or(80);
    if let Some(Host::Domain(name)) = url.host() {
        let found = tokio::net::lookup_host((name, port)).await.map_err(|error| format!("{name}: {error}"))?;
        // What is bound to the older family alone is the rule.
        let found: Vec<_> = found.collect();
        let address = found.iter().find(|address| address.is_ipv4()).or(found.first());
        if let Some(address) = address {
            // An IP address can always be a host.
            let _ = url.set_ip_host(address.ip());
        }
    }
    Ok(url)
}

/// What a browser says of itself holds where it runs: behind a forwarded port its host and port are others.
fn seen_from_here(mut web_socket: Url, asked: &Url) -> Url {
    // Both have a host, as all such URLs.
    let _ = web_socket.set_host(asked.host_str());
    let _ = web_socket.set_port(asked.port_or_known_default());
    web_socket
}

/// An address without what may be a secret in it.
pub(super) fn shown(address: &str) -> String {
    match Url::parse(address) {
        Ok(url) => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
        }
        Err(_) => "an address that is no URL".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_behind_a_port_is_reached_through_it() {
        let of_itself = Url::parse("ws://127.0.0.1:9222/devtools/browser/b-1").expect("a URL");
        let asked = Url::parse("http://192.0.2.7:30222").expect("a URL");
        assert_eq!(seen_from_here(of_itself, &asked).as_str(), "ws://192.0.2.7:30222/devtools/browser/b-1");
    }

    #[test]
    fn no_secret_of_an_address_is_shown() {
        assert_eq!(shown("ws://user:pw@grid.example:9222/x?token=abc"), "ws://grid.example:9222");
        assert_eq!(shown("nonsense"), "an address that is no URL");
    }

    #[tokio::test]
    async fn names_are_looked_up_and_addresses_left() {
        let by_number = |url: &str| by_number(Url::parse(url).expect("a URL"));
        assert_eq!(by_number("http://localhost:9222").await.expect("found").as_str(), "http://127.0.0.1:9222/");
        assert_eq!(by_number("http://192.0.2.7").await.expect("found").as_str(), "http://192.0.2.7/");
    }
}
