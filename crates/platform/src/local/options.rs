//! The options of a local platform.

use std::net::{IpAddr, SocketAddr};

use axum::Router;

use crate::relay::TurnTransport;
use crate::transport::{ProxyCredentials, Tap};

/// Where the media router receives media.
#[derive(Debug, Clone, Default)]
pub struct MediaOptions {
    /// The address of this host that the sockets of the router and of the relay are bound to; `None` for the host of
    /// the platform. Not every browser offers loopback candidates.
    pub host: Option<IpAddr>,
    /// The port of the router's sockets, for UDP and for TCP; 0 (the default) takes a free one.
    pub port: u16,
    /// The address that clients receive instead of `host`, where a network address translation (such as a container's)
    /// has an address of its own for the same port. `None` by default.
    pub announced: Option<IpAddr>,
    /// Whether the router accepts media over TCP as well (ICE-TCP, RFC 6544). Off by default, as in the cloud.
    pub ice_tcp: bool,
    /// Captures all packets of clients, on both sides of the network's links. `None` by default.
    pub tap: Option<Tap>,
}

/// The relay (TURN) of a platform.
#[derive(Debug, Clone)]
pub struct RelayOptions {
    /// The transports that session info lists. The relay listens for UDP and TCP in any case, and for TLS if `tls` is
    /// set.
    pub announced: Vec<TurnTransport>,
    /// Whether the relay also listens for TLS, on a port of its own, with the platform's certificate.
    pub tls: bool,
}

impl Default for RelayOptions {
    /// Returns a relay over UDP and TCP, without TLS.
    fn default() -> Self {
        Self { announced: TurnTransport::ALL.to_vec(), tls: false }
    }
}

/// How clients reach the API, the messaging and the logging of a platform.
#[derive(Debug, Clone, Default)]
pub enum ClientAccess {
    /// Clients use the platform's URL as the IP proxy of the SDK (`OT.setProxyUrl`). Their connections pass the
    /// network.
    #[default]
    IpProxy,
    /// The browser uses the platform as its HTTP proxy, and the SDK requests its production hosts
    /// ([`HOSTS`](crate::HOSTS)) by HTTPS. TLS ends in the platform. The connections pass the network.
    Intercept(InterceptOptions),
    /// As [`ClientAccess::IpProxy`], on an address of the caller's choice and without a network: for clients other than
    /// those of one test.
    Listener(SocketAddr),
}

/// The HTTP proxy of [`ClientAccess::Intercept`].
#[derive(Debug, Clone, Default)]
pub struct InterceptOptions {
    /// Hosts for which the proxy opens a tunnel besides [`HOSTS`](crate::HOSTS).
    pub hosts: Vec<String>,
    /// The credentials that the proxy requires (407 without them); `None` for a proxy that is open to every client.
    pub login: Option<ProxyCredentials>,
    /// Hosts that are not the platform's, and for which the proxy opens a tunnel as well.
    pub page_hosts: Vec<String>,
    /// What clients find at `page_hosts`: routes below the name of the host, as in `/static.example.com/app.js`. Pages
    /// of every origin may load it.
    pub pages: Router,
}
