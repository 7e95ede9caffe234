//! The listener of a platform, of whichever kind.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::PartEnded;
use crate::transport::{HttpListener, SignallingEndpoint};
use precall_netem::StreamCounters;
use precall_netem::fault::Service;

/// A running listener for API, messaging and logging. Dropped, it ends with all its connections.
pub(super) enum SignallingListener {
    /// Connections pass the network.
    Linked(SignallingEndpoint),
    /// Connections pass no network.
    Plain(HttpListener),
}

impl SignallingListener {
    /// Returns the URL that clients use as an IP proxy or as an HTTP proxy.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Linked(path) => path.base_url(),
            Self::Plain(http) => http.origin(),
        }
    }

    /// Returns the address that it listens on.
    pub(super) fn address(&self) -> SocketAddr {
        match self {
            Self::Linked(path) => path.address(),
            Self::Plain(http) => http.address(),
        }
    }

    /// Begins the timeline of the network.
    pub(super) fn begin(&self) {
        if let Self::Linked(path) = self {
            path.begin();
        }
    }

    /// Waits until the listener ends unexpectedly.
    pub(super) async fn ended(&self) -> PartEnded {
        match self {
            Self::Linked(path) => path.ended().await,
            Self::Plain(http) => http.ended().await,
        }
    }

    /// Returns what the network has done so far; zeros without a network.
    pub(super) async fn counters(&self) -> StreamCounters {
        match self {
            Self::Linked(path) => path.counters().await,
            Self::Plain(_) => StreamCounters::default(),
        }
    }

    /// Returns how many requests were received, by service; empty for a plain listener, which does not count them.
    pub(super) fn requests(&self) -> BTreeMap<Service, u64> {
        match self {
            Self::Linked(path) => path.requests(),
            Self::Plain(_) => BTreeMap::new(),
        }
    }

    /// Returns the hosts for which a tunnel was refused, and how often.
    pub(super) fn refused_tunnels(&self) -> BTreeMap<String, u64> {
        match self {
            Self::Linked(path) => path.refused(),
            Self::Plain(_) => BTreeMap::new(),
        }
    }
}
