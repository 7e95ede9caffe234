//! The content security policy of a page whose platform is embedded: it reaches its own origin, its case's signalling,
//! and nothing else.

/// The policy of a page that may connect to these origins.
///
/// A meta element carries it, and not a header: a page is there before its case, and only the case knows where its
/// signalling is. OpenTok.js 2.18 and older modules make functions of text, which reaches nothing that their scripts do
/// not (`unsafe-eval`). Workers are made of what the page has (`blob:`) and so are under the same policy; one with a
/// script of its own would not be.
pub fn content_policy(connect: &[String]) -> String {
    let connect = connect.iter().map(|origin| source(origin)).collect::<Vec<_>>().join(" ");
    format!(
        "default-src 'none'; script-src 'self' blob: 'unsafe-eval'; worker-src blob:; connect-src 'self' {connect}; style-src 'unsafe-inline'; \
         img-src data: blob:; font-src data:; media-src blob: data: mediastream:; base-uri 'none'; form-action 'none'"
    )
}

/// An origin as policies name it. They have no word for an IPv6 address (CSP 3, `host-part`), so that any host stands
/// for it; the port, which is the case's own, stays.
fn source(origin: &str) -> String {
    match url::Url::parse(origin) {
        Ok(url) if matches!(url.host(), Some(url::Host::Ipv6(_))) => {
            format!("{}://*:{}", url.scheme(), url.port_or_known_default().unwrap_or_default())
        }
        _ => origin.to_owned(),
    }
}

/// Returns the target of a violation: a host with its port, or else the kind of script.
pub(super) fn blocked_by(uri: &str) -> String {
    let host =
        url::Url::parse(uri).ok().and_then(|url| Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?)));
    host.unwrap_or_else(|| uri.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_reaches_only_its_signalling() {
        let policy = content_policy(&["http://127.0.0.1:1".to_owned(), "ws://127.0.0.1:1".to_owned()]);
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(policy.contains("connect-src 'self' http://127.0.0.1:1 ws://127.0.0.1:1; "), "{policy}");
        for open in ["*", "https:", "http: "] {
            assert!(!policy.contains(open), "{open} in {policy}");
        }
    }

    #[test]
    fn ipv6_address_is_identified_by_its_port() {
        assert_eq!(source("http://[::1]:8080"), "http://*:8080");
        assert_eq!(source("ws://[::1]:8080"), "ws://*:8080");
        assert_eq!(source("wss://anvil.opentok.com"), "wss://anvil.opentok.com");
    }

    #[test]
    fn violation_is_counted_by_host() {
        for (uri, counted) in [
            ("http://127.0.0.1:9000/x?y", "127.0.0.1:9000"),
            ("https://example.com/", "example.com:443"),
            ("wss://[::1]:1/", "[::1]:1"),
            ("eval", "eval"),
            ("inline", "inline"),
            ("data", "data"),
        ] {
            assert_eq!(blocked_by(uri), counted);
        }
    }
}
