//! The way of media at one access point: a way to the media router, perhaps a relay in front of it, and the firewall in
//! front of both.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::error::StartError;
use super::firewall_counters::FirewallCounters;
use super::options::{MediaOptions, RelayOptions};
use crate::media::MediaAddresses;
use crate::relay::{RelayPeers, RelayPort, TurnTransport};
use crate::transport::{
    AccessCounters, MediaEndpoint, MediaEndpointOptions, MediaFirewall, RelayEndpoint, RelayEndpointOptions,
    TlsIdentity,
};
use crate::{MediaPort, PartEnded};
use precall_netem::NetworkConfig;
use precall_netem::firewall::{Firewall, Ports, Target};

/// The running way of media at an access point. Dropped, its relay is closed; the router ends with its last access
/// point.
pub(super) struct MediaAccess {
    router: Arc<MediaEndpoint>,
    addresses: MediaAddresses,
    relay: Option<RelayEndpoint>,
    firewall: Option<MediaFirewall>,
}

/// The configuration that the way of media is opened with.
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

impl MediaAccess {
    /// Opens a router and its first access point. The network is between clients and what they send to: the relay if
    /// there is one, and otherwise the media router.
    pub(super) async fn first(config: MediaConfig<'_>) -> Result<(Self, MediaPort, Option<RelayPort>), StartError> {
        let (options, relay) = parts(config);
        let (router, port) = MediaEndpoint::open_with(options, &relay.router_network, relay.seed).await?;
        let udp = router.address();
        let addresses = MediaAddresses { tcp: router.tcp_address(), ..udp.into() };
        let (access, relay) = Self::open(Arc::new(router), addresses, relay).await?;
        Ok((access, port, relay))
    }

    /// Opens a further access point to the same router.
    pub(super) async fn another(&self, config: MediaConfig<'_>) -> Result<(Self, Option<RelayPort>), StartError> {
        let (options, relay) = parts(config);
        let addresses = self.router.open_access(options, &relay.router_network, relay.seed).await?;
        Self::open(Arc::clone(&self.router), addresses, relay).await
    }

    async fn open(
        router: Arc<MediaEndpoint>,
        addresses: MediaAddresses,
        config: RelayParts,
    ) -> Result<(Self, Option<RelayPort>), StartError> {
        let RelayParts { relay, relay_network, seed, firewall, .. } = config;
        let (relay, port) = match relay {
            None => (None, None),
            Some((announced, mut options)) => {
                options.peers = RelayPeers::Platform(vec![addresses.udp]);
                let (relay, port) = RelayEndpoint::open_with(options, &relay_network, seed).await?;
                (Some(relay), Some(RelayPort { transports: announced, ..port }))
            }
        };
        Ok((Self { router, addresses, relay, firewall }, port))
    }

    pub(super) fn router(&self) -> &MediaEndpoint {
        &self.router
    }

    /// Returns where the router is reached at this access point.
    pub(super) fn addresses(&self) -> MediaAddresses {
        self.addresses
    }

    pub(super) fn relay(&self) -> Option<&RelayEndpoint> {
        self.relay.as_ref()
    }

    /// Returns what the firewall has dropped so far; zeros without a firewall.
    pub(super) fn firewall_counters(&self) -> FirewallCounters {
        let count = |count: fn(&MediaFirewall) -> u64| self.firewall.as_ref().map_or(0, count);
        FirewallCounters {
            datagrams_dropped: count(MediaFirewall::datagrams_dropped),
            connections_dropped: count(MediaFirewall::connections_dropped),
        }
    }

    /// Changes the network of media over UDP that reaches the router directly.
    pub(super) fn change_network(&self, network: &NetworkConfig) {
        self.router.change_network(self.addresses.access, network);
    }

    /// Begins the timeline of the network.
    pub(super) fn begin(&self) {
        match &self.relay {
            None => self.router.begin_at(self.addresses.access),
            Some(relay) => relay.begin(),
        }
    }

    /// Returns what the network's links have done to media so far.
    pub(super) async fn counters(&self) -> AccessCounters {
        match &self.relay {
            None => self.router.access_counters(self.addresses.access).await,
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

/// The relay of an access point, and which networks there are.
struct RelayParts {
    relay: Option<(Vec<TurnTransport>, RelayEndpointOptions)>,
    relay_network: NetworkConfig,
    router_network: NetworkConfig,
    seed: u64,
    firewall: Option<MediaFirewall>,
}

/// Returns the options of the way to the router, and those of the relay.
fn parts(config: MediaConfig<'_>) -> (MediaEndpointOptions, RelayParts) {
    let MediaConfig { host, media, relay, identity, firewall, network, seed } = config;
    let media_firewall = match firewall.ports {
        Ports::Tls => Some(MediaFirewall::against_all_but_tls()),
        Ports::Any => firewall.blocks_udp().then(MediaFirewall::against_udp),
    };
    let media_host = media.host.unwrap_or(host);
    let (router_tap, relay_tap) = if relay.is_some() { (None, media.tap) } else { (media.tap, None) };
    let options = MediaEndpointOptions {
        port: media.port,
        announced: media.announced,
        tcp: media.ice_tcp,
        firewall: media_firewall.clone(),
        tap: router_tap,
        ..MediaEndpointOptions::new(media_host)
    };
    let untouched = NetworkConfig::default();
    let (router_network, relay_network) = match relay {
        Some(_) => (untouched, network.clone()),
        None => (network.clone(), untouched),
    };
    let relay = relay.map(|relay| {
        let options = RelayEndpointOptions {
            tls: identity,
            firewall: media_firewall.clone(),
            tap: relay_tap,
            ..RelayEndpointOptions::new(SocketAddr::new(media_host, 0))
        };
        (relay.announced, options)
    });
    (options, RelayParts { relay, relay_network, router_network, seed, firewall: media_firewall })
}

/// Returns the relay that an access point needs: the requested one, or one that passes the firewall where nothing else
/// does. Session info then lists every transport, and clients find the one that passes.
pub(super) fn needed_relay(
    requested: Option<RelayOptions>,
    firewall: &Firewall,
    media: &MediaOptions,
) -> Option<RelayOptions> {
    let passes_only_a_relay = firewall.blocks_udp() && !media.ice_tcp;
    let passing = RelayOptions { announced: TurnTransport::ALL.to_vec(), tls: firewall.ports == Ports::Tls };
    requested.or(passes_only_a_relay.then_some(passing))
}

/// Returns whether a firewall blocks all media.
pub(super) fn blocks_media(firewall: &Firewall) -> bool {
    [&firewall.block, &firewall.reset].into_iter().any(|targets| targets.contains(&Target::Media))
}
