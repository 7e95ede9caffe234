//! The guard of a listener: its own names, allowed origins and hosts, and refusals.

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
fn own_names_and_pages_are_allowed() {
    for host in ["127.0.0.1:8080", "localhost:8080", "LocalHost:8080", "[::1]:8080", "media.example:8080"] {
        assert!(lets_in(&guard(), host, None), "{host}");
        assert!(lets_in(&guard(), host, Some(&format!("http://{host}"))), "{host}");
        assert!(lets_in(&guard(), host, Some("http://localhost:3000")), "{host}");
    }
}

#[test]
fn https_hosts_are_allowed() {
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
fn a_reverse_proxy_may_have_another_port() {
    let hosts = ["localhost:8443", "precall.test:443", "[::1]:8443"].map(str::to_owned).to_vec();
    let guard =
        Guard::new(SocketAddr::from(([127, 0, 0, 1], 8080)), &AllowedClients { hosts, ..AllowedClients::default() });
    for host in ["localhost:8443", "precall.test", "precall.test:443", "[::1]:8443", "localhost:8080"] {
        assert!(lets_in(&guard, host, None), "{host}");
    }
    for host in ["localhost:8444", "127.0.0.1:8443", "localhost", "precall.test:8080", "[::1]"] {
        assert!(!lets_in(&guard, host, None), "{host}");
    }
}

#[test]
fn a_refusal_names_the_option_that_allows_it() {
    let refusal = |host: &str, origin: &str| {
        let request = Request::builder().header("host", host).header("origin", origin);
        guard().refusal(&request.body(axum::body::Body::empty()).expect("a request")).expect("refused").reason
    };
    insta::assert_snapshot!(refusal("evil.example:8080", "http://localhost:3000"), @"evil.example:8080 is no name of this listener; `--allow-host evil.example:8080` makes it one");
    insta::assert_snapshot!(refusal("localhost:8080", "https://a.example"), @"pages of https://a.example may not ask localhost:8080; `--allow-origin https://a.example` lets them");
    insta::assert_snapshot!(refusal("localhost:8080", "null"), @"pages without an origin, such as those of files, may not ask localhost:8080; `--allow-origin null` lets them");
}

#[test]
fn cross_site_loads_are_refused_and_navigation_is_allowed() {
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
async fn every_response_has_a_resource_policy() {
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
    let guard =
        Guard::new(SocketAddr::from(([127, 0, 0, 1], 8080)), &AllowedClients { origins, ..AllowedClients::default() });
    drop(guarded(Router::new(), &guard));
}

#[test]
fn other_origins_and_hosts_are_refused() {
    for host in ["evil.example:8080", "127.0.0.1:80", "127.0.0.1", "", "[::1]", "localhost:8080:8080"] {
        assert!(!lets_in(&guard(), host, None), "{host}");
    }
    for origin in ["http://evil.example", "http://localhost:8081", "https://127.0.0.1:8080", "null", ""] {
        assert!(!lets_in(&guard(), "127.0.0.1:8080", Some(origin)), "{origin}");
    }
}
