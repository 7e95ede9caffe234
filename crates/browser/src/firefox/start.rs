//! Starts Firefox and waits until it listens for WebDriver BiDi.
//!
//! Firefox listens on a port of the loopback interface, which every user of the host can reach; it has no pipe. It
//! accepts one session. Whoever else came first would keep precall from its session, and precall would end the browser
//! at once and report that it did not start.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::preferences;
use crate::bridge::config;
use crate::error::BrowserError;
use crate::launch::LaunchOptions;
use crate::spawn::{directory, log_file, spawn, unsupervised, unwritable};
use crate::supervisor::{Layout, clean_up_after};

/// The name of the browser in errors.
const NAME: &str = "Firefox";

/// How long Firefox has to listen. On two quiet CPUs it does after a second.
const LIMIT: Duration = Duration::from_secs(30);

/// How often precall looks whether it does.
const INTERVAL: Duration = Duration::from_millis(20);

/// How much of the end of Firefox's log an error has, in bytes.
const LOG_BYTES: i64 = 600;

/// What to do about a Firefox that does not start.
const FIX: &str =
    "start it by hand (`firefox --headless about:blank`) to see what it lacks, or name another with --firefox";

/// The connection to Firefox.
pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A Firefox that has started.
pub(super) struct StartedFirefox {
    pub socket: Socket,
    pub supervisor: Child,
    /// The directory with all files of this Firefox.
    pub root: PathBuf,
    pub failure: StartLog,
}

/// The information that explains why a start failed.
pub(super) struct StartLog {
    log: File,
}

/// The file in which Firefox says where it listens.
#[derive(Deserialize)]
struct Server {
    ws_host: String,
    ws_port: u16,
}

/// Starts Firefox and its supervisor.
pub(super) async fn start(options: &LaunchOptions) -> Result<StartedFirefox, BrowserError> {
    let root = directory(NAME)?;
    let layout = Layout::new(&root);
    let log = match write(&layout).and_then(|()| log_file(&layout.log())) {
        Ok(log) => log,
        Err(error) => {
            clean_up_after(&root);
            return Err(unwritable(NAME, &root, &error));
        }
    };
    let failure = StartLog { log };
    // Firefox needs no pipe. The supervisor hands one on to every browser; nobody writes to this one.
    let spawned = std::os::unix::net::UnixStream::pair()
        .and_then(|(_, pipe)| spawn(options, &root, arguments(options, &layout), &environment(&layout), pipe));
    let mut supervisor = match spawned {
        Ok(supervisor) => supervisor,
        Err(error) => {
            clean_up_after(&root);
            return Err(unsupervised(NAME, &error));
        }
    };
    // Waiting for a child process closes its standard input, which would end the supervisor.
    let input = supervisor.stdin.take();
    let connected = tokio::select! {
        connected = connect(&layout) => connected,
        status = supervisor.wait() => {
            let code = status.ok().and_then(|status| status.code()).unwrap_or(-1);
            Err(format!("it ended with exit code {code}"))
        }
        () = tokio::time::sleep(LIMIT) => Err(format!("it does not listen within {} s", LIMIT.as_secs())),
    };
    supervisor.stdin = input;
    match connected {
        Ok(socket) => Ok(StartedFirefox { socket, supervisor, root, failure }),
        Err(reason) => Err(failure.explain(&reason)),
    }
}

fn write(layout: &Layout) -> std::io::Result<()> {
    for directory in [layout.profile(), layout.home()] {
        std::fs::create_dir_all(directory)?;
    }
    std::fs::write(layout.profile().join("user.js"), preferences::user_js())
}

fn arguments(options: &LaunchOptions, layout: &Layout) -> Vec<String> {
    let words = ["--headless", "--no-remote", "--remote-debugging-port", "0", "--profile"];
    let mut arguments: Vec<_> = words.map(str::to_owned).to_vec();
    arguments.push(layout.profile().display().to_string());
    arguments.extend(options.extra_arguments.iter().cloned());
    arguments.push("about:blank".to_owned());
    arguments
}

/// Returns the environment of Firefox. Nothing of the user's own Firefox is read or written.
fn environment(layout: &Layout) -> [(&'static str, PathBuf); 2] {
    [("HOME", layout.home()), ("MOZ_CRASHREPORTER_DISABLE", "1".into())]
}

/// Waits until Firefox listens, and connects to it.
async fn connect(layout: &Layout) -> Result<Socket, String> {
    let file = layout.profile().join("WebDriverBiDiServer.json");
    let server = loop {
        if let Some(server) = read(&file) {
            break server;
        }
        tokio::time::sleep(INTERVAL).await;
    };
    let address = format!("ws://{}:{}/session", server.ws_host, server.ws_port);
    let connected = connect_async_with_config(address, Some(config()), true).await;
    connected.map(|(socket, _)| socket).map_err(|error| format!("its WebDriver BiDi cannot be connected to: {error}"))
}

/// Reads where Firefox listens; `None` before it has written the file to its end.
fn read(file: &Path) -> Option<Server> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

impl StartLog {
    /// Returns the error for this reason, with the end of what Firefox has printed.
    pub(super) fn explain(&self, reason: &str) -> BrowserError {
        let log = self.end_of_log().map(|line| format!(" (its log ends with {line:?})")).unwrap_or_default();
        BrowserError::Launch { browser: NAME, reason: format!("{reason}{log}"), fix: FIX.to_owned() }
    }

    /// Returns the last line that Firefox has printed.
    fn end_of_log(&self) -> Option<String> {
        let mut log = &self.log;
        let mut bytes = Vec::new();
        // A log that is shorter than that is read from its beginning.
        log.seek(SeekFrom::End(-LOG_BYTES)).or_else(|_| log.seek(SeekFrom::Start(0))).ok()?;
        log.take(LOG_BYTES.unsigned_abs()).read_to_end(&mut bytes).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        text.lines().rev().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned)
    }
}
