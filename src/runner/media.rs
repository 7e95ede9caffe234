//! The way of a case's media, with the case's network on it.

use std::net::IpAddr;

use super::case_error::CaseError;
use precall_netem::firewall::Ports;
use precall_netem::{NetworkConfig, PathCounters};
use precall_platform::path::{MediaPath, MediaPathOptions, MediaWall, RelayPath, RelayPathOptions, Tap, TlsIdentity};
use precall_platform::relay::{self, RelayPeers, RelayPort};
use precall_platform::{MediaPort, PartEnded};
use precall_scenario::plan::Case;
use precall_scenario::{EmbeddedSpec, RelayTransport};

/// Straight to the media router, or through a relay. The network is between the page and what it sends to.
pub(super) struct CaseMedia {
    path: MediaPath,
    relay: Option<(RelayTransport, RelayPath)>,
    is_relay_only: bool,
    wall: Option<MediaWall>,
}

impl CaseMedia {
    /// Opens it on an address of this host, and gives what the platform needs. A relay is told of by the case's way to
    /// it only; behind a firewall that lets no UDP pass there always is one, unless the router takes TCP itself, and
    /// the page is told of both ways.
    pub async fn open(
        case: &Case,
        spec: &EmbeddedSpec,
        host: IpAddr,
        identity: &TlsIdentity,
        tap: Option<Tap>,
    ) -> Result<(Self, MediaPort, Option<RelayPort>), CaseError> {
        let (network, seed) = (&case.spec.network.for_links(), case.seed);
        let firewall = &case.spec.firewall;
        let (wall, passing) = match firewall.ports {
            Ports::Tls => (Some(MediaWall::against_all_but_tls()), RelayTransport::Tls),
            Ports::Any => (firewall.blocks_udp().then(MediaWall::against_udp), RelayTransport::Tcp),
        };
        let walled = wall.is_some() && !spec.ice_tcp;
        let Some(transport) = spec.relay.or(walled.then_some(passing)) else {
            let options =
                MediaPathOptions { tcp: spec.ice_tcp, wall: wall.clone(), tap, ..MediaPathOptions::new(host) };
            let (path, port) = MediaPath::open_with(options, network, seed).await.map_err(CaseError::platform)?;
            return Ok((Self { path, relay: None, is_relay_only: false, wall }, port, None));
        };
        let options = MediaPathOptions { wall: wall.clone(), ..MediaPathOptions::new(host) };
        let (path, port) =
            MediaPath::open_with(options, &NetworkConfig::default(), seed).await.map_err(CaseError::platform)?;
        // By TCP it has TLS beside it, as services have it, only where nothing else passes: a page would use either.
        let tls = (transport == RelayTransport::Tls).then(|| identity.clone());
        let peers = RelayPeers::Platform(vec![path.address()]);
        let options =
            RelayPathOptions { peers, tls, wall: wall.clone(), tap, ..RelayPathOptions::new((host, 0).into()) };
        let (relay, mut relay_port) =
            RelayPath::open_with(options, network, seed).await.map_err(CaseError::platform)?;
        let is_relay_only = spec.relay.is_some();
        if is_relay_only {
            relay_port.transports = vec![match transport {
                RelayTransport::Udp => relay::RelayTransport::Udp,
                RelayTransport::Tcp => relay::RelayTransport::Tcp,
                RelayTransport::Tls => relay::RelayTransport::Tls,
            }];
        }
        Ok((Self { path, relay: Some((transport, relay)), is_relay_only, wall }, port, Some(relay_port)))
    }

    /// Whether the page is to use the relay and nothing else.
    pub fn is_relay_only(&self) -> bool {
        self.is_relay_only
    }

    /// How many datagrams and how many connections a firewall dropped.
    pub fn dropped(&self) -> (u64, u64) {
        self.wall.as_ref().map_or((0, 0), |wall| (wall.datagrams_dropped(), wall.connections_dropped()))
    }

    /// Whether it goes over a stream, which loses nothing. Straight to the router it does so only where nothing else
    /// passes.
    pub fn is_stream(&self) -> bool {
        match &self.relay {
            Some((transport, _)) => *transport != RelayTransport::Udp,
            None => self.wall.is_some(),
        }
    }

    /// Waits until a part of it ends without having been told to.
    pub async fn ended(&self) -> PartEnded {
        match &self.relay {
            None => self.path.ended().await,
            Some((_, relay)) => tokio::select! {
                ended = self.path.ended() => ended,
                ended = relay.ended() => ended,
            },
        }
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
        let leg = match &self.relay {
            None => self.path.leg_counters().await,
            Some((_, relay)) => relay.counters().await,
        };
        if self.is_stream() { leg.tcp } else { leg.udp }
    }
}
