//! Named firewalls, after the network requirements that WebRTC services publish: UDP, else TCP port 443, else a proxy.

use super::model::{Firewall, HttpProxy, Ports, Udp};

/// A named firewall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirewallProfile {
    /// `"open"`: all traffic passes.
    Open,
    /// `"udp-blocked"`: only TCP passes.
    UdpBlocked,
    /// `"tls-only"`: only TLS on TCP port 443 passes.
    TlsOnly,
    /// `"http-proxy"`: only requests through the HTTP proxy and the relay over TLS pass.
    HttpProxy,
    /// `"http-proxy-login"`: as `"http-proxy"`, and the proxy requires credentials.
    HttpProxyLogin,
}

impl FirewallProfile {
    /// All profiles, the least restrictive first.
    pub const ALL: [Self; 5] = [Self::Open, Self::UdpBlocked, Self::TlsOnly, Self::HttpProxy, Self::HttpProxyLogin];

    /// Returns the name of the profile in scenario files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::UdpBlocked => "udp-blocked",
            Self::TlsOnly => "tls-only",
            Self::HttpProxy => "http-proxy",
            Self::HttpProxyLogin => "http-proxy-login",
        }
    }

    /// Returns the firewall of the profile.
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
