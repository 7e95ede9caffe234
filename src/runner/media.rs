//! The way of a case's media, with the case's network on it.

use std::net::IpAddr;

use crate::network::{NetworkConfig, PathCounters};
use crate::path::{MediaPath, RelayPath, Tap};
use crate::plan::Case;
use crate::platform::MediaPort;
use crate::platform::relay::{self, RelayPeers, RelayPort};
use crate::scenario::RelayTransport;

/// Straight to the media router, or through a relay. The network is between the page and what it sends to.
pub(super) struct CaseMedia {
    path: MediaPath,
    relay: Option<(RelayTransport, RelayPath)>,
}

impl CaseMedia {
    /// Opens it on an address of this host, and gives what the platform needs. A relay is told of by the case's way to it only.
    pub async fn open(
        case: &Case,
        relay: Option<RelayTransport>,
        host: IpAddr,
        tap: Option<Tap>,
    ) -> Result<(Self, MediaPort, Option<RelayPort>), anyhow::Error> {
        let network = &case.spec.network.for_links();
        let Some(transport) = relay else {
            let (path, port) = MediaPath::open_tapped(host, network, case.seed, tap).await?;
            return Ok((Self { path, relay: None }, port, None));
        };
        let (path, port) = MediaPath::open_on(host, &NetworkConfig::default(), case.seed).await?;
        let (relay, mut relay_port) =
            RelayPath::open_on((host, 0).into(), RelayPeers::Host(Vec::new()), network, case.seed).await?;
        relay_port.transports = vec![match transport {
            RelayTransport::Udp => relay::RelayTransport::Udp,
            RelayTransport::Tcp => relay::RelayTransport::Tcp,
        }];
        Ok((Self { path, relay: Some((transport, relay)) }, port, Some(relay_port)))
    }

    /// Whether there is a relay, and all media is to go through it.
    pub fn is_relayed(&self) -> bool {
        self.relay.is_some()
    }

    /// Whether it goes over a stream, which loses nothing.
    pub fn is_stream(&self) -> bool {
        matches!(self.relay, Some((RelayTransport::Tcp, _)))
    }

    /// The network's timeline begins now.
    pub fn begin(&self) {
        match &self.relay {
            None => self.path.begin(),
            Some((_, relay)) => relay.begin(),
        }
    }

    /// What the network has done so far.
    pub async fn counters(&self) -> PathCounters {
        match &self.relay {
            None => self.path.counters().await,
            Some((RelayTransport::Udp, relay)) => relay.counters().await.udp,
            Some((RelayTransport::Tcp, relay)) => relay.counters().await.tcp,
        }
    }
}
