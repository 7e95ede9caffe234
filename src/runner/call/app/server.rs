//! The server of an application: started for an attempt, followed, and ended with it.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio_util::task::AbortOnDropHandle;

use crate::run_events::Events;
use precall_results::{ConsoleLine, NamedError, RunEvent};
use precall_support::secrets::{Secret, redact, remove_own_variables};

/// The hidden subcommand that runs precall as the supervisor of a server.
pub const SERVER_SUPERVISOR_COMMAND: &str = "__server-supervisor";

/// How long a server may take until it answers.
pub(super) const READY_LIMIT: Duration = Duration::from_secs(60);

/// How often it is asked, and how long one answer may take.
const READY_INTERVAL: Duration = Duration::from_millis(100);
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// How long a server may take to end.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// The most lines of a server that are recorded, and the longest of them in bytes.
const MAX_LINES: usize = 5_000;
const MAX_LINE_BYTES: usize = 4_000;

/// What a server is started with.
pub(super) struct ServerStart<'a> {
    /// precall's own program, which supervises the server.
    pub program: PathBuf,
    /// The shell command.
    pub command: &'a str,
    pub directory: &'a Path,
    pub environment: Vec<(String, String)>,
    /// What is taken out of the server's output.
    pub secrets: Vec<Secret>,
    /// The case in whose console the server's output is.
    pub case: &'a str,
}

/// A running server. Dropped, it is ended, a little later.
pub(super) struct AppServer {
    supervisor: Child,
    /// When it is closed, the server is ended.
    input: ChildStdin,
    /// Read the server's output.
    _readers: [AbortOnDropHandle<()>; 2],
}

impl AppServer {
    /// Starts a server.
    pub(super) fn start(start: ServerStart<'_>, events: &Events) -> std::io::Result<Self> {
        let mut command = Command::new(&start.program);
        remove_own_variables(command.as_std_mut());
        // An empty path is the current directory.
        let directory = if start.directory.as_os_str().is_empty() { Path::new(".") } else { start.directory };
        command
            .arg(SERVER_SUPERVISOR_COMMAND)
            .arg(start.command)
            .current_dir(directory)
            .envs(start.environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut supervisor = command.spawn()?;
        let missing = || std::io::Error::other("its standard streams are missing");
        // Waiting for a child process closes its standard input, which would end the server.
        let input = supervisor.stdin.take().ok_or_else(missing)?;
        let (output, errors) =
            (supervisor.stdout.take().ok_or_else(missing)?, supervisor.stderr.take().ok_or_else(missing)?);
        let sink = |level: &'static str| LineSink {
            case: start.case.to_owned(),
            level,
            secrets: start.secrets.clone(),
            events: events.clone(),
        };
        let readers = [read_lines(output, sink("server")), read_lines(errors, sink("server-error"))];
        Ok(Self { supervisor, input, _readers: readers })
    }

    /// Waits until the server ends by itself.
    pub(super) async fn ended(&mut self) -> NamedError {
        let status = self.supervisor.wait().await;
        let how = match status.map(|status: ExitStatus| status.code()) {
            Ok(Some(code)) => format!("ended with exit code {code}"),
            Ok(None) | Err(_) => "ended".to_owned(),
        };
        error("ServerEnded", format!("the server of the application {how}; console.jsonl has its output"))
    }

    /// Ends the server with all of its processes.
    pub(super) async fn stop(mut self) {
        drop(self.input);
        if tokio::time::timeout(STOP_LIMIT, self.supervisor.wait()).await.is_err() {
            tracing::warn!("the server of an application did not end within {} s", STOP_LIMIT.as_secs());
        }
    }
}

/// Waits until a URL answers with success, or fails once the server has ended or this much time has passed.
pub(super) async fn wait_until_ready(
    server: Option<&mut AppServer>,
    url: &str,
    limit: Duration,
) -> Result<(), NamedError> {
    let client = reqwest::Client::builder().no_proxy().timeout(ANSWER_LIMIT).build();
    let client = client.map_err(|failed| error("ServerNotReady", format!("it cannot be asked: {failed}")))?;
    let mut last = "nothing was answered".to_owned();
    let asked = async {
        loop {
            match client.get(url).send().await {
                Ok(answer) if answer.status().is_success() => return,
                Ok(answer) => last = format!("it answered with status {}", answer.status().as_u16()),
                Err(failed) if failed.is_connect() => last = "nothing listens there".to_owned(),
                Err(failed) => last = failed.without_url().to_string(),
            }
            tokio::time::sleep(READY_INTERVAL).await;
        }
    };
    let ended = async {
        match server {
            Some(server) => server.ended().await,
            None => std::future::pending().await,
        }
    };
    let is_ready = tokio::select! {
        asked = tokio::time::timeout(limit, asked) => asked.is_ok(),
        ended = ended => return Err(ended),
    };
    match is_ready {
        true => Ok(()),
        false => {
            let seconds = limit.as_secs_f64();
            let message = format!(
                "{url} did not answer with success within {seconds} s: {last}; set `app.ready` to a URL that does"
            );
            Err(error("ServerNotReady", message))
        }
    }
}

