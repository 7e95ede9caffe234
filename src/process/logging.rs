//! The log on standard error: what `PRECALL_LOG` asks for, without secrets.

use std::io;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use precall_support::environment;
use precall_support::output::{StandardError, eprintln};
use precall_support::secrets::redact;

/// The environment variable with the filter of the log.
const VARIABLE: &str = "PRECALL_LOG";

/// The log that is written unless another is asked for.
const DEFAULT: &str = "off,precall=warn";

/// The most bytes of an entry. A longer one holds data from a peer, and is cut.
const MAX_ENTRY_BYTES: usize = 64 * 1024;

/// Logs to standard error, as `PRECALL_LOG` says (`debug`, `precall_platform=debug`, …); warnings without it.
pub fn start_logging() {
    let wanted = environment::text(VARIABLE);
    let filter = wanted.as_deref().map(|text| (text, EnvFilter::try_new(directives(text))));
    let filter = match filter {
        Some((_, Ok(filter))) => filter,
        Some((text, Err(error))) => {
            eprintln(format_args!("warning: {VARIABLE}={text} is not understood: {error}; warnings are logged"));
            EnvFilter::new(DEFAULT)
        }
        None => EnvFilter::new(DEFAULT),
    };
    let is_coloured = console::colors_enabled_stderr();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(is_coloured)
        .with_writer(Redacting(|| StandardError))
        .init();
}

/// The filter that a text asks for. A level alone is that of precall: other crates log what they send and receive,
/// tokens among it. Who wants theirs names them (`debug,hyper=debug`, `str0m=trace`).
fn directives(text: &str) -> String {
    match text.trim().parse::<LevelFilter>() {
        Ok(level) => format!("off,precall={level}"),
        Err(_) => text.to_owned(),
    }
}

/// Takes secrets out of whatever is logged, by whichever crate.
struct Redacting<M>(M);

/// Writes one entry of the log, without secrets.
struct RedactingWriter<W>(W);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacting<M> {
    type Writer = RedactingWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        RedactingWriter(self.0.make_writer())
    }
}

impl<W: io::Write> io::Write for RedactingWriter<W> {
    /// `tracing_subscriber` formats an entry, and writes it whole.
    fn write(&mut self, entry: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(&entry[..entry.len().min(MAX_ENTRY_BYTES)]);
        let mut clean = redact(&text);
        if entry.len() > MAX_ENTRY_BYTES {
            clean.push_str("… (cut)\n");
        }
        self.0.write_all(clean.as_bytes())?;
        Ok(entry.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// The text that is logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("nobody panicked").extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The text that a log with this filter writes.
    fn logged(filter: &str, log: impl FnOnce()) -> String {
        let written = Log::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(directives(filter)))
            .with_ansi(false)
            .with_writer(Redacting(move || writer.clone()))
            .finish();
        tracing::subscriber::with_default(subscriber, log);
        String::from_utf8(written.0.lock().expect("nobody panicked").clone()).expect("UTF-8")
    }

    fn of_both() {
        tracing::debug!(target: "precall_platform::session_task", "ours");
        tracing::debug!(target: "hyper::proto", "theirs");
        tracing::trace!(target: "precall_platform::session_task", "more of ours");
    }

    #[test]
    fn bare_level_applies_to_precall_alone() {
        for level in ["debug", " DEBUG "] {
            let text = logged(level, of_both);
            assert!(text.contains("ours") && !text.contains("theirs") && !text.contains("more"), "{level}: {text}");
        }
        assert!(logged("trace", of_both).contains("more of ours"));
        assert_eq!(logged("off", of_both), "");
        // Other crates are logged by name.
        assert!(logged("hyper=debug", of_both).contains("theirs"));
        assert!(logged("debug,precall=off", of_both).contains("theirs"));
        assert!(!logged(DEFAULT, of_both).contains("ours"));
    }

    #[test]
    fn log_holds_no_secret() {
        let token = "T1==cGFydG5lcl9pZD0xMDAmc2lnPWFiY2RlZg==";
        let text = logged("trace,chromiumoxide=trace", || {
            tracing::error!(target: "chromiumoxide::conn", "headers: {{\"X-OPENTOK-AUTH\":\"{token}\"}}");
            tracing::trace!(target: "chromiumoxide::conn", token, password = "hunter2", "in a field");
            tracing::warn!("{}", token.repeat(10_000));
        });
        assert!(!text.contains("cGFydG5lcl9pZD0xMDAm") && !text.contains("hunter2"), "{text}");
        assert_eq!(text.matches("[redacted]").count(), 4, "{text}");
        assert!(text.contains("(cut)"), "an entry has no end");
    }
}
