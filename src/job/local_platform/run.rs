//! Starts a local platform and follows it.

use std::collections::HashSet;
use std::convert::Infallible;

use tokio::sync::mpsc;

use super::request::{PlatformRequest, RelaySettings};
use super::secrets::{api_secret, application, check_private};
use crate::job::{JobError, check_open_files};
use precall_netem::NetworkConfig;
use precall_platform::credentials::{Project, Role, SessionId, Token};
use precall_platform::transport::{AllowedClients, RefusalCause, RefusedRequest, TlsIdentity};
use precall_platform::{
    ClientAccess, LocalPlatform, LocalPlatformBuilder, MediaOptions, PartEnded, PlatformEvent, RelayOptions,
    SessionOptions, TOKEN_LIFETIME,
};
use precall_support::secrets::Secret;

/// How many different origins and hosts are reported as refused. A port scan must not fill the log.
const MAX_REFUSALS: usize = 100;

/// The seed of the network. Every start of the platform draws the same random numbers.
const NETWORK_SEED: u64 = 1;

/// How many refusals wait to be printed.
const MAX_WAITING_REFUSALS: usize = 64;

/// A platform that has started, and the session that it begins with.
pub struct Ready<'a> {
    /// The platform, with its addresses.
    pub platform: &'a LocalPlatform,
    /// The API secret of the project.
    pub secret: &'a Secret,
    /// The session's id.
    pub session: SessionId,
    /// A moderator's token for the session.
    pub token: Token,
    /// The time at which the token expires.
    pub token_expires: jiff::Timestamp,
}

/// Starts a platform, reports it as ready, and passes on its events until a part of it ends unexpectedly. Networks from
/// `changes` take the place of its own as they come. Dropping the future ends the platform.
///
/// # Errors
///
/// Returns an error when the request is wrong, when the platform cannot be started, and when a part of it has ended.
pub async fn run_local_platform(
    request: &PlatformRequest,
    changes: mpsc::Receiver<NetworkConfig>,
    on_ready: impl FnOnce(&Ready<'_>),
    on_event: impl FnMut(PlatformEvent),
) -> Result<Infallible, JobError> {
    check_open_files()?;
    let host = request.listen.ip();
    if host.is_unspecified() && request.announce.is_none() {
        return Err(JobError::Request(format!(
            "{host} is no address that media can be sent to; give --listen an address of this host, or --announce the one \
             that clients reach it at"
        )));
    }
    let secret = api_secret(request)?;
    let options =
        SessionOptions { video_codec: request.video_codec, simulcast: request.simulcast, ..SessionOptions::default() };
    let (refusals, refused) = mpsc::channel(MAX_WAITING_REFUSALS);
    let mut builder = LocalPlatform::builder()
        .host(host)
        .project(Project::opentok(&request.api_key, secret.clone()))
        .session_defaults(options)
        .media(MediaOptions {
            port: request.media_port,
            announced: request.announce,
            ice_tcp: request.ice_tcp,
            ..MediaOptions::default()
        })
        .access(ClientAccess::Listener(request.listen))
        .allow(allowed(request, refusals));
    if let Some(network) = &request.network {
        builder = builder.media_network(network, NETWORK_SEED);
    }
    if let Some(application) = application(request)? {
        builder = builder.project(application);
    }
    if let Some(relay) = request.relay.as_ref().filter(|_| request.announce.is_none()) {
        builder = with_relay(builder, relay)?;
    }
    let platform = builder.start().await.map_err(broken)?;
    let session = platform.session(options);
    let token = platform.token(&session, Role::Moderator).map_err(broken)?;
    let token_expires = jiff::Timestamp::now() + jiff::SignedDuration::try_from(TOKEN_LIFETIME).unwrap_or_default();
    on_ready(&Ready { platform: &platform, secret: &secret, session, token, token_expires });
    platform.begin();
    Err(broken(follow(platform, refused, changes, on_event).await))
}

fn broken(error: impl std::fmt::Display) -> JobError {
    JobError::LocalPlatform(error.to_string())
}

/// Returns the origins and hosts that may use the platform besides its own. The announced address is a host, too.
fn allowed(request: &PlatformRequest, refusals: mpsc::Sender<RefusedRequest>) -> AllowedClients {
    let announced = request.announce.map(|address| match address.is_ipv4() {
        true => address.to_string(),
        false => format!("[{address}]"),
    });
    AllowedClients {
        origins: request.allow_origins.clone(),
        hosts: request.allow_hosts.iter().cloned().chain(announced).collect(),
        refusals: Some(refusals),
    }
}

/// Adds the relay, with its own certificate if it has one.
fn with_relay(builder: LocalPlatformBuilder, relay: &RelaySettings) -> Result<LocalPlatformBuilder, JobError> {
    let builder = builder.relay(RelayOptions { tls: relay.tls, ..RelayOptions::default() });
    let Some((certificate, key)) = &relay.certificate else { return Ok(builder) };
    check_private(key, "--relay-key-file")?;
    let identity = TlsIdentity::read(certificate, key).map_err(|error| JobError::Request(error.to_string()))?;
    Ok(builder.identity(identity))
}

/// Passes on the platform's events, and the requests that its listener has refused, until a part of the platform ends.
async fn follow(
    mut platform: LocalPlatform,
    mut refused: mpsc::Receiver<RefusedRequest>,
    mut changes: mpsc::Receiver<NetworkConfig>,
    mut on_event: impl FnMut(PlatformEvent),
) -> PartEnded {
    // A page that is refused asks a dozen times; each origin and each host is reported once.
    let mut reported = HashSet::new();
    loop {
        let event = tokio::select! {
            event = platform.next_event() => match event {
                Ok(event) => event,
                Err(ended) => return ended,
            },
            Some(network) = changes.recv() => {
                platform.change_network(&network);
                continue;
            }
            Some(RefusedRequest { cause, reason }) = refused.recv() => {
                if reported.len() == MAX_REFUSALS || !reported.insert(cause.clone()) {
                    continue;
                }
                let (what, value) = match cause {
                    RefusalCause::Origin(origin) => ("origin", origin),
                    RefusalCause::Host(host) => ("host", host),
                    // No option would let it in.
                    RefusalCause::OtherSite => continue,
                };
                PlatformEvent::RequestRefused { what, value, reason }
            }
        };
        on_event(event);
    }
}
