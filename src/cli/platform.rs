//! `precall platform`.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::sync::mpsc;

use super::error::{infrastructure, usage};
use super::platform_args::PlatformArguments;
use super::platform_log::{platform_json, platform_left_out, platform_line};
use super::platform_secrets::{api_secret, application, refuse_shared};
use super::relay_args::RelayArguments;
use crate::job::{JobError, check_open_files};
use crate::run_events::timestamp;
use precall_netem::NetworkConfig;
use precall_platform::credentials::{Project, Role, SessionId, Token, TokenClaims};
use precall_platform::path::{
    Allowed, HttpPath, MediaPath, MediaPathOptions, Refusal, Refused, RelayPath, RelayPathOptions, TlsIdentity,
};
use precall_platform::relay::{IceServer, RelayPeers};
use precall_platform::{PartEnded, Platform, PlatformEvent, PlatformEvents, SessionOptions};
use precall_results::Exit;
use precall_support::output::{LineKind, Lines, print, print_json};
use precall_support::secrets::Secret;

/// How long the token of the ready session is good for, in seconds: a day, as tokens of the server SDKs.
const TOKEN_SECONDS: u64 = 24 * 3600;

/// How many origins and hosts are told of that were refused; whoever scans ports must not fill the log.
const MAX_REFUSALS: usize = 100;

/// How many refusals wait to be told of.
const MAX_WAITING_REFUSALS: usize = 64;

/// The most lines that wait for whoever reads them; a reader that does not read must not fill the memory.
const MOST_LINES: usize = 10_000;

/// How long the last lines have in the end.
const LAST_LINES: Duration = Duration::from_secs(1);

pub(super) async fn platform(arguments: PlatformArguments) -> Result<Exit, JobError> {
    check_open_files()?;
    let host = arguments.listen.ip();
    if host.is_unspecified() && arguments.published.announce.is_none() {
        let message = format!(
            "{host} is no address that media can be sent to; give --listen an address of this host, or --announce the one \
             that clients reach it at"
        );
        return Err(usage(message));
    }
    let secret = api_secret(&arguments)?;
    let project = Project::opentok(&arguments.api_key, secret.clone());
    let projects: Vec<_> = std::iter::once(project.clone()).chain(application(&arguments)?).collect();
    let media = MediaPathOptions {
        port: arguments.published.media_port,
        announced: arguments.published.announce,
        tcp: arguments.ice_tcp,
        ..MediaPathOptions::new(host)
    };
    let (path, port) = MediaPath::open_with(media, &NetworkConfig::default(), 0).await.map_err(infrastructure)?;
    let (platform, events) = Platform::start(projects, port);
    let options = SessionOptions {
        video_codec: arguments.video_codec,
        simulcast: !arguments.no_simulcast,
        ..SessionOptions::default()
    };
    platform.set_session_defaults(options);
    let relay = match arguments.relay.no_relay || arguments.published.announce.is_some() {
        true => None,
        false => Some(relay(path.address(), &arguments.relay, &platform).await?),
    };
    let announced = arguments.published.announce.map(|address| match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    });
    let (refusals, refused) = mpsc::channel(MAX_WAITING_REFUSALS);
    let allowed = Allowed {
        origins: arguments.allow_origins.clone(),
        hosts: arguments.allow_hosts.iter().cloned().chain(announced).collect(),
        refusals: Some(refusals),
    };
    let http = HttpPath::listen_for(arguments.listen, platform.router(), &allowed).await.map_err(infrastructure)?;
    let session = platform.create_session(&project, options);
    let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default();
    let claims = TokenClaims::new(&session, Role::Moderator, now, TOKEN_SECONDS);
    let token_expires = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(TOKEN_SECONDS.cast_signed());
    let token = claims.sign(&project).map_err(infrastructure)?;
    let ice_servers = relay.as_ref().map(|relay| relay.servers.clone()).unwrap_or_default();
    let relay_key_digest = relay.as_ref().and_then(|relay| relay.key_digest.clone());
    // Before anybody is told that it listens: whoever starts it may end it as soon as they are.
    let interrupted = interruption();
    let kind = if arguments.json { LineKind::Json } else { LineKind::Text };
    let mut lines = Lines::start(Some(MOST_LINES), kind);
    announce(&arguments, &http, &path, &Ready { secret, session, token, token_expires, ice_servers, relay_key_digest });
    let ending = tokio::select! {
        () = follow(events, refused, &mut lines, &arguments) => Ok(Exit::Passed),
        () = interrupted => Ok(Exit::Passed),
        ended = first_ended(&platform, &path, relay.as_ref(), &http) => Err(infrastructure(ended)),
    };
    platform.stop();
    lines.finish_within(LAST_LINES);
    ending
}

