//! Access control of a listener: browsers on its own origin, and those on origins that its operator named.
//!
//! A page of another site could otherwise control a platform on the loopback interface: with cross-origin requests, or
//! by a name of its own that resolves to 127.0.0.1 (DNS rebinding).

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc::Sender;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use super::origin::NO_ORIGIN;

/// The header by which a browser states the origin of a request without `Origin`, such as that of a script or an image
/// (Fetch Metadata Request Headers, W3C). Only secure contexts send it: other listeners have only the response header
/// below.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The header that keeps browsers from giving a response to a page of another origin that requested it without CORS
/// (Fetch, "Cross-Origin-Resource-Policy").
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The clients that a listener allows besides those on its own address and origin.
#[derive(Debug, Clone, Default)]
pub struct AllowedClients {
    /// Origins of pages, as in `http://localhost:3000`.
    pub origins: Vec<String>,
    /// Host names that clients call this listener by; with a port, as in `localhost:8443`, when what is in front of it
    /// has another.
    pub hosts: Vec<String>,
    /// The receiver of each refused request. A refusal is dropped when the channel is full: refusals repeat themselves.
    pub refusals: Option<Sender<RefusedRequest>>,
}

/// A request that was not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRequest {
    /// The host or origin that was refused.
    pub cause: RefusalCause,
    /// Why it was not let in, with what would let it in.
    pub reason: String,
}

/// The cause of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RefusalCause {
    /// Pages of this origin; `null` for pages that have none.
    Origin(String),
    /// Clients that call the listener by this name.
    Host(String),
    /// A page of another origin, which the request does not name.
    OtherSite,
}

/// Decides by `Host` and `Origin`.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    port: u16,
    /// The one that goes without saying.
    default_port: u16,
    hosts: Arc<[Host]>,
    origins: Arc<[String]>,
    refusals: Option<Sender<RefusedRequest>>,
}

/// A name of a listener, and its port, if it is not the listener's own.
#[derive(Debug, Clone)]
struct Host {
    name: String,
    port: Option<u16>,
}

impl Host {
    fn parse(text: &str) -> Self {
        match split_port(text) {
            (name, Some(Ok(port))) => Self { name: name.to_owned(), port: Some(port) },
            _ => Self { name: text.to_owned(), port: None },
        }
    }
}

/// Returns a host and the port behind it. The colons of an IPv6 address are inside brackets.
fn split_port(text: &str) -> (&str, Option<Result<u16, std::num::ParseIntError>>) {
    match text.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port.parse())),
        _ => (text, None),
    }
}

impl Guard {
    pub(super) fn new(address: SocketAddr, allowed: &AllowedClients) -> Self {
        let own = ["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned(), bare(address)];
        Self {
            port: address.port(),
            default_port: 80,
            hosts: own.iter().chain(&allowed.hosts).map(|host| Host::parse(host)).collect(),
            origins: allowed.origins.iter().map(|origin| origin.trim_end_matches('/').to_owned()).collect(),
            refusals: allowed.refusals.clone(),
        }
    }

    /// Returns the guard of a listener for the hosts of `allowed` alone, over HTTPS.
    pub(super) fn of_hosts(allowed: &AllowedClients) -> Self {
        let hosts = allowed.hosts.iter().map(|host| Host::parse(host)).collect();
        let refusals = allowed.refusals.clone();
        Self { port: 443, default_port: 443, hosts, origins: allowed.origins.iter().cloned().collect(), refusals }
    }

    /// Answers CORS preflight requests: the allowed origins are permitted.
    fn cors(&self) -> CorsLayer {
        let origins = Arc::clone(&self.origins);
        let is_allowed = move |origin: &HeaderValue| origins.iter().any(|known| known.as_bytes() == origin.as_bytes());
        CorsLayer::new()
            .allow_origin(AllowOrigin::predicate(move |origin, _| is_allowed(origin)))
            .allow_credentials(true)
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
            .allow_headers(AllowHeaders::mirror_request())
    }

    /// Returns the reason for which a request is refused; `None` when it is allowed.
    fn refusal(&self, request: &Request) -> Option<RefusedRequest> {
        let text = |name: HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or("?").to_owned());
        let host = text(header::HOST).or_else(|| request.uri().authority().map(ToString::to_string));
        let (host, origin) = (host.unwrap_or_default(), text(header::ORIGIN));
        if !self.is_called(&host) {
            let reason = format!("{host} is no name of this listener; `--allow-host {host}` makes it one");
            return Some(RefusedRequest { cause: RefusalCause::Host(host), reason });
        }
        let Some(origin) = origin else { return elsewhere(request, &host) };
        if self.takes(&host, &origin) {
            return None;
        }
        let reason = match origin.as_str() {
            NO_ORIGIN => format!(
                "pages without an origin, such as those of files, may not ask {host}; `--allow-origin \
                 {NO_ORIGIN}` lets them"
            ),
            origin => {
                format!("pages of {origin} may not ask {host}; `--allow-origin {origin}` lets them")
            }
        };
        Some(RefusedRequest { cause: RefusalCause::Origin(origin), reason })
    }

