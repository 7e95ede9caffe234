//! The peers that clients may be relayed to. A public relay relays to the platform's media router and between its own
//! clients, so that it gives no access to other services on its host.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

/// The peers that a relay relays to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayPeers {
    /// These addresses, which are those of the platform's media router, and the addresses that it has given to its
    /// clients.
    Platform(Vec<SocketAddr>),
    /// Every peer. This is for a relay on the loopback interface that only one page knows, in front of a remote
    /// platform.
    All,
}

/// The addresses that may be peers.
#[derive(Debug, Clone)]
pub(super) struct AllowedPeers {
    listen: SocketAddr,
    allowed: RelayPeers,
    /// The relayed addresses of the relay's clients.
    relayed: HashSet<SocketAddr>,
}

impl AllowedPeers {
    /// Returns the peers of a relay that listens on this address.
    pub(super) fn new(listen: SocketAddr, allowed: RelayPeers) -> Self {
        Self { listen, allowed, relayed: HashSet::new() }
    }

    /// Adds a relayed address that a client has received.
    pub(super) fn add_relayed(&mut self, address: SocketAddr) {
        self.relayed.insert(address);
    }

    /// Removes a relayed address that has expired.
    pub(super) fn remove_relayed(&mut self, address: SocketAddr) {
        self.relayed.remove(&address);
    }

    /// Returns whether a peer may have this IP address. A permission is for an IP address alone (RFC 8656, section 9);
    /// the port is checked for each datagram.
    pub(super) fn allow_ip(&self, ip: IpAddr) -> bool {
        match &self.allowed {
            RelayPeers::Platform(routers) => ip == self.listen.ip() || routers.iter().any(|router| router.ip() == ip),
            // A peer is a single host: packets for one peer must not reach a multicast or broadcast group.
            RelayPeers::All => {
                let is_broadcast = matches!(ip, IpAddr::V4(ip) if ip.is_broadcast());
                !ip.is_unspecified() && !ip.is_multicast() && !is_broadcast
            }
        }
    }

    /// Returns whether this may be a peer. The relay itself may not: its own packets could loop for ever.
    pub(super) fn allow(&self, peer: SocketAddr) -> bool {
        match &self.allowed {
            RelayPeers::Platform(routers) => routers.contains(&peer) || self.relayed.contains(&peer),
            RelayPeers::All => {
                let own = self.listen;
                let is_own_ip = peer.ip() == own.ip() || peer.ip().is_loopback() && own.ip().is_loopback();
                self.allow_ip(peer.ip()) && peer.port() != 0 && !(is_own_ip && peer.port() == own.port())
            }
        }
    }

    /// Returns whether relayed addresses, and so their peers, are of IPv4.
    pub(super) fn is_ipv4(&self) -> bool {
        self.listen.is_ipv4()
    }

    /// Returns whether an address is of the family that relayed addresses are of.
    pub(super) fn is_of_family(&self, peer: SocketAddr) -> bool {
        peer.is_ipv4() == self.is_ipv4()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn only_the_router_and_the_relays_own_clients_are_peers() {
        let router = address("192.0.2.1:40000");
        let mut peers = AllowedPeers::new(address("192.0.2.1:3478"), RelayPeers::Platform(vec![router]));
        let client = address("192.0.2.1:50000");
        assert!(peers.allow(router) && !peers.allow(client));
        peers.add_relayed(client);
        assert!(peers.allow(client));
        peers.remove_relayed(client);
        assert!(!peers.allow(client), "another service may have the port by now");
        for other in ["192.0.2.1:53", "192.0.2.1:3478", "127.0.0.1:40000", "8.8.8.8:53", "0.0.0.0:40000", "192.0.2.1:0"]
        {
            assert!(!peers.allow(address(other)), "{other}");
        }
        for (ip, is_allowed) in [("192.0.2.1", true), ("127.0.0.1", false), ("192.0.2.2", false), ("0.0.0.0", false)] {
            assert_eq!(peers.allow_ip(ip.parse().expect("an address")), is_allowed, "{ip}");
        }
    }

    #[test]
    fn every_peer_but_the_relay_itself_is_allowed() {
        let peers = AllowedPeers::new(address("127.0.0.1:3478"), RelayPeers::All);
        let allows = |peer: &str| peers.allow(address(peer));
        assert!(allows("192.0.2.1:9") && allows("127.0.0.1:9"));
        for peer in ["127.0.0.1:3478", "127.0.0.2:3478", "224.0.0.1:9", "255.255.255.255:9", "0.0.0.0:9", "192.0.2.1:0"]
        {
            assert!(!allows(peer), "{peer}");
        }
    }
}
