//! The builder of a local platform.

use std::net::{IpAddr, Ipv4Addr};

use super::error::StartError;
use super::media::{MediaConfig, MediaPlane, needed_relay};
use super::options::{ClientAccess, InterceptOptions, MediaOptions, RelayOptions};
use super::platform::{LocalPlatform, PlatformParts};
use super::signalling::SignallingListener;
use crate::api;
use crate::credentials::Project;
use crate::handle::PlatformHandle;
use crate::transport::{AllowedClients, HttpListener, ProxyRules, SignallingEndpoint, TlsIdentity};
use crate::{HOSTS, SessionOptions};
use precall_netem::NetworkConfig;
use precall_netem::fault::Faults;
use precall_netem::firewall::{Firewall, Ports};
use precall_netem::rng::derive_seed;

/// Builds a [`LocalPlatform`]. Without any option it listens on free ports of 127.0.0.1, hosts one generated project,
/// and has neither a relay nor a network.
#[derive(Debug, Clone)]
#[must_use]
pub struct LocalPlatformBuilder {
    host: IpAddr,
    projects: Vec<Project>,
    session_defaults: SessionOptions,
    media: MediaOptions,
    relay: Option<RelayOptions>,
    media_network: NetworkConfig,
    signalling_network: NetworkConfig,
    seed: u64,
    firewall: Firewall,
    access: ClientAccess,
    allowed: AllowedClients,
    identity: Option<TlsIdentity>,
    faults: Faults,
}

impl Default for LocalPlatformBuilder {
    fn default() -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST.into(),
            projects: Vec::new(),
            session_defaults: SessionOptions::default(),
            media: MediaOptions::default(),
            relay: None,
            media_network: NetworkConfig::default(),
            signalling_network: NetworkConfig::default(),
            seed: 0,
            firewall: Firewall::default(),
            access: ClientAccess::default(),
            allowed: AllowedClients::default(),
            identity: None,
            faults: Faults::default(),
        }
    }
}

impl LocalPlatform {
    /// Returns a builder with the defaults of [`LocalPlatformBuilder`].
    pub fn builder() -> LocalPlatformBuilder {
        LocalPlatformBuilder::default()
    }
}

impl LocalPlatformBuilder {
    /// Sets the address of this host on which the platform listens. [`ClientAccess::Listener`] and
    /// [`MediaOptions::host`] override it for their sockets.
    pub fn host(mut self, host: IpAddr) -> Self {
        self.host = host;
        self
    }

    /// Adds a project whose servers may use the REST API. Sessions and tokens that the platform itself makes belong to
    /// the first project. Without any, one is generated.
    pub fn project(mut self, project: Project) -> Self {
        self.projects.push(project);
        self
    }

    /// Sets the options of sessions that servers create without asking for others: media mode, video codec, simulcast.
    pub fn session_defaults(mut self, options: SessionOptions) -> Self {
        self.session_defaults = options;
        self
    }

    /// Sets where the media router receives media.
    pub fn media(mut self, options: MediaOptions) -> Self {
        self.media = options;
        self
    }

    /// Starts a relay (TURN) to the media router, which session info lists. Where a relay runs, the network of media is
    /// between clients and the relay, and media that reaches the router directly passes no network.
    pub fn relay(mut self, options: RelayOptions) -> Self {
        self.relay = Some(options);
        self
    }

    /// Puts this network between clients and the platform, for media and for signalling. The same seed and the same
    /// packets have the same result.
    pub fn network(mut self, network: &NetworkConfig, seed: u64) -> Self {
        self.signalling_network = network.clone();
        self.media_network(network, seed)
    }

    /// Puts this network between clients and the platform for media alone.
    pub fn media_network(mut self, network: &NetworkConfig, seed: u64) -> Self {
        self.media_network = network.clone();
        self.seed = seed;
        self
    }