/// Waits until a part ends without having been told to: what is left would go on half dead.
async fn first_ended(platform: &Platform, path: &MediaPath, relay: Option<&Relay>, http: &HttpPath) -> PartEnded {
    let relay = async {
        match relay {
            Some(relay) => relay.path.ended().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = platform.ended() => ended,
        ended = path.ended() => ended,
        ended = http.ended() => ended,
        ended = relay => ended,
    }
}

/// A running relay, and what clients need to use it.
struct Relay {
    path: RelayPath,
    servers: Vec<IceServer>,
    /// Of its certificate, if clients may come by TLS.
    key_digest: Option<String>,
}

/// Opens a relay to this media router that the platform tells clients of.
async fn relay(router: SocketAddr, arguments: &RelayArguments, platform: &Platform) -> Result<Relay, JobError> {
    let host = router.ip();
    let tls = match (&arguments.relay_certificate_file, &arguments.relay_key_file) {
        (Some(certificate), Some(key)) => {
            refuse_shared(key, "--relay-key-file")?;
            let identity = TlsIdentity::read(certificate, key);
            Some(identity.map_err(usage)?)
        }
        _ if arguments.relay_tls => Some(TlsIdentity::generate(&[&host.to_string()]).map_err(infrastructure)?),
        _ => None,
    };
    let key_digest = tls.as_ref().map(|identity| identity.key_digest().to_owned());
    let peers = RelayPeers::Platform(vec![router]);
    let options = RelayPathOptions { tls, peers, ..RelayPathOptions::new(SocketAddr::new(host, 0)) };
    let (path, port) = RelayPath::open_with(options, &NetworkConfig::default(), 0).await.map_err(infrastructure)?;
    let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default();
    let servers = port.ice_servers(now);
    platform.set_relay(port);
    Ok(Relay { path, servers, key_digest })
}

/// What a client can begin with.
struct Ready {
    secret: Secret,
    session: SessionId,
    token: Token,
    token_expires: jiff::Timestamp,
    /// The relay, for clients that are given their ICE servers by hand.
    ice_servers: Vec<IceServer>,
    /// Of the relay's certificate, for browsers that are told to trust it.
    relay_key_digest: Option<String>,
}

/// Says how to use it. This is the one place where precall prints a secret: it is the operator's, and made for this.
fn announce(arguments: &PlatformArguments, http: &HttpPath, path: &MediaPath, ready: &Ready) {
    let url = match arguments.published.announce {
        Some(announced) => format!("http://{}", SocketAddr::new(announced, http.address().port())),
        None => http.origin(),
    };
    let (media, key) = (path.address(), &arguments.api_key);
    let (secret, session, token) = (ready.secret.expose(), &ready.session, ready.token.expose());
    if arguments.json {
        let line = serde_json::json!({
            "time": timestamp(), "event": "listening", "apiUrl": url, "media": media.to_string(), "mediaTcp": path.tcp_address(), "apiKey": key,
            "apiSecret": secret, "applicationId": arguments.application_id, "sessionId": session.as_str(),
            "token": token, "tokenExpiresAt": format!("{:.0}", ready.token_expires), "iceServers": rtc_ice_servers(&ready.ice_servers), "relayKeyDigest": ready.relay_key_digest,
        });
        print_json(line);
        return;
    }
    let mut text = format!("API URL     {url}\nmedia       udp {media}\n");
    if let Some(tcp) = path.tcp_address() {
        text.push_str(&format!("media       tcp {tcp}\n"));
    }
    for IceServer { url, .. } in &ready.ice_servers {
        text.push_str(&format!("relay       {url}\n"));
    }
    if let Some(IceServer { username, credential, .. }) = ready.ice_servers.first() {
        text.push_str(&format!("relay user  {username}\npassword    {credential}\n"));
    }
    if let Some(digest) = &ready.relay_key_digest {
        text.push_str(&format!("key digest  {digest}\n"));
    }
    text.push_str(&format!("API key     {key}\nAPI secret  {secret}\n"));
    if let Some(application) = &arguments.application_id {
        let file = arguments.private_key_file.as_ref().map(|file| file.display().to_string());
        let private_key = file.unwrap_or_else(|| "made up; --private-key-file keeps one".to_owned());
        text.push_str(&format!("application {application} (private key: {private_key})\n"));
    }
    text.push_str(&format!("session     {session}\ntoken       {token}\n"));
    let hours = TOKEN_SECONDS / 3600;
    text.push_str(&format!("            (valid for {hours} hours, until {:.0})\n\n", ready.token_expires));
    print(format_args!(
        "{text}In the page: OT.setProxyUrl('{url}'). In a server SDK: {url} as the API URL. Ctrl-C ends it.\n\n"
    ));
}

/// As `RTCPeerConnection` and `OT.initSession` (`iceConfig.customServers`) take them.
fn rtc_ice_servers(servers: &[IceServer]) -> serde_json::Value {
    let server = |server: &IceServer| {
        let IceServer { url, username, credential } = server;
        serde_json::json!({ "urls": url, "username": username, "credential": credential })
    };
    servers.iter().map(server).collect()
}

/// Has the platform's events printed as they come, and which requests its listener refused. Printing holds up neither
/// the platform nor its end.
async fn follow(
    mut events: PlatformEvents,
    mut refused: mpsc::Receiver<Refusal>,
    lines: &mut Lines,
    arguments: &PlatformArguments,
) {
    let json = arguments.json;
    // Clients log every step that they take. Programs get all of it, people only if they ask for it.
    let shows_logs = json || arguments.verbose;
    // A page that may not ask does so a dozen times; each origin and each host is told once.
    let mut told = HashSet::new();
    loop {
        let event = tokio::select! {
            Some(event) = events.recv() => event,
            Some(Refusal { who, reason }) = refused.recv() => {
                if told.len() == MAX_REFUSALS || !told.insert(who.clone()) {
                    continue;
                }
                let (what, value) = match who {
                    Refused::Origin(origin) => ("origin", origin),
                    Refused::Host(host) => ("host", host),
                    // Nothing would let it in.
                    Refused::OtherSite => continue,
                };
                PlatformEvent::RequestRefused { what, value, reason }
            }
            else => return,
        };
        if !shows_logs && matches!(event, PlatformEvent::Logged { .. }) {
            continue;
        }
        let time = timestamp();
        let line = if json { platform_json(&event, &time) } else { platform_line(&event, &time) };
        lines.push(line, |count| platform_left_out(count, &time, json));
    }
}

/// Catches Ctrl-C and SIGTERM from now on; what it gives ends with the first of them.
fn interruption() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
            // Signals then end the process as they do any other.
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::cli::error::exit;
    use precall_platform::MediaPort;

    #[tokio::test]
    async fn a_part_that_ends_unbidden_is_named() {
        let host = IpAddr::from([127, 0, 0, 1]);
        let network = NetworkConfig::default();
        let (path, port) = MediaPath::open_with(MediaPathOptions::new(host), &network, 0).await.expect("a path");
        let (requests, _asked) = mpsc::channel(1);
        let (platform, _events) = Platform::start(Vec::new(), MediaPort { requests, events: port.events });
        let http = HttpPath::listen(SocketAddr::new(host, 0), platform.router()).await.expect("a listener");
        let waits = first_ended(&platform, &path, None, &http);
        assert!(tokio::time::timeout(Duration::from_millis(50), waits).await.is_err(), "all of it runs");
        // Nobody can ask the router any more, so that it ends.
        drop(port.requests);
        let limit = Duration::from_secs(10);
        let ended = tokio::time::timeout(limit, first_ended(&platform, &path, None, &http)).await.expect("it ends");
        // The sessions end without their router, and either may be seen first.
        assert!(["the media router", "the platform's sessions"].contains(&ended.part), "{ended}");
        assert_eq!(exit(&infrastructure(ended)), Exit::Infrastructure);
        platform.stop();
    }
}
