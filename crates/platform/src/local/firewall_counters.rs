//! What a firewall has dropped.

/// The number of packets and connections that a firewall has dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FirewallCounters {
    /// Datagrams of clients.
    pub datagrams_dropped: u64,
    /// TCP connections without TLS.
    pub connections_dropped: u64,
}
