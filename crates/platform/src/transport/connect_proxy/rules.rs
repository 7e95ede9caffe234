//! The rules for tunnels.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::request::ConnectRequest;
use precall_support::secrets::Secret;

/// The number of refused hosts that are counted separately; a client has a handful.
const MAX_REFUSED: usize = 64;

/// The port of HTTPS: where the platform's hosts are.
const HTTPS_PORT: u16 = 443;

/// The tunnels that a proxy grants.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProxyRules {
    /// The platform's hosts.
    pub hosts: Vec<String>,
    /// Whether a tunnel to another port than HTTPS's is dropped without a word.
    pub https_only: bool,
    /// The only login that it serves; `None` serves every client.
    pub login: Option<ProxyCredentials>,
}

/// A user of a proxy.
#[derive(Debug, Clone)]
pub struct ProxyCredentials {
    /// The name; it holds no colon.
    pub user: String,
    /// The password of the user.
    pub password: Secret,
}

impl ProxyCredentials {
    /// Returns a user with a random password.
    pub fn generate() -> Self {
        Self { user: "precall".to_owned(), password: Secret::new(uuid::Uuid::new_v4().simple().to_string()) }
    }

    /// Returns whether a client's header holds these credentials (`Basic`, RFC 7617).
    fn is(&self, authorization: Option<&str>) -> bool {
        let Some((scheme, encoded)) = authorization.and_then(|value| value.split_once(' ')) else { return false };
        let given = BASE64_STANDARD.decode(encoded.trim()).unwrap_or_default();
        scheme.eq_ignore_ascii_case("basic")
            && given == format!("{}:{}", self.user, self.password.expose()).into_bytes()
    }
}

/// The decision about a request for a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// The tunnel is opened.
    Accept,
    /// The platform does not have the host, and the proxy connects to no other server.
    Unreachable,
    /// The client must log in first.
    AuthRequired,
    /// The request is never answered.
    Dropped,
}

impl ProxyRules {
    pub(super) fn decide(&self, request: &ConnectRequest) -> Decision {
        if let Some(login) = &self.login
            && !login.is(request.authorization.as_deref())
        {
            return Decision::AuthRequired;
        }
        if self.https_only && request.port != HTTPS_PORT {
            return Decision::Dropped;
        }
        let is_known = request.port == HTTPS_PORT && self.hosts.contains(&request.host);
        if is_known { Decision::Accept } else { Decision::Unreachable }
    }
}

impl Decision {
    /// Returns the answer; `None` when the request is never answered.
    pub(super) fn answer(self) -> Option<&'static str> {
        Some(match self {
            Self::Accept => "HTTP/1.1 200 Connection established\r\n\r\n",
            Self::Unreachable => "HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            Self::AuthRequired => {
                "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"precall\"\r\n\
                 Connection: close\r\nContent-Length: 0\r\n\r\n"
            }
            Self::Dropped => return None,
        })
    }
}

/// The number of refusals by host. Clones share their counts.
#[derive(Debug, Clone, Default)]
pub(in crate::transport) struct RefusalCounts(Arc<Mutex<BTreeMap<String, u64>>>);

impl RefusalCounts {
    /// Counts one: a host, with its port if it was given.
    pub(crate) fn count(&self, target: String) {
        let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() < MAX_REFUSED || refused.contains_key(&target) {
            *refused.entry(target).or_default() += 1;
        }
    }

    pub(crate) fn get(&self) -> BTreeMap<String, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_platform_is_reachable() {
        let mut rules = ProxyRules { hosts: vec!["anvil.opentok.com".to_owned()], ..ProxyRules::default() };
        let decide = |rules: &ProxyRules, host: &str, port| {
            rules.decide(&ConnectRequest { host: host.to_owned(), port, authorization: None })
        };
        assert_eq!(decide(&rules, "anvil.opentok.com", 443), Decision::Accept);
        assert_eq!(decide(&rules, "anvil.opentok.com", 80), Decision::Unreachable);
        assert_eq!(decide(&rules, "elsewhere.example", 443), Decision::Unreachable);
        rules.https_only = true;
        assert_eq!(decide(&rules, "anvil.opentok.com", 443), Decision::Accept);
        assert_eq!(decide(&rules, "anvil.opentok.com", 80), Decision::Dropped);
    }

    #[test]
    fn credentials_are_checked() {
        let login = ProxyCredentials { user: "Aladdin".to_owned(), password: Secret::new("open sesame") };
        let rules = ProxyRules { hosts: vec!["a".to_owned()], login: Some(login), ..ProxyRules::default() };
        let decide = |authorization: Option<&str>| {
            let authorization = authorization.map(str::to_owned);
            rules.decide(&ConnectRequest { host: "a".to_owned(), port: 443, authorization })
        };
        // The example of RFC 7617, section 2.
        assert_eq!(decide(Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")), Decision::Accept);
        for wrong in [None, Some("Basic"), Some("Basic !"), Some("Basic eDp5"), Some("Digest QWxhZGRpbjpvcGVu")] {
            assert_eq!(decide(wrong), Decision::AuthRequired, "{wrong:?}");
        }
    }

    #[test]
    fn refusals_are_counted_within_bounds() {
        let refused = RefusalCounts::default();
        for number in 0..1000 {
            refused.count(format!("{}.example:443", number % 100));
        }
        assert_eq!(refused.get().len(), MAX_REFUSED);
        assert_eq!(refused.get()["0.example:443"], 10);
    }
}