    /// Returns whether a `Host` is one of this listener's names.
    fn is_called(&self, host: &str) -> bool {
        let (name, port) = match split_port(host) {
            (name, Some(Ok(port))) => (name, Some(port)),
            (_, Some(Err(_))) => return false,
            (name, None) => (name, None),
        };
        self.hosts.iter().any(|own| {
            let is_port = match (port, own.port) {
                (port, None) => port.unwrap_or(self.default_port) == self.port,
                (Some(port), Some(own)) => port == own,
                // Whether HTTPS was spoken in front of this listener is not to be seen from here.
                (None, Some(own)) => matches!(own, 80 | 443),
            };
            is_port && own.name.eq_ignore_ascii_case(name)
        })
    }

    /// Returns whether pages of this origin may send requests to a listener under the name `host`.
    fn takes(&self, host: &str, origin: &str) -> bool {
        let from_here = origin.strip_prefix("http://").is_some_and(|from| from.eq_ignore_ascii_case(host));
        from_here || self.origins.iter().any(|known| known == origin)
    }
}

/// Refuses requests that a page of another origin sent without CORS, as for a script or an image, and so without
/// `Origin`. A link to the listener that a person follows is no such request.
fn elsewhere(request: &Request, host: &str) -> Option<RefusedRequest> {
    let header = |name: &HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let is_elsewhere = matches!(header(&SEC_FETCH_SITE), Some("cross-site" | "same-site"));
    let is_navigation = header(&HeaderName::from_static("sec-fetch-dest")) == Some("document");
    (is_elsewhere && !is_navigation).then(|| RefusedRequest {
        cause: RefusalCause::OtherSite,
        reason: format!("pages of other origins may not load anything of {host} as a script, an image or the like"),
    })
}

fn bare(address: SocketAddr) -> String {
    if address.is_ipv4() { address.ip().to_string() } else { format!("[{}]", address.ip()) }
}

/// Returns the routes behind a guard.
pub(super) fn guarded(router: Router, guard: &Guard) -> Router {
    let (cors, guard) = (guard.cors(), guard.clone());
    router
        .layer(cors)
        .layer(axum::middleware::from_fn(move |request: Request, next: Next| check(guard.clone(), request, next)))
        .layer(SetResponseHeaderLayer::overriding(RESOURCE_POLICY, HeaderValue::from_static("same-origin")))
}

/// Lets a request through, or answers with the reason of its refusal.
async fn check(guard: Guard, request: Request, next: Next) -> Response {
    match guard.refusal(&request) {
        None => next.run(request).await,
        // As the platform's own refusals: server SDKs look for the reason in JSON.
        Some(refusal) => {
            let body = serde_json::json!({ "code": StatusCode::FORBIDDEN.as_u16(), "message": refusal.reason });
            if let Some(refusals) = &guard.refusals {
                // Without a receiver the refusal is dropped.
                let _ = refusals.try_send(refusal);
            }
            (StatusCode::FORBIDDEN, axum::Json(body)).into_response()
        }
    }
}

#[cfg(test)]
mod tests;
