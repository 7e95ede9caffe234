//! WebKit as Debian has it, which is built without WebRTC: the page and the module say so. It is driven by its own
//! WebDriver (https://www.w3.org/TR/webdriver2/), and draws on a display that nobody sees.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use precall_platform::LocalPlatform;
use serde_json::{Value, json};

use crate::common::line_page::{Endpoint, LinePage};

/// Its browsers, of the two packages that Debian may have.
const BROWSERS: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/x86_64-linux-gnu/webkitgtk-6.0/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkitgtk-6.0/MiniBrowser",
];

/// How long the driver has to start, and to answer.
const LIMIT: Duration = Duration::from_secs(60);

/// A process with all that it starts, which ends when it is dropped.
struct Group(Child);

impl Group {
    fn start(command: &mut Command) -> Self {
        Self(command.process_group(0).stderr(Stdio::null()).spawn().expect("it starts"))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = killpg(Pid::from_raw(i32::try_from(self.0.id()).expect("a process id")), Signal::SIGKILL);
        let _ = self.0.wait();
    }
}

/// A page in WebKit.
struct WebKit {
    client: reqwest::Client,
    session: String,
    _driver: Group,
    _display: Group,
}

impl WebKit {
    /// Opens an empty page. `None` where there is no WebKit.
    async fn open() -> Option<Self> {
        let browser = BROWSERS.iter().find(|path| Path::new(path).is_file());
        let (Some(browser), Some(driver), Some(screen)) = (browser, on_path("WebKitWebDriver"), on_path("Xvfb")) else {
            eprintln!("skipped: install webkit2gtk-driver and xvfb to run it");
            return None;
        };
        // Xvfb takes a free display, and writes its number.
        let mut display = Command::new(screen);
        display.args(["-displayfd", "1", "-nolisten", "tcp"]).stdout(Stdio::piped());
        let mut display = Group::start(&mut display);
        let mut number = String::new();
        let mut output = std::io::BufReader::new(display.0.stdout.take().expect("its output"));
        std::io::BufRead::read_line(&mut output, &mut number).expect("a number");

        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let mut command = Command::new(driver);
        command.args(["--host=127.0.0.1", &format!("--port={port}")]).env("DISPLAY", format!(":{}", number.trim()));
        // Containers often lack what its sandbox and its drawing on a GPU need.
        command.envs([("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1"), ("WEBKIT_DISABLE_COMPOSITING_MODE", "1")]);
        let driver = Group::start(&mut command);
        let client = reqwest::Client::builder().no_proxy().timeout(LIMIT).build().expect("a client");
        let root = format!("http://127.0.0.1:{port}");
        let began = Instant::now();
        while client.get(format!("{root}/status")).send().await.is_err() {
            assert!(began.elapsed() < LIMIT, "the driver does not listen");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let options = json!({ "binary": browser, "args": ["--automation"] });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let answer = post(&client, &format!("{root}/session"), &wanted).await;
        let id = answer["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {answer}"));
        let session = format!("{root}/session/{id}");
        Some(Self { client, session, _driver: driver, _display: display })
    }

    async fn goto(&self, url: &str) {
        post(&self.client, &format!("{}/url", self.session), &json!({ "url": url })).await;
    }

    /// Runs the body of an `async` function, and returns what it returns.
    async fn run(&self, body: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async () => {{ {body} }})().then(done, (error) => done(`failed: ${{error.name}}: ${{error.message}}`));"
        );
        post(&self.client, &format!("{}/execute/async", self.session), &json!({ "script": script, "args": [] })).await
    }
}

/// Sends a command, and returns its value.
async fn post(client: &reqwest::Client, url: &str, body: &Value) -> Value {
    let answer = client.post(url).header("content-type", "application/json").body(body.to_string());
    let text = answer.send().await.expect("an answer").text().await.expect("a text");
    let answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{url}: {text}"));
    answer["value"].clone()
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|directory| directory.join(name)).find(|file| file.is_file())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_webrtc_the_page_and_the_module_say_so() {
    let Some(webkit) = WebKit::open().await else { return };
    let page = LinePage::host(LocalPlatform::builder(), Endpoint::Session).await;
    webkit.goto(&format!("{}?lang=en", page.url())).await;
    assert_eq!(webkit.run("return typeof RTCPeerConnection").await, "undefined", "this WebKit has WebRTC");

    let shown = "const screen = () => document.querySelector('precall-test')?.getAttribute('screen');
        for (let i = 0; i < 200 && !screen(); i += 1) await new Promise((go) => setTimeout(go, 50));
        const text = document.querySelector('precall-test').shadowRoot.textContent;
        return [screen(), text.replace(/\\s+/g, ' ').trim()]";
    let shown = webkit.run(shown).await;
    assert_eq!(shown[0], "unsupported", "{shown}");
    let text = shown[1].as_str().expect("a text");
    assert!(text.contains("This browser cannot make calls here") && text.contains("WebRTC is switched off"), "{text}");

    // The module with the real OpenTok.js, if that can be loaded at all.
    let module = "const { apiKey, sessionId, token, sdkUrl } = await (await fetch('/precall/session', { method: 'POST' })).json();
        await new Promise((go, fail) => {
            const script = Object.assign(document.createElement('script'), { src: sdkUrl, onload: go });
            script.onerror = () => fail(new Error('OpenTok.js cannot be loaded'));
            document.head.append(script);
        });
        const { default: NetworkTest } = await import('/network-test/src/index.js');
        const test = new NetworkTest(window.OT, { apiKey, sessionId, token });
        const quality = await test.testQuality().then(() => 'passed', ({ name, message }) => [name, message]);
        const connectivity = await test.testConnectivity().then(({ success, failedTests }) => [success, failedTests.length]);
        return [quality, connectivity]";
    let said = webkit.run(module).await;
    assert_eq!(said[0][0], "UnsupportedBrowser", "{said}");
    assert_eq!(said[0][1], "The quality test does not support this browser (Safari without WebRTC).", "{said}");
    assert_eq!(said[1][0], false, "a connectivity test without WebRTC succeeded: {said}");
}
