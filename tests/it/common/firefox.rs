//! Firefox by WebDriver BiDi, as far as tests need it. https://w3c.github.io/webdriver-bidi/

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine;
use futures::{SinkExt, StreamExt};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Fake devices without a question, addresses that are not hidden, and nobody asked but the page. The preferences that
/// Firefox sets by itself under remote control quieten the rest.
const PREFERENCES: &str = r#"
user_pref("media.navigator.streams.fake", true);
user_pref("media.navigator.permission.disabled", true);
user_pref("media.peerconnection.ice.obfuscate_host_addresses", false);
user_pref("network.manage-offline-status", false);
user_pref("media.autoplay.default", 0);
user_pref("media.autoplay.blocking_policy", 0);
user_pref("media.gmp-manager.updateEnabled", false);
user_pref("media.gmp-provider.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.region.network.url", "");
user_pref("dom.push.connection.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
"#;

/// How long Firefox has to start, and to answer a command.
const LIMIT: Duration = Duration::from_secs(60);

/// A running Firefox with one page. Dropped, it ends with all its processes.
pub struct Firefox {
    process: Child,
    group: Pid,
    socket: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
    context: String,
    next_id: u64,
    /// What the page wrote on its console, not asked for yet.
    lines: std::collections::VecDeque<ConsoleLine>,
    _profile: tempfile::TempDir,
}

/// Where Firefox is: `PRECALL_FIREFOX`, else the usual names on the `PATH`.
pub fn find() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("PRECALL_FIREFOX") {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let directories: Vec<_> = std::env::split_paths(&path).collect();
    let programs = ["firefox-esr", "firefox"];
    programs.iter().flat_map(|name| directories.iter().map(move |one| one.join(name))).find(|file| file.is_file())
}

/// A line of a page's console.
#[derive(Debug, Clone)]
pub struct ConsoleLine {
    /// `debug`, `info`, `warn` or `error`.
    pub level: String,
    pub text: String,
}

impl Firefox {
    /// Starts it.
    pub async fn launch(program: PathBuf) -> Self {
        Self::launch_with(program, "").await
    }

    /// Starts it with preferences that take the place of its own, as lines of `user.js`.
    pub async fn launch_with(program: PathBuf, preferences: &str) -> Self {
        let profile = tempfile::tempdir().expect("a directory");
        std::fs::write(profile.path().join("user.js"), format!("{PREFERENCES}{preferences}")).expect("written");
        let mut command = Command::new(program);
        command.args(["--headless", "--no-remote", "--remote-debugging-port", "0", "--profile"]).arg(profile.path());
        command.arg("about:blank").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
        // Home is the profile too: nothing of the user's is read or written.
        command.env("HOME", profile.path());
        let mut process = tokio::process::Command::from(command).spawn().expect("Firefox starts");
        let group = Pid::from_raw(process.id().and_then(|id| id.try_into().ok()).expect("a process id"));
        let mut said = BufReader::new(process.stderr.take().expect("piped")).lines();
        let address = async {
            while let Ok(Some(line)) = said.next_line().await {
                if let Some((_, address)) = line.split_once("WebDriver BiDi listening on ") {
                    return address.trim().to_owned();
                }
            }
            panic!("Firefox ended before it listened");
        };
        let address = tokio::time::timeout(LIMIT, address).await.expect("Firefox listens");
        // Its further lines must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
        let (socket, _) = connect_async(format!("{address}/session")).await.expect("BiDi answers");
        let lines = std::collections::VecDeque::new();
        let context = String::new();
        let mut firefox = Self { process, group, socket, context, next_id: 1, lines, _profile: profile };
        firefox.command("session.new", json!({ "capabilities": {} })).await;
        firefox.command("session.subscribe", json!({ "events": ["log.entryAdded"] })).await;
        let tree = firefox.command("browsingContext.getTree", json!({})).await;
        firefox.context = tree["contexts"][0]["context"].as_str().expect("a page").to_owned();
        firefox
    }

    /// Opens a URL.
    pub async fn goto(&mut self, url: &str) {
        let parameters = json!({ "context": self.context, "url": url, "wait": "complete" });
        self.command("browsingContext.navigate", parameters).await;
    }

    /// Runs an expression; its value is not waited for.
    pub async fn evaluate(&mut self, expression: &str) {
        let target = json!({ "context": self.context });
        let parameters = json!({ "expression": expression, "target": target, "awaitPromise": false });
        let result = self.command("script.evaluate", parameters).await;
        assert_eq!(result["type"], "success", "{result}");
    }

    /// The next event that the page sends: without a binding, the harness writes them on the console.
    pub async fn event(&mut self, limit: Duration) -> Value {
        let next = async {
            loop {
                let line = self.line().await;
                if let Ok(event) = serde_json::from_str::<Value>(&line.text)
                    && event["type"].is_string()
                {
                    return event;
                }
            }
        };
        tokio::time::timeout(limit, next).await.expect("the page says something")
    }

    /// The next line of the page's console.
    pub async fn line(&mut self) -> ConsoleLine {
        loop {
            if let Some(line) = self.lines.pop_front() {
                return line;
            }
            self.receive().await;
        }
    }

    /// Gives the page this size in CSS pixels.
    pub async fn set_viewport(&mut self, width: u32, height: u32) {
        let viewport = json!({ "width": width, "height": height });
        self.command("browsingContext.setViewport", json!({ "context": self.context, "viewport": viewport })).await;
    }

    /// Runs a script in every document from now on, before its own scripts.
    pub async fn run_first(&mut self, script: &str) {
        let function = format!("() => {{ {script} }}");
        self.command("script.addPreloadScript", json!({ "functionDeclaration": function })).await;
    }

    /// Returns a picture of the whole page as PNG.
    pub async fn picture(&mut self) -> Vec<u8> {
        let parameters = json!({ "context": self.context, "origin": "document" });
        let answer = self.command("browsingContext.captureScreenshot", parameters).await;
        let data = answer["data"].as_str().expect("a picture");
        base64::engine::general_purpose::STANDARD.decode(data).expect("Base64")
    }

    async fn command(&mut self, method: &str, parameters: Value) -> Value {
        let id = self.next_id;
        self.next_id += 1;
        let text = json!({ "id": id, "method": method, "params": parameters }).to_string();
        self.socket.send(Message::text(text)).await.expect("sent");
        let answer = async {
            loop {
                let message = self.receive().await;
                if message["id"] == id {
                    return message;
                }
            }
        };
        let answer = tokio::time::timeout(LIMIT, answer).await.unwrap_or_else(|_| panic!("{method} is not answered"));
        assert_eq!(answer["type"], "success", "{method}: {answer}");
        answer["result"].clone()
    }

    /// The next message; what the console says is kept.
    async fn receive(&mut self) -> Value {
        loop {
            let message = self.socket.next().await.expect("Firefox is there").expect("a message");
            let Message::Text(text) = message else { continue };
            let message: Value = serde_json::from_str(&text).expect("JSON");
            if message["method"] == "log.entryAdded" {
                let text = message["params"]["args"][0]["value"].as_str().or(message["params"]["text"].as_str());
                let level = message["params"]["level"].as_str().unwrap_or_default().to_owned();
                self.lines.push_back(ConsoleLine { level, text: text.unwrap_or_default().to_owned() });
            }
            return message;
        }
    }

    /// Ends it, and waits until it is gone.
    pub async fn close(mut self) {
        let _ = killpg(self.group, Signal::SIGKILL);
        let _ = self.process.wait().await;
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        // A test that failed leaves nothing either; one that closed it finds nobody.
        let _ = killpg(self.group, Signal::SIGKILL);
    }
}
