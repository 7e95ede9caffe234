//! Firewalls with names, after the network requirements that WebRTC services publish: UDP, else TCP's port 443, else a proxy.

use super::model::{Firewall, HttpProxy, Ports, Udp};

/// A firewall with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirewallProfile {
    /// `"open"`: everything passes.
    Open,
    /// `"udp-blocked"`: TCP passes.
    UdpBlocked,
    /// `"tls-only"`: TLS on TCP's port 443 passes.
    TlsOnly,
    /// `"http-proxy"`: nothing passes but what the proxy is asked for, and the relay by TLS.
    HttpProxy,
    /// `"http-proxy-login"`: the same, and it asks who is there.
    HttpProxyLogin,
}

impl FirewallProfile {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Open, Self::UdpBlocked, Self::TlsOnly, Self::HttpProxy, Self::HttpProxyLogin];

    /// The word in scenario files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::UdpBlocked => "udp-blocked",
            Self::TlsOnly => "tls-only",
            Self::HttpProxy => "http-proxy",
            Self::HttpProxyLogin => "http-proxy-login",
        }
    }

    /// What it is.
    pub fn firewall(self) -> Firewall {
        let behind = |proxy| Firewall { udp: Udp::Blocked, ports: Ports::Tls, proxy, ..Firewall::default() };
        match self {
            Self::Open => Firewall::default(),
            Self::UdpBlocked => Firewall { udp: Udp::Blocked, ..Firewall::default() },
            Self::TlsOnly => behind(HttpProxy::None),
            Self::HttpProxy => behind(HttpProxy::Open),
            Self::HttpProxyLogin => behind(HttpProxy::Login),
        }
    }
}
