//! Where a router is reached, and where its peers are.

use std::net::SocketAddr;

use str0m::error::IceError;
use str0m::net::{Protocol, TcpType};
use str0m::{Candidate, RtcError};

/// The number of an access point: the way by which some clients reach the router, with addresses of its own. The first
/// is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct AccessId(pub u32);

/// The addresses at which a router is reached. Clients receive all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaAddresses {
    /// The access point that they belong to.
    pub access: AccessId,
    /// The address for UDP datagrams.
    pub udp: SocketAddr,
    /// The address for TCP connections of clients (ICE-TCP, RFC 6544); `None` without ICE-TCP.
    pub tcp: Option<SocketAddr>,
}

impl From<SocketAddr> for MediaAddresses {
    /// Returns the addresses of the first access point, with UDP alone.
    fn from(udp: SocketAddr) -> Self {
        Self { access: AccessId::default(), udp, tcp: None }
    }
}

impl MediaAddresses {
    /// Returns the addresses as ICE candidates of str0m.
    pub(super) fn candidates(self) -> Result<Vec<Candidate>, RtcError> {
        let tcp = self.tcp.map(|tcp| Candidate::builder().tcp().host(tcp).tcptype(TcpType::Passive).build());
        let candidates = std::iter::once(Candidate::host(self.udp, "udp")).chain(tcp);
        candidates.collect::<Result<Vec<_>, IceError>>().map_err(RtcError::from)
    }

    /// Returns the addresses as SDP lines (RFC 8839 section 5.1, RFC 6544 section 4.5), one candidate a line.
    pub(super) fn candidate_lines(self) -> Vec<String> {
        // RFC 8445 section 5.1.2.1: a type preference, local preference 65535, component 1. That of a host is 126 by
        // UDP, and by TCP 90, as browsers have it, so that it is taken only where UDP does not pass.
        let priority = |type_preference: u32| type_preference << 24 | 65_535 << 8 | 255;
        let line = |foundation: u8, transport: &str, priority: u32, address: SocketAddr| {
            let (ip, port) = (address.ip(), address.port());
            format!("a=candidate:{foundation} 1 {transport} {priority} {ip} {port} typ host")
        };
        let udp = line(1, "udp", priority(126), self.udp);
        let tcp = self.tcp.map(|tcp| line(2, "tcp", priority(90), tcp) + " tcptype passive");
        std::iter::once(udp).chain(tcp).collect()
    }

    /// Returns the address to which a peer sends, or `None` if the peer cannot reach any.
    pub(super) fn reached_by(self, remote: PeerAddr) -> Option<SocketAddr> {
        match remote {
            PeerAddr::Udp(_) => Some(self.udp),
            PeerAddr::Tcp(_) => self.tcp,
        }
    }
}

/// The address of a peer. The same address over UDP and over TCP belongs to two peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeerAddr {
    /// A peer that sends datagrams from this address.
    Udp(SocketAddr),
    /// A peer that has opened a TCP connection from this address, and sends its datagrams in frames.
    Tcp(SocketAddr),
}

impl From<SocketAddr> for PeerAddr {
    /// Returns a peer that sends UDP datagrams from this address.
    fn from(address: SocketAddr) -> Self {
        Self::Udp(address)
    }
}

impl PeerAddr {
    /// Returns the peer's IP address and port.
    pub fn address(self) -> SocketAddr {
        match self {
            Self::Udp(address) | Self::Tcp(address) => address,
        }
    }

    pub(super) fn new(protocol: Protocol, address: SocketAddr) -> Self {
        match protocol {
            Protocol::Udp => Self::Udp(address),
            // We have no others.
            Protocol::Tcp | Protocol::SslTcp | Protocol::Tls => Self::Tcp(address),
        }
    }

    pub(super) fn protocol(self) -> Protocol {
        match self {
            Self::Udp(_) => Protocol::Udp,
            Self::Tcp(_) => Protocol::Tcp,
        }
    }
}
