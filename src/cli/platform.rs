//! `precall platform`: a local platform until Ctrl-C.

use std::time::Duration;

use crate::arguments::PlatformArguments;
use crate::job::{JobError, run_local_platform};
use crate::process::interruption;
use crate::run_events::timestamp;
use crate::show::{platform_json, platform_left_out, platform_line, print_ready};
use precall_netem::NetworkConfig;
use precall_platform::PlatformEvent;
use precall_results::Exit;
use precall_scenario::network_of;
use precall_support::output::{LineKind, Lines, eprintln};
use tokio::sync::mpsc;

/// How many lines wait for the reader of the output. A reader that does not read must not fill the memory.
const MAX_WAITING_LINES: usize = 10_000;

/// How long the last lines may take to be written at the end.
const LAST_LINES: Duration = Duration::from_secs(1);

pub(super) async fn platform(arguments: PlatformArguments) -> Result<Exit, JobError> {
    let json = arguments.json;
    // Clients log every step that they take. Programs get all of it, people only if they ask for it.
    let shows_logs = json || arguments.verbose;
    let request = arguments.into_request();
    let changes = network_changes(request.network.is_some());
    // From before the first line on: a program that starts the platform may end it as soon as it has read that line.
    let interrupted = interruption();
    let mut lines = Lines::start(Some(MAX_WAITING_LINES), if json { LineKind::Json } else { LineKind::Text });
    // Printing delays neither the platform nor its end.
    let on_event = |event: PlatformEvent| {
        if !shows_logs && matches!(event, PlatformEvent::Logged { .. }) {
            return;
        }
        let time = timestamp();
        let line = if json { platform_json(&event, &time) } else { platform_line(&event, &time) };
        lines.push(line, |count| platform_left_out(count, &time, json));
    };
    let ending = tokio::select! {
        ended = run_local_platform(&request, changes, |ready| print_ready(&request, ready, json), on_event) => match ended {
            Ok(never) => match never {},
            Err(error) => Err(error),
        },
        () = interrupted => Ok(Exit::Passed),
    };
    lines.finish_within(LAST_LINES);
    ending
}

/// The word that takes the network away.
const NO_NETWORK: &str = "none";

/// Returns the networks that are on standard input, one on each line, if it is read. What is no network is
/// reported. The thread that reads ends with the process.
fn network_changes(is_read: bool) -> mpsc::Receiver<NetworkConfig> {
    let (sender, changes) = mpsc::channel(1);
    if is_read {
        std::thread::spawn(move || {
            for line in std::io::stdin().lines().map_while(Result::ok) {
                let name = line.trim();
                let network = match name {
                    "" => continue,
                    NO_NETWORK => Ok(NetworkConfig::default()),
                    text => network_of(text),
                };
                match network {
                    Ok(network) => match sender.blocking_send(network) {
                        Ok(()) => eprintln(format!("network: {name}")),
                        // The platform has ended.
                        Err(_) => return,
                    },
                    Err(error) => eprintln(error),
                }
            }
        });
    }
    changes
}
