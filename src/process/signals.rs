//! Ctrl-C and SIGTERM.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::runner::Stop;
use precall_results::Exit;
use precall_support::output::eprintln;

/// Ends a run early on a signal. Ctrl-C lets the running cases end, SIGTERM ends them; both report the cases that
/// ended. The second signal ends precall at once, and the browser's supervisor cleans up behind it.
pub fn stop_on_signal() -> Stop {
    stop_on_signal_while(Arc::new(AtomicBool::new(true)))
}

/// As [`stop_on_signal`]. Says that cases are waited for only while the flag is set.
pub fn stop_on_signal_while(is_running: Arc<AtomicBool>) -> Stop {
    use tokio::signal::unix::{SignalKind, signal};
    let stop = Stop::default();
    let fired = stop.clone();
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
        tracing::warn!("signals cannot be caught; Ctrl-C will lose this run's report, not its finished cases");
        return stop;
    };
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {
                if is_running.load(Ordering::Acquire) {
                    eprintln("interrupted: waiting for the running cases to end; once more ends precall at once");
                }
            }
            _ = terminate.recv() => {
                eprintln("terminated: ending the running cases; once more ends precall at once");
                fired.now.cancel();
            }
        }
        fired.drain.cancel();
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        std::process::exit(i32::from(Exit::Interrupted as u8));
    });
    stop
}

/// Catches SIGINT and SIGTERM from now on. The returned future completes with the first of them.
pub fn interruption() -> impl Future<Output = ()> {
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
