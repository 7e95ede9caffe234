//! A running local platform.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::access_point::{AccessOptions, AccessPoint, SharedOptions};
use super::error::StartError;
use super::firewall_counters::FirewallCounters;
use crate::credentials::{Project, Role, SessionId, Token, TokenClaims, TokenError};
use crate::event_queue::PlatformEvents;
use crate::relay::IceServer;
use crate::transport::{AccessCounters, TlsIdentity};
use crate::{Now, PartEnded, PlatformEvent, PlatformStats, SessionOptions};
use precall_netem::fault::{Faults, Service};
use precall_netem::{NetworkConfig, StreamCounters};

/// How long a token of [`LocalPlatform::token`] is valid: a day, as the tokens of the server SDKs.
pub const TOKEN_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// A running local platform. Dropped, it stops: all sockets are closed.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use precall_netem::{LinkConfig, NetworkConfig};
/// use precall_platform::credentials::Role;
/// use precall_platform::{LocalPlatform, SessionOptions};
///
/// let link = LinkConfig { rate: Some("1 Mbit/s".parse()?), ..LinkConfig::default() };
/// let network = NetworkConfig { up: link.clone(), down: link, ..NetworkConfig::default() };
/// let platform = LocalPlatform::builder().network(&network, 1).start().await?;
/// let session = platform.session(SessionOptions::default());
/// let token = platform.token(&session, Role::Publisher)?;
/// // In the page: OT.setProxyUrl(url), then OT.initSession(key, session) and session.connect(token).
/// println!("{} {} {session} {}", platform.url(), platform.project().api_key, token.expose());
/// platform.begin();
/// // … the clients under test connect, publish and subscribe …
/// println!("{:?}", platform.counters().await);
/// # Ok(())
/// # }
/// ```
pub struct LocalPlatform {
    access: AccessPoint,
    events: PlatformEvents,
    project: Project,
    shared: SharedOptions,
}

/// The parts that a platform consists of.
pub(super) struct PlatformParts {
    pub access: AccessPoint,
    pub events: PlatformEvents,
    pub project: Project,
    pub shared: SharedOptions,
}

impl LocalPlatform {
    pub(super) fn new(parts: PlatformParts) -> Self {
        let PlatformParts { access, events, project, shared } = parts;
        Self { access, events, project, shared }
    }

    /// Opens a further access point: the clients that use its URL are in the same sessions as all others, behind its
    /// own network and firewall. Its firewall concerns its own clients alone.
    ///
    /// # Errors
    ///
    /// Returns an error if a socket cannot be opened, or if TLS is needed and no certificate can be generated.
    pub async fn open_access(&mut self, options: AccessOptions) -> Result<AccessPoint, StartError> {
        self.access.another(options, &mut self.shared).await
    }

    /// Returns the URL that clients reach the platform by, without a slash at the end: the IP proxy of the SDK, or the
    /// HTTP proxy of the browser with [`ClientAccess::Intercept`](super::ClientAccess::Intercept).
    pub fn url(&self) -> String {
        self.access.url()
    }

    /// Returns the address that the platform listens on for API, messaging and logging.
    pub fn address(&self) -> SocketAddr {
        self.access.address()
    }

    /// Returns the UDP address that clients send media to: the announced address, if there is one.
    pub fn media_address(&self) -> SocketAddr {
        self.access.media_address()
    }

    /// Returns the address for media over TCP; `None` without ICE-TCP.
    pub fn media_tcp_address(&self) -> Option<SocketAddr> {
        self.access.media_tcp_address()
    }

    /// Returns the address of the relay, for UDP and TCP; `None` without a relay.
    pub fn relay_address(&self) -> Option<SocketAddr> {
        self.access.relay_address()
    }

    /// Returns the ICE servers of the relay as session info lists them, with fresh credentials that are valid for a
    /// day. Empty without a relay.
    pub fn ice_servers(&self) -> Vec<IceServer> {
        self.access.ice_servers()
    }

