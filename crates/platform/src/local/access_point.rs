//! An access point: the way by which some clients reach a platform, with a network and a firewall of its own.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use super::error::StartError;
use super::firewall_counters::FirewallCounters;
use super::media::{MediaAccess, MediaConfig, blocks_media, needed_relay};
use super::options::{ClientAccess, InterceptOptions, MediaOptions, RelayOptions};
use super::signalling::SignallingListener;
use crate::handle::PlatformHandle;
use crate::media::AccessId;
use crate::relay::IceServer;
use crate::transport::{
    AccessCounters, AllowedClients, HostPages, HttpListener, ProxyRules, RelayEndpoint, SignallingEndpoint,
    TlsIdentity, Tunnels,
};
use crate::{HOSTS, MediaPort, PartEnded, api};
use precall_netem::fault::{Faults, Service};
use precall_netem::firewall::{Firewall, Ports};
use precall_netem::rng::derive_seed;
use precall_netem::{NetworkConfig, StreamCounters};

/// The options of an access point. The default has neither a network nor a firewall nor a relay, and is the IP proxy of
/// the SDK.
#[derive(Debug, Clone, Default)]
pub struct AccessOptions {
    /// How clients reach API, messaging and logging.
    pub access: ClientAccess,
    /// Where media is received.
    pub media: MediaOptions,
    /// The relay (TURN) in front of the media router; `None` for none, unless the firewall makes one necessary.
    pub relay: Option<RelayOptions>,
    /// The network of media between the clients of the access point and the platform.
    pub media_network: NetworkConfig,
    /// The network of signalling.
    pub signalling_network: NetworkConfig,
    /// The seed of both networks.
    pub seed: u64,
    /// The firewall between the clients of the access point and the platform.
    pub firewall: Firewall,
}

/// What all access points of a platform share.
#[derive(Debug, Clone)]
pub(super) struct SharedOptions {
    pub host: IpAddr,
    pub allowed: AllowedClients,
    pub identity: Option<TlsIdentity>,
}

/// An access point of a running platform: the clients that use its URL are behind its network and its firewall.
/// Dropped, its listener is closed.
pub struct AccessPoint {
    sessions: PlatformHandle,
    media: MediaAccess,
    signalling: SignallingListener,
}

impl AccessPoint {
    /// Opens a router with its first access point. `sessions` makes the handle of the platform's sessions.
    pub(super) async fn first<T>(
        options: AccessOptions,
        shared: &mut SharedOptions,
        start: impl FnOnce(MediaPort) -> (PlatformHandle, T),
    ) -> Result<(Self, T), StartError> {
        let relay = needed_relay(options.relay.clone(), &options.firewall, &options.media);
        let config = options.media_config(relay, shared)?;
        let (media, port, relay) = MediaAccess::first(config).await?;
        let (sessions, more) = start(port);
        if let Some(relay) = relay {
            sessions.set_relay(relay);
        }
        let signalling = options.listen(&sessions, shared).await?;
        Ok((Self { sessions, media, signalling }, more))
    }

    /// Opens a further access point beside this one.
    pub(super) async fn another(&self, options: AccessOptions, shared: &mut SharedOptions) -> Result<Self, StartError> {
        let mut options = options;
        let relay = match blocks_media(&options.firewall) {
            // Nothing passes: datagrams are dropped, and there is no relay.
            true => {
                options.firewall.udp = precall_netem::firewall::Udp::Blocked;
                None
            }
            false => needed_relay(options.relay.clone(), &options.firewall, &options.media),
        };
        let config = options.media_config(relay, shared)?;
        let (media, relay) = self.media.another(config).await?;
        let sessions = self.sessions.at(media.addresses().access, Faults(options.firewall.faults().collect()));
        if let Some(relay) = relay {
            sessions.set_relay(relay);
        }
        let signalling = options.listen(&sessions, shared).await?;
        Ok(Self { sessions, media, signalling })
    }

    /// Returns the URL that clients reach the platform by, without a slash at the end: the IP proxy of the SDK, or the
    /// HTTP proxy of the browser with [`ClientAccess::Intercept`].
    pub fn url(&self) -> String {
        self.signalling.url()
    }

    /// Returns the number of the access point, by which the platform's events name it.
    pub fn id(&self) -> AccessId {
        self.sessions.access()
    }

    /// Returns the address that it listens on for API, messaging and logging.
    pub fn address(&self) -> SocketAddr {
        self.signalling.address()
    }

    /// Returns the UDP address that clients send media to: the announced address, if there is one.
    pub fn media_address(&self) -> SocketAddr {
        self.media.addresses().udp
    }

    /// Returns the address for media over TCP; `None` without ICE-TCP.
    pub fn media_tcp_address(&self) -> Option<SocketAddr> {
        self.media.addresses().tcp
    }

