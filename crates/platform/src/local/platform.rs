//! A running local platform.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::media::MediaPlane;
use super::signalling::SignallingListener;
use crate::credentials::{Project, Role, SessionId, Token, TokenClaims, TokenError};
use crate::event_queue::PlatformEvents;
use crate::handle::PlatformHandle;
use crate::relay::IceServer;
use crate::transport::{AccessCounters, MediaFirewall, RelayEndpoint, TlsIdentity};
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
    sessions: PlatformHandle,
    events: PlatformEvents,
    media: MediaPlane,
    signalling: SignallingListener,
    project: Project,
    identity: Option<TlsIdentity>,
}

/// The number of packets and connections that a firewall has dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FirewallCounters {
    /// Datagrams of clients.
    pub datagrams_dropped: u64,
    /// TCP connections without TLS.
    pub connections_dropped: u64,
}

/// The parts that a platform consists of.
pub(super) struct PlatformParts {
    pub sessions: PlatformHandle,
    pub events: PlatformEvents,
    pub media: MediaPlane,
    pub signalling: SignallingListener,
    pub project: Project,
    pub identity: Option<TlsIdentity>,
}

impl LocalPlatform {
    pub(super) fn new(parts: PlatformParts) -> Self {
        let PlatformParts { sessions, events, media, signalling, project, identity } = parts;
        Self { sessions, events, media, signalling, project, identity }
    }

    /// Returns the URL that clients reach the platform by, without a slash at the end: the IP proxy of the SDK, or the
    /// HTTP proxy of the browser with [`ClientAccess::Intercept`](super::ClientAccess::Intercept).
    pub fn url(&self) -> String {
        self.signalling.url()
    }

    /// Returns the address that the platform listens on for API, messaging and logging.
    pub fn address(&self) -> SocketAddr {
        self.signalling.address()
    }

    /// Returns the UDP address that clients send media to: the announced address, if there is one.
    pub fn media_address(&self) -> SocketAddr {
        self.media.router().address()
    }

    /// Returns the address for media over TCP; `None` without ICE-TCP.
    pub fn media_tcp_address(&self) -> Option<SocketAddr> {
        self.media.router().tcp_address()
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

    /// Returns the SHA-256 digest of the certificate's public key (SPKI) in Base64, as Chrome's
    /// `--ignore-certificate-errors-spki-list` takes it; `None` where nothing uses TLS.
    pub fn key_digest(&self) -> Option<&str> {
        self.identity.as_ref().map(TlsIdentity::key_digest)
    }

    /// Returns the first project of the platform.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// Creates a session of the first project.
    pub fn session(&self, options: SessionOptions) -> SessionId {
        self.sessions.create_session(&self.project, options)
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
        self.media.begin();
        self.signalling.begin();
        self.sessions.begin_faults();
    }

    /// Changes the network of media from now on: that of datagrams which reach the router directly, not through a relay
    /// and not over TCP. Steps that are left do not happen.
    pub fn change_network(&self, network: &NetworkConfig) {
        self.media.change_network(network);
    }

    /// Begins other faults. Faults with a time begin that long after the next [`LocalPlatform::begin`]. HTTP requests
    /// meet only the latest set of faults, which does not include those of the firewall; what an earlier set has done
    /// to sessions, media and relay stays.
    pub async fn set_faults(&self, faults: Faults) {
        self.sessions.set_faults(faults).await;
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
            ended = self.sessions.ended() => Err(ended),
            ended = self.media.ended() => Err(ended),
            ended = self.signalling.ended() => Err(ended),
        }
    }

    /// Returns what the network has done to media so far, by transport.
    pub async fn counters(&self) -> AccessCounters {
        self.media.counters().await
    }

    /// Returns what the network has done to signalling so far.
    pub async fn signalling_counters(&self) -> StreamCounters {
        self.signalling.counters().await
    }

    /// Returns how many requests clients have made, by service; empty with
    /// [`ClientAccess::Listener`](super::ClientAccess::Listener).
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
        let count = |count: fn(&MediaFirewall) -> u64| self.media.media_firewall().map_or(0, count);
        FirewallCounters {
            datagrams_dropped: count(MediaFirewall::datagrams_dropped),
            connections_dropped: count(MediaFirewall::connections_dropped),
        }
    }

    /// Returns the number of sessions and of their sockets; `None` once the platform has stopped.
    pub async fn stats(&self) -> Option<PlatformStats> {
        self.sessions.stats().await
    }

    /// Returns the number of publishers and of subscribers at the media router.
    pub async fn peer_counts(&self) -> (usize, usize) {
        self.media.router().peer_counts().await
    }

    /// Ends all sessions and closes their sockets. Media and listener end when the platform is dropped.
    pub fn stop(&self) {
        self.sessions.stop();
    }
}

impl Drop for LocalPlatform {
    fn drop(&mut self) {
        self.stop();
    }
}
