//! `precall platform`.

use std::path::Path;

use tokio::sync::mpsc::UnboundedReceiver;

use super::args::PlatformArguments;
use super::error::CliError;
use crate::credentials::{Project, Role, RsaKeyPair, Secret, TokenClaims};
use crate::event::timestamp;
use crate::exit::Exit;
use crate::network::NetworkConfig;
use crate::path::{Allowed, HttpPath, MediaPath};
use crate::platform::{Platform, PlatformEvent, SessionOptions};
use crate::report::terminal::{platform_json, platform_line};

/// Where the API secret is looked for.
const SECRET_VARIABLE: &str = "PRECALL_API_SECRET";

/// How long the token of the ready session is good for, in seconds: a day, as tokens of the server SDKs.
const TOKEN_SECONDS: u64 = 24 * 3600;

pub(super) async fn platform(arguments: PlatformArguments) -> Result<Exit, CliError> {
    let host = arguments.listen.ip();
    if host.is_unspecified() {
        let message = format!("{host} is no address that media can be sent to; give --listen an address of this host");
        return Err(CliError::new(Exit::Usage, message));
    }
    let projects = projects(&arguments)?;
    let (path, port) = MediaPath::open_on(host, &NetworkConfig::default(), 0).await.map_err(infrastructure)?;
    let (platform, events) = Platform::start(projects.clone(), port);
    let allowed = Allowed { origins: arguments.allow_origins.clone(), hosts: arguments.allow_hosts.clone() };
    let http = HttpPath::listen_for(arguments.listen, platform.router(), &allowed).await.map_err(infrastructure)?;
    announce(&arguments, &http, &path, &projects, &platform)?;
    tokio::select! {
        () = follow(events, arguments.json) => {}
        () = interrupted() => {}
    }
    platform.stop();
    Ok(Exit::Passed)
}

fn infrastructure(error: impl std::fmt::Display) -> CliError {
    CliError::new(Exit::Infrastructure, error)
}

/// The projects to host: an OpenTok one, and a Vonage application where asked for.
fn projects(arguments: &PlatformArguments) -> Result<Vec<Project>, CliError> {
    let secret = match (&arguments.api_secret_file, std::env::var(SECRET_VARIABLE)) {
        (Some(file), _) => read(file)?.trim().to_owned(),
        (None, Ok(secret)) => secret,
        (None, Err(_)) => uuid::Uuid::new_v4().simple().to_string(),
    };
    if secret.is_empty() {
        return Err(CliError::new(Exit::Usage, "the API secret is empty"));
    }
    let mut projects = vec![Project::opentok(&arguments.api_key, Secret::new(secret))];
    if let Some(id) = &arguments.application_id {
        if *id == arguments.api_key {
            return Err(CliError::new(Exit::Usage, "the application's id and the API key have to differ"));
        }
        projects.push(Project::vonage(id, key_pair(arguments.private_key_file.as_deref())?));
    }
    Ok(projects)
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
    std::fs::read_to_string(file)
        .map_err(|error| CliError::new(Exit::Usage, format!("{} cannot be read: {error}", file.display())))
}

/// Writes a file that only its owner can read.
fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    file.write_all(text.as_bytes())
}

/// Says how to use it. This is the one place where precall prints a secret: it is the operator's, and made for this.
fn announce(
    arguments: &PlatformArguments,
    http: &HttpPath,
    path: &MediaPath,
    projects: &[Project],
    platform: &Platform,
) -> Result<(), CliError> {
    use crate::credentials::SigningKey;
    let url = http.origin();
    let project = &projects[0];
    let session = platform.create_session(project, SessionOptions::default());
    let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default();
    let token =
        TokenClaims::new(&session, Role::Moderator, now, TOKEN_SECONDS).sign(project).map_err(infrastructure)?;
    let SigningKey::Secret(secret) = &project.key else { return Ok(()) };
    let application = projects.get(1).map(|application| application.api_key.clone());
    if arguments.json {
        let line = serde_json::json!({
            "time": timestamp(), "event": "listening", "apiUrl": url, "media": path.address().to_string(),
            "apiKey": project.api_key, "apiSecret": secret.expose(), "applicationId": application,
            "sessionId": session.as_str(), "token": token.expose(),
        });
        println!("{line}");
        return Ok(());
    }
    println!("API URL     {url}");
    println!("media       udp {}", path.address());
    println!("API key     {}", project.api_key);
    println!("API secret  {}", secret.expose());
    if let Some(application) = application {
        let file = arguments.private_key_file.as_ref();
        let key =
            file.map_or_else(|| "made up; --private-key-file keeps one".to_owned(), |file| file.display().to_string());
        println!("application {application} (private key: {key})");
    }
    println!("session     {session}");
    println!("token       {}", token.expose());
    println!("\nIn the page: OT.setProxyUrl('{url}'). In a server SDK: {url} as the API URL. Ctrl-C ends it.\n");
    Ok(())
}

async fn follow(mut events: UnboundedReceiver<PlatformEvent>, json: bool) {
    while let Some(event) = events.recv().await {
        let time = timestamp();
        println!("{}", if json { platform_json(&event, &time) } else { platform_line(&event, &time) });
    }
}

async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        // Signals then end the process as they do any other.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