    /// Puts this firewall between clients and the platform. Where it blocks UDP and the router accepts no TCP, a relay
    /// that passes the firewall is started even if none was requested. The firewall's HTTP proxy is that of
    /// [`ClientAccess::Intercept`].
    pub fn firewall(mut self, firewall: Firewall) -> Self {
        self.firewall = firewall;
        self
    }

    /// Sets how clients reach API, messaging and logging. The default is [`ClientAccess::IpProxy`].
    pub fn access(mut self, access: ClientAccess) -> Self {
        self.access = access;
        self
    }

    /// Sets the origins and host names that may use the platform besides its own.
    pub fn allow(mut self, allowed: AllowedClients) -> Self {
        self.allowed = allowed;
        self
    }

    /// Sets the certificate that the platform has for TLS. Without one, a self-signed certificate is generated if TLS
    /// is needed.
    pub fn identity(mut self, identity: TlsIdentity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Sets the faults of the platform. Faults with a time begin that long after [`LocalPlatform::begin`].
    pub fn faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// Opens the sockets and starts the platform.
    ///
    /// # Errors
    ///
    /// Returns an error if a socket cannot be opened, or if TLS is needed and no certificate can be generated.
    pub async fn start(self) -> Result<LocalPlatform, StartError> {
        let projects = if self.projects.is_empty() { vec![Project::generate()] } else { self.projects };
        let project = projects[0].clone();
        let relay = needed_relay(self.relay, &self.firewall, &self.media);
        let mut identity = self.identity;
        let relay_identity = match &relay {
            Some(relay) if relay.tls => Some(own_identity(&mut identity, self.host)?),
            _ => None,
        };
        let media = MediaConfig {
            host: self.host,
            media: self.media,
            relay,
            identity: relay_identity,
            firewall: &self.firewall,
            network: &self.media_network,
            seed: self.seed,
        };
        let (media, ports) = MediaPlane::open(media).await?;
        let (sessions, events) = PlatformHandle::start(projects, self.session_defaults, ports.router);
        if let Some(relay) = ports.relay {
            sessions.set_relay(relay);
        }
        // Random draws of signalling must not be those of media.
        let seed = derive_seed(self.seed, "signalling");
        let (router, network) = (api::router(sessions.clone()), &self.signalling_network);
        let signalling = match self.access {
            ClientAccess::Listener(address) => {
                SignallingListener::Plain(HttpListener::listen_for(address, router, &self.allowed).await?)
            }
            ClientAccess::IpProxy => SignallingListener::Linked(
                SignallingEndpoint::open(self.host, network, seed, router, &self.allowed).await?,
            ),
            ClientAccess::Intercept(InterceptOptions { hosts, login }) => {
                let hosts = HOSTS.into_iter().map(str::to_owned).chain(hosts).collect();
                let rules = ProxyRules { hosts, https_only: self.firewall.ports == Ports::Tls, login };
                let identity = own_identity(&mut identity, self.host)?;
                let path = SignallingEndpoint::open_tunnelled(
                    self.host,
                    network,
                    seed,
                    router,
                    &self.allowed,
                    identity,
                    rules,
                );
                SignallingListener::Linked(path.await?)
            }
        };
        // The order matters only to a service that both name: there the caller's fault comes first.
        let faults = self.faults.0.into_iter().chain(self.firewall.faults());
        sessions.set_faults(Faults(faults.collect())).await;
        Ok(LocalPlatform::new(PlatformParts { sessions, events, media, signalling, project, identity }))
    }
}

/// Returns the platform's certificate. The first call generates one for the hosts that the platform stands for and for
/// its own address, unless the caller of the builder has given one.
fn own_identity(identity: &mut Option<TlsIdentity>, host: IpAddr) -> Result<TlsIdentity, StartError> {
    if let Some(identity) = identity {
        return Ok(identity.clone());
    }
    let host = host.to_string();
    let hosts: Vec<_> = HOSTS.into_iter().chain([host.as_str()]).collect();
    let generated = TlsIdentity::generate(&hosts)?;
    *identity = Some(generated.clone());
    Ok(generated)
}
