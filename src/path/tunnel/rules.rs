//! Which tunnels there are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::connect::ConnectRequest;

/// How many hosts that were refused are told apart; a client has a handful.
const MAX_REFUSED: usize = 64;

/// The port of HTTPS: where the platform's hosts are.
const HTTPS_PORT: u16 = 443;

/// What a proxy lets pass.
#[derive(Debug, Clone, Default)]
pub struct TunnelRules {
    /// The platform's hosts.
    pub hosts: Vec<String>,
}

/// What becomes of a wish for a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is there.
    Pass,
    /// The platform has no such host, and nobody else is asked.
    Unreachable,
}

impl TunnelRules {
    pub(super) fn judge(&self, request: &ConnectRequest) -> Verdict {
        let is_known = request.port == HTTPS_PORT && self.hosts.iter().any(|host| *host == request.host);
        if is_known { Verdict::Pass } else { Verdict::Unreachable }
    }
}

impl Verdict {
    /// The answer.
    pub fn answer(self) -> &'static str {
        match self {
            Self::Pass => "HTTP/1.1 200 Connection established\r\n\r\n",
            Self::Unreachable => "HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        }
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
        let rules = TunnelRules { hosts: vec!["anvil.opentok.com".to_owned()] };
        let judge =
            |host: &str, port| rules.judge(&ConnectRequest { host: host.to_owned(), port, authorization: None });
        assert_eq!(judge("anvil.opentok.com", 443), Verdict::Pass);
        assert_eq!(judge("anvil.opentok.com", 80), Verdict::Unreachable);
        assert_eq!(judge("elsewhere.example", 443), Verdict::Unreachable);
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
