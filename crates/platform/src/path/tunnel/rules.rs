//! Which tunnels there are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::connect::ConnectRequest;
use precall_support::secrets::Secret;

/// How many hosts that were refused are told apart; a client has a handful.
const MAX_REFUSED: usize = 64;

/// The port of HTTPS: where the platform's hosts are.
const HTTPS_PORT: u16 = 443;

/// What a proxy lets pass.
#[derive(Debug, Clone, Default)]
pub struct TunnelRules {
    /// The platform's hosts.
    pub hosts: Vec<String>,
    /// Whether a tunnel to another port than HTTPS's is dropped without a word.
    pub https_only: bool,
    /// Whom alone it serves.
    pub login: Option<ProxyLogin>,
}

/// A user of a proxy.
#[derive(Debug, Clone)]
pub struct ProxyLogin {
    /// The name; it holds no colon.
    pub user: String,
    /// The password.
    pub password: Secret,
}

impl ProxyLogin {
    /// A user with a password that nobody else has.
    pub fn generate() -> Self {
        Self { user: "precall".to_owned(), password: Secret::new(uuid::Uuid::new_v4().simple().to_string()) }
    }

    /// Whether it is what a client says (`Basic`, RFC 7617).
    fn is(&self, authorization: Option<&str>) -> bool {
        let Some((scheme, encoded)) = authorization.and_then(|value| value.split_once(' ')) else { return false };
        let given = BASE64_STANDARD.decode(encoded.trim()).unwrap_or_default();
        scheme.eq_ignore_ascii_case("basic")
            && given == format!("{}:{}", self.user, self.password.expose()).into_bytes()
    }
}

/// What becomes of a wish for a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is there.
    Pass,
    /// The platform has no such host, and nobody else is asked.
    Unreachable,
    /// Not for nobody in particular.
    AsksLogin,
    /// Never answered.
    Dropped,
}

impl TunnelRules {
    pub(super) fn judge(&self, request: &ConnectRequest) -> Verdict {
        if let Some(login) = &self.login
            && !login.is(request.authorization.as_deref())
        {
            return Verdict::AsksLogin;
        }
        if self.https_only && request.port != HTTPS_PORT {
            return Verdict::Dropped;
        }
        let is_known = request.port == HTTPS_PORT && self.hosts.contains(&request.host);
        if is_known { Verdict::Pass } else { Verdict::Unreachable }
    }
}

impl Verdict {
    /// The answer; `None` is none.
    pub fn answer(self) -> Option<&'static str> {
        Some(match self {
            Self::Pass => "HTTP/1.1 200 Connection established\r\n\r\n",
            Self::Unreachable => "HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            Self::AsksLogin => {
                "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"precall\"\r\n\
                 Connection: close\r\nContent-Length: 0\r\n\r\n"
            }
            Self::Dropped => return None,
        })
    }
}

/// What was refused, and how often; clones count together.
#[derive(Debug, Clone, Default)]
pub(in crate::path) struct Refused(Arc<Mutex<BTreeMap<String, u64>>>);

impl Refused {
    /// Counts one: a host, with its port if it was given.
    pub fn count(&self, target: String) {
        let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() < MAX_REFUSED || refused.contains_key(&target) {
            *refused.entry(target).or_default() += 1;
        }
    }

    pub fn get(&self) -> BTreeMap<String, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_platform_is_reached() {
        let mut rules = TunnelRules { hosts: vec!["anvil.opentok.com".to_owned()], ..TunnelRules::default() };
        let judge = |rules: &TunnelRules, host: &str, port| {
            rules.judge(&ConnectRequest { host: host.to_owned(), port, authorization: None })
        };
        assert_eq!(judge(&rules, "anvil.opentok.com", 443), Verdict::Pass);
        assert_eq!(judge(&rules, "anvil.opentok.com", 80), Verdict::Unreachable);
        assert_eq!(judge(&rules, "elsewhere.example", 443), Verdict::Unreachable);
        rules.https_only = true;
        assert_eq!(judge(&rules, "anvil.opentok.com", 443), Verdict::Pass);
        assert_eq!(judge(&rules, "anvil.opentok.com", 80), Verdict::Dropped);
    }

    #[test]
    fn who_may_ask_says_who_he_is() {
        let login = ProxyLogin { user: "Aladdin".to_owned(), password: Secret::new("open sesame") };
        let rules = TunnelRules { hosts: vec!["a".to_owned()], login: Some(login), ..TunnelRules::default() };
        let judge = |authorization: Option<&str>| {
            let authorization = authorization.map(str::to_owned);
            rules.judge(&ConnectRequest { host: "a".to_owned(), port: 443, authorization })
        };
        // The example of RFC 7617, section 2.
        assert_eq!(judge(Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")), Verdict::Pass);
        for wrong in [None, Some("Basic"), Some("Basic !"), Some("Basic eDp5"), Some("Digest QWxhZGRpbjpvcGVu")] {
            assert_eq!(judge(wrong), Verdict::AsksLogin, "{wrong:?}");
        }
    }

    #[test]
    fn what_is_refused_is_counted_within_bounds() {
        let refused = Refused::default();
        for number in 0..1000 {
            refused.count(format!("{}.example:443", number % 100));
        }
        assert_eq!(refused.get().len(), MAX_REFUSED);
        assert_eq!(refused.get()["0.example:443"], 10);
    }
}
