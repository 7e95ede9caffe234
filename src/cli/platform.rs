//! `precall platform`: a local platform for applications under development.

use std::collections::HashSet;
use std::time::Duration;

use tokio::sync::mpsc;

use super::error::{infrastructure, usage};
use super::platform_args::PlatformArguments;
use super::platform_log::{platform_json, platform_left_out, platform_line};
use super::platform_ready::{Ready, print_ready};
use super::platform_secrets::{api_secret, application, refuse_shared};
use super::relay_args::RelayArguments;
use crate::job::JobError;
use crate::job::check_open_files;
use crate::run_events::timestamp;
use precall_platform::credentials::{Project, Role};
use precall_platform::transport::{AllowedClients, RefusalCause, RefusedRequest, TlsIdentity};
use precall_platform::{
    ClientAccess, LocalPlatform, LocalPlatformBuilder, MediaOptions, PartEnded, PlatformEvent, RelayOptions,
    SessionOptions, TOKEN_LIFETIME,
};
use precall_results::Exit;
use precall_support::output::{LineKind, Lines};

/// How many different origins and hosts are reported as refused. A port scan must not fill the log.
const MAX_REFUSALS: usize = 100;

/// How many refusals wait to be printed.
const MAX_WAITING_REFUSALS: usize = 64;

/// How many lines wait for the reader of the output. A reader that does not read must not fill the memory.
const MAX_WAITING_LINES: usize = 10_000;

/// How long the last lines may take to be written at the end.
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
    let options = SessionOptions {
        video_codec: arguments.video_codec,
        simulcast: !arguments.no_simulcast,
        ..SessionOptions::default()
    };
    let (refusals, refused) = mpsc::channel(MAX_WAITING_REFUSALS);
    let mut builder = LocalPlatform::builder()
        .host(host)
        .project(Project::opentok(&arguments.api_key, secret.clone()))
        .session_defaults(options)
        .media(MediaOptions {
            port: arguments.published.media_port,
            announced: arguments.published.announce,
            ice_tcp: arguments.ice_tcp,
            ..MediaOptions::default()
        })
        .access(ClientAccess::Listener(arguments.listen))
        .allow(allowed(&arguments, refusals));
    if let Some(application) = application(&arguments)? {
        builder = builder.project(application);
    }
    if !arguments.relay.no_relay && arguments.published.announce.is_none() {
        builder = with_relay(builder, &arguments.relay)?;
    }
    let platform = builder.start().await.map_err(infrastructure)?;
    let session = platform.session(options);
    let token = platform.token(&session, Role::Moderator).map_err(infrastructure)?;
    let token_expires = jiff::Timestamp::now() + jiff::SignedDuration::try_from(TOKEN_LIFETIME).unwrap_or_default();
    // From before the first line on: a program that starts the platform may end it as soon as it has read that line.
    let interrupted = interruption();
    let kind = if arguments.json { LineKind::Json } else { LineKind::Text };
    let mut lines = Lines::start(Some(MAX_WAITING_LINES), kind);
    print_ready(&arguments, &platform, &Ready { secret, session, token, token_expires });
    let ending = tokio::select! {
        ended = follow(platform, refused, &mut lines, &arguments) => Err(infrastructure(ended)),
        () = interrupted => Ok(Exit::Passed),
    };
    lines.finish_within(LAST_LINES);
    ending
}

/// Returns the origins and hosts that may use the platform besides its own. The announced address is a host, too.
fn allowed(arguments: &PlatformArguments, refusals: mpsc::Sender<RefusedRequest>) -> AllowedClients {
    let announced = arguments.published.announce.map(|address| match address.is_ipv4() {
        true => address.to_string(),
        false => format!("[{address}]"),
    });
    AllowedClients {
        origins: arguments.allow_origins.clone(),
        hosts: arguments.allow_hosts.iter().cloned().chain(announced).collect(),
        refusals: Some(refusals),
    }
}

/// Adds the relay, with the certificate that the arguments name, if they name one.
fn with_relay(builder: LocalPlatformBuilder, arguments: &RelayArguments) -> Result<LocalPlatformBuilder, JobError> {
    let builder = builder.relay(RelayOptions { tls: arguments.relay_tls, ..RelayOptions::default() });
    match (&arguments.relay_certificate_file, &arguments.relay_key_file) {
        (Some(certificate), Some(key)) => {
            refuse_shared(key, "--relay-key-file")?;
            let identity = TlsIdentity::read(certificate, key);
            Ok(builder.identity(identity.map_err(usage)?))
        }
        _ => Ok(builder),
    }
}

/// Prints the platform's events and the requests that its listener has refused, until a part of the platform ends unexpectedly. Printing
/// delays neither the platform nor its end.
async fn follow(
    mut platform: LocalPlatform,
    mut refused: mpsc::Receiver<RefusedRequest>,
    lines: &mut Lines,
    arguments: &PlatformArguments,
) -> PartEnded {
    let json = arguments.json;
    // Clients log every step that they take. Programs get all of it, people only if they ask for it.
    let shows_logs = json || arguments.verbose;
    // A page that is refused asks a dozen times; each origin and each host is reported once.
    let mut reported = HashSet::new();
    loop {
        let event = tokio::select! {
            event = platform.next_event() => match event {
                Ok(event) => event,
                Err(ended) => return ended,
            },
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
        if !shows_logs && matches!(event, PlatformEvent::Logged { .. }) {
            continue;
        }
        let time = timestamp();
        let line = if json { platform_json(&event, &time) } else { platform_line(&event, &time) };
        lines.push(line, |count| platform_left_out(count, &time, json));
    }
}

/// Catches SIGINT and SIGTERM from now on. The returned future completes with the first of them.
fn interruption() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
            // Without a handler, both signals end the process as they do by default.
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}
