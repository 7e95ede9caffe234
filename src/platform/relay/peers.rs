//! Whom clients may be relayed to. A relay that others know of relays to the platform's own host and to nobody else, so that it
//! is no open relay.

use std::net::{IpAddr, SocketAddr};

/// Whom a relay relays to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayPeers {
    /// Its own host, and these other addresses of it.
    Host(Vec<IpAddr>),
    /// Anybody: for a relay on the loopback interface that a single page is told of, on its way to a platform elsewhere.
    Anybody,
}

/// The addresses that may be peers.
#[derive(Debug, Clone)]
pub(super) struct Peers {
    listen: SocketAddr,
    allowed: RelayPeers,
}

impl Peers {
    /// Those of a relay that listens here.
    pub fn new(listen: SocketAddr, allowed: RelayPeers) -> Self {
        Self { listen, allowed }
    }

    /// Whether this IP address may be a peer's. All of loopback is one host, but only to those who are on it.
    pub fn allow_ip(&self, ip: IpAddr) -> bool {
        let own = self.listen.ip();
        match &self.allowed {
            RelayPeers::Host(others) => ip == own || others.contains(&ip) || own.is_loopback() && ip.is_loopback(),
            // One host each: a group of them would get what was meant for one.
            RelayPeers::Anybody => {
                let is_broadcast = matches!(ip, IpAddr::V4(ip) if ip.is_broadcast());
                !ip.is_unspecified() && !ip.is_multicast() && !is_broadcast
            }
        }
    }

    /// Whether this may be a peer. The relay itself may not: what it sent itself could go round for ever.
    pub fn allow(&self, peer: SocketAddr) -> bool {
        let is_self = peer.port() == self.listen.port() && self.allow_ip(peer.ip());
        self.allow_ip(peer.ip()) && !is_self && peer.port() != 0
    }

    /// Whether relayed addresses, and so their peers, are of IPv4.
    pub fn is_ipv4(&self) -> bool {
        self.listen.is_ipv4()
    }

    /// Whether an address is of the family that relayed addresses are of.
    pub fn is_of_family(&self, peer: SocketAddr) -> bool {
        peer.is_ipv4() == self.is_ipv4()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(listen: &str, others: &[&str], peer: &str) -> bool {
        let others = others.iter().map(|ip| ip.parse().expect("an address")).collect();
        let peers = RelayPeers::Host(others);
        Peers::new(listen.parse().expect("an address"), peers).allow(peer.parse().expect("an address"))
    }

    #[test]
    fn only_the_platforms_own_host_is_a_peer() {
        assert!(allows("127.0.0.1:3478", &[], "127.0.0.1:9"));
        assert!(allows("127.0.0.1:3478", &[], "127.0.0.2:9"));
        assert!(allows("192.0.2.1:3478", &[], "192.0.2.1:9"));
        assert!(allows("127.0.0.1:3478", &["192.0.2.1"], "192.0.2.1:9"));
        for peer in ["192.0.2.1:9", "0.0.0.0:9", "8.8.8.8:53", "255.255.255.255:9", "127.0.0.1:0", "127.0.0.1:3478"] {
            assert!(!allows("127.0.0.1:3478", &[], peer), "{peer}");
        }
        // Clients elsewhere get no way to what listens on loopback only.
        assert!(!allows("192.0.2.1:3478", &[], "127.0.0.1:9"));
        assert!(!allows("[::1]:3478", &[], "[::ffff:127.0.0.1]:9"));
    }

    #[test]
    fn anybody_is_one_host_and_not_the_relay_itself() {
        let peers = Peers::new("127.0.0.1:3478".parse().expect("an address"), RelayPeers::Anybody);
        let allows = |peer: &str| peers.allow(peer.parse().expect("an address"));
        assert!(allows("192.0.2.1:9") && allows("127.0.0.1:9"));
        for peer in ["127.0.0.1:3478", "224.0.0.1:9", "255.255.255.255:9", "0.0.0.0:9", "192.0.2.1:0"] {
            assert!(!allows(peer), "{peer}");
        }
    }
}
