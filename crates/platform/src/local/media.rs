//! The media router of a platform, the relay in front of it, and the firewall in front of both.

use std::net::{IpAddr, SocketAddr};

use super::error::StartError;
use super::options::{MediaOptions, RelayOptions};
use crate::relay::{RelayPeers, RelayPort, TurnTransport};
use crate::transport::{
    AccessCounters, MediaEndpoint, MediaEndpointOptions, MediaFirewall, RelayEndpoint, RelayEndpointOptions,
    TlsIdentity,
};
use crate::{MediaPort, PartEnded};
use precall_netem::NetworkConfig;
use precall_netem::firewall::{Firewall, Ports};

/// The running sockets of media. Dropped, they are closed.
pub(super) struct MediaPlane {
    router: MediaEndpoint,
    relay: Option<RelayEndpoint>,
    media_firewall: Option<MediaFirewall>,
}

/// The ways from the sessions to the media plane.
pub(super) struct MediaPorts {
    pub router: MediaPort,
    pub relay: Option<RelayPort>,
}

/// The configuration that a media plane is opened with.
pub(super) struct MediaConfig<'a> {
    pub host: IpAddr,
    pub media: MediaOptions,
    pub relay: Option<RelayOptions>,
    /// The relay's certificate; absent where it does not listen for TLS.
    pub identity: Option<TlsIdentity>,
    pub firewall: &'a Firewall,
    pub network: &'a NetworkConfig,
    pub seed: u64,
}

impl MediaPlane {
    /// Opens the sockets. The network is between clients and what they send to: the relay if there is one, and
    /// otherwise the media router.
    pub(super) async fn open(config: MediaConfig<'_>) -> Result<(Self, MediaPorts), StartError> {
        let MediaConfig { host, media, relay, identity, firewall, network, seed } = config;
        let media_firewall = match firewall.ports {
            Ports::Tls => Some(MediaFirewall::against_all_but_tls()),
            Ports::Any => firewall.blocks_udp().then(MediaFirewall::against_udp),
        };
        let untouched = NetworkConfig::default();
        let (router_network, router_tap, relay_tap) = match relay {
            Some(_) => (&untouched, None, media.tap),
            None => (network, media.tap, None),
        };
        let options = MediaEndpointOptions {
            port: media.port,
            announced: media.announced,
            tcp: media.ice_tcp,
            firewall: media_firewall.clone(),
            tap: router_tap,
            ..MediaEndpointOptions::new(media.host.unwrap_or(host))
        };
        let (router, router_port) = MediaEndpoint::open_with(options, router_network, seed).await?;
        let (relay, relay_port) = match relay {
            None => (None, None),
            Some(relay) => {
                let options = RelayEndpointOptions {
                    peers: RelayPeers::Platform(vec![router.address()]),
                    tls: identity,
                    firewall: media_firewall.clone(),
                    tap: relay_tap,
                    ..RelayEndpointOptions::new(SocketAddr::new(host, 0))
                };
                let (path, port) = RelayEndpoint::open_with(options, network, seed).await?;
                (Some(path), Some(RelayPort { transports: relay.announced, ..port }))
            }
        };
        Ok((Self { router, relay, media_firewall }, MediaPorts { router: router_port, relay: relay_port }))
    }

    pub(super) fn router(&self) -> &MediaEndpoint {
        &self.router
    }

    pub(super) fn relay(&self) -> Option<&RelayEndpoint> {
        self.relay.as_ref()
    }

    pub(super) fn media_firewall(&self) -> Option<&MediaFirewall> {
        self.media_firewall.as_ref()
    }

    /// Changes the network of media over UDP that reaches the router directly.
    pub(super) fn change_network(&self, network: &NetworkConfig) {
        self.router.change_network(network);
    }

    /// Begins the timeline of the network.
    pub(super) fn begin(&self) {
        match &self.relay {
            None => self.router.begin(),
            Some(relay) => relay.begin(),
        }
    }

    /// Returns what the network's links have done to media so far.
    pub(super) async fn counters(&self) -> AccessCounters {
        match &self.relay {
            None => self.router.access_counters().await,
            Some(relay) => relay.counters().await,
        }
    }

    /// Waits until the router or the relay ends unexpectedly.
    pub(super) async fn ended(&self) -> PartEnded {
        match &self.relay {
            None => self.router.ended().await,
            Some(relay) => tokio::select! {
                ended = self.router.ended() => ended,
                ended = relay.ended() => ended,
            },
        }
    }
}

/// Returns the relay that a platform needs: the requested one, or one that passes the firewall where nothing else does.
/// Session info then lists every transport, and clients find the one that passes.
pub(super) fn needed_relay(
    requested: Option<RelayOptions>,
    firewall: &Firewall,
    media: &MediaOptions,
) -> Option<RelayOptions> {
    let passes_only_a_relay = firewall.blocks_udp() && !media.ice_tcp;
    let passing = RelayOptions { announced: TurnTransport::ALL.to_vec(), tls: firewall.ports == Ports::Tls };
    requested.or(passes_only_a_relay.then_some(passing))
}
