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
    pub fn new(address: SocketAddr, allowed: &AllowedClients) -> Self {
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
    pub fn of_hosts(allowed: &AllowedClients) -> Self {
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
            let reason =
                format!("{host} is no name of this listener; `precall platform --allow-host {host}` makes it one");
            return Some(RefusedRequest { cause: RefusalCause::Host(host), reason });
        }
        let Some(origin) = origin else { return elsewhere(request, &host) };
        if self.takes(&host, &origin) {
            return None;
        }
        let reason = match origin.as_str() {
            NO_ORIGIN => format!(
                "pages without an origin, such as those of files, may not ask {host}; `precall platform --allow-origin \
                 {NO_ORIGIN}` lets them"
            ),
            origin => {
                format!("pages of {origin} may not ask {host}; `precall platform --allow-origin {origin}` lets them")
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
mod tests {
    use super::*;

    fn guard() -> Guard {
        let allowed = AllowedClients {
            origins: vec!["http://localhost:3000/".to_owned()],
            hosts: vec!["media.example".to_owned()],
            ..AllowedClients::default()
        };
        Guard::new(SocketAddr::from(([127, 0, 0, 1], 8080)), &allowed)
    }

    /// Returns whether a request with these headers is let in.
    fn lets_in(guard: &Guard, host: &str, origin: Option<&str>) -> bool {
        let request = Request::builder().header("host", host);
        let request = origin.into_iter().fold(request, |request, origin| request.header("origin", origin));
        guard.refusal(&request.body(axum::body::Body::empty()).expect("a request")).is_none()
    }

    #[test]
    fn its_own_names_and_pages_are_let_in() {
        for host in ["127.0.0.1:8080", "localhost:8080", "LocalHost:8080", "[::1]:8080", "media.example:8080"] {
            assert!(lets_in(&guard(), host, None), "{host}");
            assert!(lets_in(&guard(), host, Some(&format!("http://{host}"))), "{host}");
            assert!(lets_in(&guard(), host, Some("http://localhost:3000")), "{host}");
        }
    }

    #[test]
    fn by_https_its_hosts_are() {
        let allowed = AllowedClients {
            origins: vec!["http://127.0.0.1:1".to_owned()],
            hosts: vec!["anvil.opentok.com".to_owned()],
            ..AllowedClients::default()
        };
        let guard = Guard::of_hosts(&allowed);
        assert!(lets_in(&guard, "anvil.opentok.com", Some("http://127.0.0.1:1")));
        assert!(lets_in(&guard, "anvil.opentok.com:443", None));
        assert!(!lets_in(&guard, "127.0.0.1", None));
        assert!(!lets_in(&guard, "anvil.opentok.com:80", None));
        assert!(!lets_in(&guard, "anvil.opentok.com", Some("http://127.0.0.1:2")));
    }

    #[test]
    fn what_is_in_front_may_have_another_port() {
        let hosts = ["localhost:8443", "precall.test:443", "[::1]:8443"].map(str::to_owned).to_vec();
        let guard = Guard::new(
            SocketAddr::from(([127, 0, 0, 1], 8080)),
            &AllowedClients { hosts, ..AllowedClients::default() },
        );
        for host in ["localhost:8443", "precall.test", "precall.test:443", "[::1]:8443", "localhost:8080"] {
            assert!(lets_in(&guard, host, None), "{host}");
        }
        for host in ["localhost:8444", "127.0.0.1:8443", "localhost", "precall.test:8080", "[::1]"] {
            assert!(!lets_in(&guard, host, None), "{host}");
        }
    }

    #[test]
    fn a_refusal_says_what_would_let_the_request_in() {
        let refusal = |host: &str, origin: &str| {
            let request = Request::builder().header("host", host).header("origin", origin);
            guard().refusal(&request.body(axum::body::Body::empty()).expect("a request")).expect("refused").reason
        };
        insta::assert_snapshot!(refusal("evil.example:8080", "http://localhost:3000"), @"evil.example:8080 is no name of this listener; `precall platform --allow-host evil.example:8080` makes it one");
        insta::assert_snapshot!(refusal("localhost:8080", "https://a.example"), @"pages of https://a.example may not ask localhost:8080; `precall platform --allow-origin https://a.example` lets them");
        insta::assert_snapshot!(refusal("localhost:8080", "null"), @"pages without an origin, such as those of files, may not ask localhost:8080; `precall platform --allow-origin null` lets them");
    }

    #[test]
    fn what_other_pages_load_without_cors_is_refused_and_what_people_open_is_not() {
        let refused = |site: &str, dest: &str, origin: Option<&str>| {
            let request = Request::builder().header("host", "localhost:8080");
            let request = request.header("sec-fetch-site", site).header("sec-fetch-dest", dest);
            let request = origin.into_iter().fold(request, |request, origin| request.header("origin", origin));
            guard().refusal(&request.body(axum::body::Body::empty()).expect("a request")).map(|refusal| refusal.cause)
        };
        for (site, dest) in
            [("cross-site", "script"), ("same-site", "script"), ("cross-site", "image"), ("cross-site", "iframe")]
        {
            assert_eq!(refused(site, dest, None), Some(RefusalCause::OtherSite), "{site} {dest}");
        }
        assert_eq!(refused("same-origin", "script", None), None);
        assert_eq!(refused("none", "document", None), None);
        assert_eq!(refused("cross-site", "document", None), None);
        // A request with an `Origin` is judged by that alone.
        assert_eq!(refused("same-site", "empty", Some("http://localhost:3000")), None);
    }

    #[tokio::test]
    async fn every_answer_keeps_pages_of_other_origins_from_it() {
        let app = guarded(Router::new().route("/x", axum::routing::get(|| async { "x" })), &guard());
        for (path, origin) in [("/x", None), ("/none", None), ("/x", Some("http://localhost:3000"))] {
            let request = Request::builder().uri(path).header("host", "localhost:8080");
            let request = origin.into_iter().fold(request, |request, origin| request.header("origin", origin));
            let request = request.body(axum::body::Body::empty()).expect("a request");
            let response = tower::ServiceExt::oneshot(app.clone(), request).await.expect("an answer");
            assert_eq!(response.headers()[RESOURCE_POLICY], "same-origin", "{path}");
            let allowed = response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).map(HeaderValue::as_bytes);
            assert_eq!(allowed, origin.map(str::as_bytes), "{path}");
        }
    }

    #[test]
    fn no_origin_makes_a_listener_panic() {
        let origins = vec!["*".to_owned(), "\u{0}".to_owned()];
        let guard = Guard::new(
            SocketAddr::from(([127, 0, 0, 1], 8080)),
            &AllowedClients { origins, ..AllowedClients::default() },
        );
        drop(guarded(Router::new(), &guard));
    }

    #[test]
    fn nobody_else_is() {
        for host in ["evil.example:8080", "127.0.0.1:80", "127.0.0.1", "", "[::1]", "localhost:8080:8080"] {
            assert!(!lets_in(&guard(), host, None), "{host}");
        }
        for origin in ["http://evil.example", "http://localhost:8081", "https://127.0.0.1:8080", "null", ""] {
            assert!(!lets_in(&guard(), "127.0.0.1:8080", Some(origin)), "{origin}");
        }
    }
}
