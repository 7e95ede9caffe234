//! `precall platform`.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::error::CliError;
use super::limits::check_open_files;
use super::platform_args::PlatformArguments;
use super::relay_args::RelayArguments;
use crate::credentials::{Project, Role, RsaKeyPair, Secret, SessionId, Token, TokenClaims};
use crate::environment;
use crate::event::timestamp;
use crate::exit::Exit;
use crate::network::NetworkConfig;
use crate::output::{LineKind, Lines, print, print_json};
use crate::path::{
    Allowed, HttpPath, MediaPath, MediaPathOptions, Refusal, Refused, RelayPath, RelayPathOptions, TlsIdentity,
};
use crate::platform::relay::IceServer;
use crate::platform::{Platform, PlatformEvent, SessionOptions};
use crate::report::terminal::{platform_json, platform_left_out, platform_line};
use crate::text;

/// Where the API secret is looked for.
const SECRET_VARIABLE: &str = "PRECALL_API_SECRET";

/// How long the token of the ready session is good for, in seconds: a day, as tokens of the server SDKs.
const TOKEN_SECONDS: u64 = 24 * 3600;

/// How many origins and hosts are told of that were refused; whoever scans ports must not fill the log.
const MAX_REFUSALS: usize = 100;

/// The most lines that wait for whoever reads them; a reader that does not read must not fill the memory.
const MOST_LINES: usize = 10_000;

/// How long the last lines have in the end.
const LAST_LINES: Duration = Duration::from_secs(1);

pub(super) async fn platform(arguments: PlatformArguments) -> Result<Exit, CliError> {
    check_open_files()?;
    let host = arguments.listen.ip();
    if host.is_unspecified() && arguments.published.announce.is_none() {
        let message = format!(
            "{host} is no address that media can be sent to; give --listen an address of this host, or --announce the one \
             that clients reach it at"
        );
        return Err(CliError::new(Exit::Usage, message));
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
        false => Some(relay(host, &arguments.relay, &platform).await?),
    };
    let announced = arguments.published.announce.map(|address| match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    });
    let (refusals, refused) = unbounded_channel();
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
    tokio::select! {
        () = follow(events, refused, &mut lines, &arguments) => {}
        () = interrupted => {}
    }
    platform.stop();
    lines.finish_within(LAST_LINES);
    Ok(Exit::Passed)
}

/// A running relay, and what clients need to use it.
struct Relay {
    _path: RelayPath,
    servers: Vec<IceServer>,
    /// Of its certificate, if clients may come by TLS.
    key_digest: Option<String>,
}

/// Opens a relay that the platform tells clients of.
async fn relay(host: IpAddr, arguments: &RelayArguments, platform: &Platform) -> Result<Relay, CliError> {
    let tls = match (&arguments.relay_certificate_file, &arguments.relay_key_file) {
        (Some(certificate), Some(key)) => {
            let identity = TlsIdentity::read(certificate, key);
            Some(identity.map_err(|error| CliError::new(Exit::Usage, error))?)
        }
        _ if arguments.relay_tls => Some(TlsIdentity::generate(&[&host.to_string()]).map_err(infrastructure)?),
        _ => None,
    };
    let key_digest = tls.as_ref().map(|identity| identity.key_digest().to_owned());
    let options = RelayPathOptions { tls, ..RelayPathOptions::new(SocketAddr::new(host, 0)) };
    let (path, port) = RelayPath::open_with(options, &NetworkConfig::default(), 0).await.map_err(infrastructure)?;
    let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default();
    let servers = port.ice_servers(now);
    platform.set_relay(port);
    Ok(Relay { _path: path, servers, key_digest })
}

fn infrastructure(error: impl std::fmt::Display) -> CliError {
    CliError::new(Exit::Infrastructure, error)
}

fn api_secret(arguments: &PlatformArguments) -> Result<Secret, CliError> {
    let secret = match (&arguments.api_secret_file, environment::text(SECRET_VARIABLE)) {
        (Some(file), _) => read(file)?.trim().to_owned(),
        (None, Some(secret)) => secret,
        (None, None) => uuid::Uuid::new_v4().simple().to_string(),
    };
    if secret.is_empty() {
        let message = format!("the API secret is empty; put one into {SECRET_VARIABLE} or a file, or give none");
        return Err(CliError::new(Exit::Usage, message));
    }
    Ok(Secret::new(secret))
}

/// The Vonage application to host, if one is asked for.
fn application(arguments: &PlatformArguments) -> Result<Option<Project>, CliError> {
    let Some(id) = &arguments.application_id else { return Ok(None) };
    if *id == arguments.api_key {
        return Err(CliError::new(Exit::Usage, "the application's id and the API key have to differ"));
    }
    Ok(Some(Project::vonage(id, key_pair(arguments.private_key_file.as_deref())?)))
}

fn key_pair(file: Option<&Path>) -> Result<RsaKeyPair, CliError> {
    match file {
        Some(file) if file.exists() => RsaKeyPair::from_pem(&read(file)?)
            .map_err(|error| CliError::new(Exit::Usage, format!("{}: {error}", file.display()))),
        Some(file) => {
            let pair = RsaKeyPair::generate().map_err(infrastructure)?;
            write_private(file, pair.private_pem().expose())
                .map_err(|error| CliError::new(Exit::Usage, format!("{}: {error}", file.display())))?;
            Ok(pair)
        }
        None => RsaKeyPair::generate().map_err(infrastructure),
    }
}

fn read(file: &Path) -> Result<String, CliError> {
    text::read(file).map_err(|error| CliError::new(Exit::Usage, format!("{} cannot be read: {error}", file.display())))
}

/// Writes a file that only its owner can read.
fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    file.write_all(text.as_bytes())
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

/// Has the platform's events printed as they come, and which requests its listener refused. Printing holds up neither the
/// platform nor its end.
async fn follow(
    mut events: UnboundedReceiver<PlatformEvent>,
    mut refused: UnboundedReceiver<Refusal>,
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
