//! The builder of a local platform.

use std::net::{IpAddr, Ipv4Addr};

use super::access_point::{AccessOptions, AccessPoint, SharedOptions};
use super::error::StartError;
use super::options::{ClientAccess, MediaOptions, RelayOptions};
use super::platform::{LocalPlatform, PlatformParts};
use crate::SessionOptions;
use crate::credentials::Project;
use crate::handle::PlatformHandle;
use crate::transport::{AllowedClients, TlsIdentity};
use precall_netem::NetworkConfig;
use precall_netem::fault::Faults;
use precall_netem::firewall::Firewall;

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
        // The order matters only to a service that both name: there the caller's fault comes first.
        let faults = Faults(self.faults.0.into_iter().chain(self.firewall.faults()).collect());
        let options = AccessOptions {
            access: self.access,
            media: self.media,
            relay: self.relay,
            media_network: self.media_network,
            signalling_network: self.signalling_network,
            seed: self.seed,
            firewall: self.firewall,
        };
        let mut shared = SharedOptions { host: self.host, allowed: self.allowed, identity: self.identity };
        let start = |media| PlatformHandle::start(projects, self.session_defaults, media);
        let (access, events) = AccessPoint::first(options, &mut shared, start).await?;
        access.sessions().set_faults(faults).await;
        Ok(LocalPlatform::new(PlatformParts { access, events, project, shared }))
    }
}
