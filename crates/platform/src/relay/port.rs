//! A relay as the platform sees it: the transports and credentials for its clients, and the channel for its faults.

use std::net::SocketAddr;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc;

use super::RelaySecret;
use precall_netem::fault::Action;

/// How long the credentials that clients are given can be used for new allocations: a day, as tokens.
const CREDENTIALS_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// A transport by which a client can reach a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnTransport {
    /// Datagrams over UDP.
    Udp,
    /// A stream over TCP.
    Tcp,
    /// By a stream with TLS.
    Tls,
}

/// A request to a running relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelayRequest {
    /// From now on, do this instead of working.
    Fault(Action),
}

/// The platform's handle of a relay.
#[derive(Debug, Clone)]
pub struct RelayPort {
    /// Where it listens, for UDP and TCP.
    pub address: SocketAddr,
    /// Where it listens for TLS; `None` when it does not.
    pub tls_address: Option<SocketAddr>,
    /// The secret that its credentials are made with.
    pub secret: RelaySecret,
    /// The transports that clients receive. TLS is among them only where the relay listens for it.
    pub transports: Vec<TurnTransport>,
    /// The queue of requests to the relay.
    pub requests: mpsc::UnboundedSender<RelayRequest>,
}

/// One server of an ICE agent, as in session info.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IceServer {
    /// `turn:<address>?transport=udp` or `tcp`, or `turns:<address>?transport=tcp` for TLS (RFC 7065).
    pub url: String,
    /// The user name of the credentials.
    pub username: String,
    /// The password. Shown here: this is made for being handed out.
    pub credential: String,
}

impl TurnTransport {
    /// All transports.
    pub const ALL: [Self; 3] = [Self::Udp, Self::Tcp, Self::Tls];
}

impl RelayPort {
    /// Returns the ICE servers that clients receive, one for each transport, with new credentials. They are valid for a
    /// day from `now_seconds`, which is in seconds since the Unix epoch.
    pub fn ice_servers(&self, now_seconds: u64) -> Vec<IceServer> {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let credentials = self.secret.credentials(&name, now_seconds, CREDENTIALS_LIFETIME);
        let server = |url| IceServer {
            url,
            username: credentials.username.clone(),
            credential: credentials.password.expose().to_owned(),
        };
        self.transports.iter().filter_map(|transport| self.url(*transport)).map(server).collect()
    }

    /// Returns the URL of a transport (RFC 7065); `None` where the relay does not listen for it.
    fn url(&self, transport: TurnTransport) -> Option<String> {
        match transport {
            TurnTransport::Udp => Some(format!("turn:{}?transport=udp", self.address)),
            TurnTransport::Tcp => Some(format!("turn:{}?transport=tcp", self.address)),
            TurnTransport::Tls => self.tls_address.map(|address| format!("turns:{address}?transport=tcp")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_receive_the_transports_in_use() {
        let (requests, _) = mpsc::unbounded_channel();
        let address = SocketAddr::from(([127, 0, 0, 1], 3478));
        let transports = TurnTransport::ALL.to_vec();
        let secret = RelaySecret::generate();
        let mut port = RelayPort { address, tls_address: None, secret, transports, requests };
        let servers = port.ice_servers(1000);
        assert_eq!(servers.len(), 2);
        assert_eq!(servers[0].url, "turn:127.0.0.1:3478?transport=udp");
        assert_eq!(servers[1].url, "turn:127.0.0.1:3478?transport=tcp");
        assert!(servers.iter().all(|server| server.username.starts_with("87400:")), "{servers:?}");
        assert_eq!(servers[0].credential, port.secret.password(&servers[0].username).expose());
        assert_ne!(servers, port.ice_servers(1000), "the credentials are not fresh");
        port.tls_address = Some("[::1]:5349".parse().expect("an address"));
        assert_eq!(port.ice_servers(1000)[2].url, "turns:[::1]:5349?transport=tcp");
        port.transports = vec![TurnTransport::Tcp];
        assert_eq!(port.ice_servers(1000).len(), 1);
    }
}