    /// Returns the SHA-256 digest of the certificate's public key (SPKI) in Base64, as Chrome's
    /// `--ignore-certificate-errors-spki-list` takes it; `None` where nothing uses TLS.
    pub fn key_digest(&self) -> Option<&str> {
        self.shared.identity.as_ref().map(TlsIdentity::key_digest)
    }

    /// Returns the first project of the platform.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// Creates a session of the first project.
    pub fn session(&self, options: SessionOptions) -> SessionId {
        self.access.sessions().create_session(&self.project, options)
    }

    /// Signs a token for a session of the first project, which is valid for [`TOKEN_LIFETIME`].
    ///
    /// # Errors
    ///
    /// Returns an error if the project's key cannot sign.
    pub fn token(&self, session: &SessionId, role: Role) -> Result<Token, TokenError> {
        TokenClaims::new(session, role, Now::read().unix_seconds(), TOKEN_LIFETIME.as_secs()).sign(&self.project)
    }

    /// Begins the test: the times of the network's steps and outages, and those of the faults, count from now.
    pub fn begin(&self) {
        self.access.begin();
        self.access.sessions().begin_faults();
    }

    /// Changes the network of media from now on: that of datagrams which reach the router directly, not through a relay
    /// and not over TCP. Steps that are left do not happen.
    pub fn change_network(&self, network: &NetworkConfig) {
        self.access.change_network(network);
    }

    /// Begins other faults. Faults with a time begin that long after the next [`LocalPlatform::begin`]. HTTP requests
    /// meet only the latest set of faults, which does not include those of the firewall; what an earlier set has done
    /// to sessions, media and relay stays.
    pub async fn set_faults(&self, faults: Faults) {
        self.access.sessions().set_faults(faults).await;
    }

    /// Returns the next event. Events that are not read in time are dropped, and their number is reported
    /// ([`PlatformEvent::LeftOut`]).
    ///
    /// # Errors
    ///
    /// Returns the part that has ended unexpectedly. Without it, the rest of the platform is of no use.
    pub async fn next_event(&mut self) -> Result<PlatformEvent, PartEnded> {
        tokio::select! {
            Some(event) = self.events.recv() => Ok(event),
            ended = self.access.sessions().ended() => Err(ended),
            ended = self.access.ended() => Err(ended),
        }
    }

    /// Returns what the network has done to media so far, by transport.
    pub async fn counters(&self) -> AccessCounters {
        self.access.counters().await
    }

    /// Returns what the network has done to signalling so far.
    pub async fn signalling_counters(&self) -> StreamCounters {
        self.access.signalling_counters().await
    }

    /// Returns how many requests clients have made, by service; empty with
    /// [`ClientAccess::Listener`](super::ClientAccess::Listener).
    pub fn requests(&self) -> BTreeMap<Service, u64> {
        self.access.requests()
    }

    /// Returns the hosts for which the HTTP proxy has refused a tunnel, and how often. A request for credentials (407)
    /// counts as well.
    pub fn refused_tunnels(&self) -> BTreeMap<String, u64> {
        self.access.refused_tunnels()
    }

    /// Returns what the firewall has dropped so far; zeros without a firewall.
    pub fn firewall_counters(&self) -> FirewallCounters {
        self.access.firewall_counters()
    }

    /// Returns the number of sessions and of their sockets; `None` once the platform has stopped.
    pub async fn stats(&self) -> Option<PlatformStats> {
        self.access.sessions().stats().await
    }

    /// Returns the number of publishers and of subscribers at the media router.
    pub async fn peer_counts(&self) -> (usize, usize) {
        self.access.media().router().peer_counts().await
    }

    /// Ends all sessions and closes their sockets. Media and listener end when the platform is dropped.
    pub fn stop(&self) {
        self.access.sessions().stop();
    }
}

impl Drop for LocalPlatform {
    fn drop(&mut self) {
        self.stop();
    }
}