fn error(name: &str, message: String) -> NamedError {
    NamedError { name: name.to_owned(), message }
}

/// Where the lines of a stream go.
struct LineSink {
    case: String,
    level: &'static str,
    secrets: Vec<Secret>,
    events: Events,
}

impl LineSink {
    fn take(&self, line: &str) {
        let mut text = line.to_owned();
        // The parts of a secret with several lines come as lines.
        let parts = self.secrets.iter().flat_map(|secret| secret.expose().lines().filter(|part| part.len() >= 8));
        parts.for_each(|part| text = text.replace(part, "[redacted]"));
        let mut text = redact(&text);
        text.truncate(text.floor_char_boundary(MAX_LINE_BYTES));
        let line = ConsoleLine { participant: None, level: self.level.to_owned(), text };
        self.events.emit(RunEvent::CaseConsole { case: self.case.clone(), line });
    }
}

/// Reads the lines of a stream to its end, so that the server never waits for a reader. The first ones are recorded.
fn read_lines(stream: impl AsyncRead + Unpin + Send + 'static, sink: LineSink) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        let mut stream = BufReader::new(stream);
        let (mut line, mut count) = (Vec::new(), 0);
        // A line without end takes no memory without end: it is cut at the buffer.
        while let Ok(read) = stream.fill_buf().await {
            if read.is_empty() {
                break;
            }
            let (part, length, is_whole) = match read.iter().position(|byte| *byte == b'\n') {
                Some(end) => (&read[..end], end + 1, true),
                None => (read, read.len(), false),
            };
            line.extend_from_slice(&part[..part.len().min(MAX_LINE_BYTES.saturating_sub(line.len()))]);
            stream.consume(length);
            if is_whole {
                if count < MAX_LINES {
                    sink.take(&String::from_utf8_lossy(&line));
                }
                count += 1;
                line.clear();
            }
        }
        if !line.is_empty() && count < MAX_LINES {
            sink.take(&String::from_utf8_lossy(&line));
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_recorded_without_secrets_and_within_their_limits() {
        let (events, mut emitted) = Events::channel();
        let secrets =
            vec![Secret::new("5c2001a710be4ebb".to_owned()), Secret::new("-----KEY-----\nabcdefgh\n".to_owned())];
        let sink = LineSink { case: "a".to_owned(), level: "server", secrets, events };
        let text = format!("listening with 5c2001a710be4ebb\nabcdefgh\n{}\nlast", "x".repeat(20_000));
        let text: &'static [u8] = Box::leak(text.into_bytes().into_boxed_slice());
        read_lines(text, sink).await.expect("it ends");
        let mut lines = Vec::new();
        while let Ok(one) = emitted.try_recv() {
            let RunEvent::CaseConsole { line, .. } = one.event else { panic!("{:?}", one.event) };
            lines.push(line.text);
        }
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[0], "listening with [redacted]");
        assert_eq!((lines[1].as_str(), lines[2].len(), lines[3].as_str()), ("[redacted]", MAX_LINE_BYTES, "last"));
    }

    #[tokio::test]
    async fn a_url_is_ready_once_it_answers_with_success() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let url = format!("http://{}/health", listener.local_addr().expect("bound"));
        let app = axum::Router::new().route("/health", axum::routing::get(|| async { "ok" }));
        let server = tokio::spawn(async move { axum::serve(listener, app).await });
        let ready = async |url: String| wait_until_ready(None, &url, Duration::from_millis(300)).await;
        assert_eq!(ready(url.clone()).await, Ok(()));
        let not_ready = async |url: String| ready(url).await.expect_err("not ready").message;
        let text = not_ready(url.replace("health", "nothing")).await;
        assert!(text.contains("did not answer with success within 0.3 s: it answered with status 404"), "{text}");
        server.abort();
        assert!(server.await.is_err_and(|error| error.is_cancelled()));
        let text = not_ready(url).await;
        assert!(text.contains("nothing listens there; set `app.ready`"), "{text}");
    }
}
