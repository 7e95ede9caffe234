//! The way of a case's media, with the case's network on it.

use std::net::IpAddr;

use crate::network::{NetworkConfig, PathCounters};
use crate::path::{MediaPath, MediaPathOptions, RelayPath, Tap, UdpWall};
use crate::plan::Case;
use crate::platform::MediaPort;
use crate::platform::relay::{self, RelayPeers, RelayPort};
use crate::scenario::RelayTransport;

/// Straight to the media router, or through a relay. The network is between the page and what it sends to.
pub(super) struct CaseMedia {
    path: MediaPath,
    relay: Option<(RelayTransport, RelayPath)>,
    is_relay_only: bool,
    wall: Option<UdpWall>,
}

impl CaseMedia {
    /// Opens it on an address of this host, and gives what the platform needs. A relay is told of by the case's way to it only;
    /// behind a firewall that lets no UDP pass there always is one, and the page is told of both ways.
    pub async fn open(
        case: &Case,
        relay: Option<RelayTransport>,
        host: IpAddr,
        tap: Option<Tap>,
    ) -> Result<(Self, MediaPort, Option<RelayPort>), anyhow::Error> {
        let (network, seed) = (&case.spec.network.for_links(), case.seed);
        let untouched = NetworkConfig::default();
        let is_relay_only = relay.is_some();
        if case.spec.firewall.blocks_udp() {
            let wall = UdpWall::default();
            let options = MediaPathOptions { host, wall: Some(wall.clone()), tap: None };
            let (path, port) = MediaPath::open_with(options, &untouched, seed).await?;
            let (relay, mut relay_port) = RelayPath::open_behind(host, wall.clone(), network, seed).await?;
            if is_relay_only {
                relay_port.transports = vec![relay::RelayTransport::Tcp];
            }
            let media = Self { path, relay: Some((RelayTransport::Tcp, relay)), is_relay_only, wall: Some(wall) };
            return Ok((media, port, Some(relay_port)));
        }
        let Some(transport) = relay else {
            let (path, port) = MediaPath::open_with(MediaPathOptions { host, wall: None, tap }, network, seed).await?;
            return Ok((Self { path, relay: None, is_relay_only, wall: None }, port, None));
        };
        let (path, port) = MediaPath::open_on(host, &untouched, seed).await?;
        let (relay, mut relay_port) =
            RelayPath::open_on((host, 0).into(), RelayPeers::Host(Vec::new()), network, seed).await?;
        relay_port.transports = vec![match transport {
            RelayTransport::Udp => relay::RelayTransport::Udp,
            RelayTransport::Tcp => relay::RelayTransport::Tcp,
        }];
        Ok((Self { path, relay: Some((transport, relay)), is_relay_only, wall: None }, port, Some(relay_port)))
    }

    /// Whether the page is to use the relay and nothing else.
    pub fn is_relay_only(&self) -> bool {
        self.is_relay_only
    }

    /// How many datagrams a firewall dropped.
    pub fn datagrams_dropped(&self) -> u64 {
        self.wall.as_ref().map_or(0, UdpWall::dropped)
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