    /// Returns the address of the relay, for UDP and TCP; `None` without a relay.
    pub fn relay_address(&self) -> Option<SocketAddr> {
        self.media.relay().map(RelayEndpoint::address)
    }

    /// Returns the ICE servers of the relay as session info lists them, with fresh credentials that are valid for a
    /// day. Empty without a relay.
    pub fn ice_servers(&self) -> Vec<IceServer> {
        self.sessions.ice_servers()
    }

    /// Begins the timeline of the network: its steps, traces and outages count from now.
    pub fn begin(&self) {
        self.media.begin();
        self.signalling.begin();
    }

    /// Changes the network of media from now on: that of datagrams which reach the router directly, not through a relay
    /// and not over TCP. Steps that are left do not happen.
    pub fn change_network(&self, network: &NetworkConfig) {
        self.media.change_network(network);
    }

    /// Returns what the network has done to media so far, by transport.
    pub async fn counters(&self) -> AccessCounters {
        self.media.counters().await
    }

    /// Returns what the network has done to signalling so far.
    pub async fn signalling_counters(&self) -> StreamCounters {
        self.signalling.counters().await
    }

    /// Returns how many requests clients have made, by service; empty with [`ClientAccess::Listener`].
    pub fn requests(&self) -> BTreeMap<Service, u64> {
        self.signalling.requests()
    }

    /// Returns the hosts for which the HTTP proxy has refused a tunnel, and how often. A request for credentials (407)
    /// counts as well.
    pub fn refused_tunnels(&self) -> BTreeMap<String, u64> {
        self.signalling.refused_tunnels()
    }

    /// Returns what the firewall has dropped so far; zeros without a firewall.
    pub fn firewall_counters(&self) -> FirewallCounters {
        self.media.firewall_counters()
    }

    /// Waits until a part of the access point ends unexpectedly.
    pub async fn ended(&self) -> PartEnded {
        tokio::select! {
            ended = self.media.ended() => ended,
            ended = self.signalling.ended() => ended,
        }
    }

    pub(super) fn sessions(&self) -> &PlatformHandle {
        &self.sessions
    }

    pub(super) fn media(&self) -> &MediaAccess {
        &self.media
    }
}

impl AccessOptions {
    fn media_config(
        &self,
        relay: Option<RelayOptions>,
        shared: &mut SharedOptions,
    ) -> Result<MediaConfig<'_>, StartError> {
        let identity = match &relay {
            Some(relay) if relay.tls => Some(shared.own_identity()?),
            _ => None,
        };
        Ok(MediaConfig {
            host: shared.host,
            media: self.media.clone(),
            relay,
            identity,
            firewall: &self.firewall,
            network: &self.media_network,
            seed: self.seed,
        })
    }

    /// Listens for signalling.
    async fn listen(
        self,
        sessions: &PlatformHandle,
        shared: &mut SharedOptions,
    ) -> Result<SignallingListener, StartError> {
        // Random draws of signalling must not be those of media.
        let seed = derive_seed(self.seed, "signalling");
        let (router, network, host) = (api::router(sessions.clone()), &self.signalling_network, shared.host);
        Ok(match self.access {
            ClientAccess::Listener(address) => {
                SignallingListener::Plain(HttpListener::listen_for(address, router, &shared.allowed).await?)
            }
            ClientAccess::IpProxy => SignallingListener::Linked(
                SignallingEndpoint::open(host, network, seed, router, &shared.allowed).await?,
            ),
            ClientAccess::Intercept(InterceptOptions { hosts, login, page_hosts, pages }) => {
                let hosts = HOSTS.into_iter().map(str::to_owned).chain(hosts).collect();
                let pages = HostPages { hosts: page_hosts, router: pages };
                let rules = ProxyRules { hosts, https_only: self.firewall.ports == Ports::Tls, login };
                let tunnels = Tunnels { identity: shared.own_identity()?, rules, pages };
                let allowed = &shared.allowed;
                let path = SignallingEndpoint::open_tunnelled(host, network, seed, router, allowed, tunnels).await?;
                SignallingListener::Linked(path)
            }
        })
    }
}

impl SharedOptions {
    /// Returns the platform's certificate. The first call generates one for the hosts that the platform stands for and
    /// for its own address, unless the caller of the builder has given one.
    fn own_identity(&mut self) -> Result<TlsIdentity, StartError> {
        if let Some(identity) = &self.identity {
            return Ok(identity.clone());
        }
        let host = self.host.to_string();
        let hosts: Vec<_> = HOSTS.into_iter().chain([host.as_str()]).collect();
        let generated = TlsIdentity::generate(&hosts)?;
        self.identity = Some(generated.clone());
        Ok(generated)
    }
}
